"""Celery's doors to benchmarks at work. Each is safe to run twice."""

from celery import shared_task
from django.utils import timezone

from analytics.services import benchmark_claims
from modelhub.gateway.benchmarking.worker import perform


@shared_task(name="modelhub.gateway.benchmarking.tasks.run_benchmark")  # type: ignore[untyped-decorator]  # Celery has no types
def run_benchmark(run_id: int) -> None:
    """One spell of work on a run; what is left is handed on."""
    if not perform(run_id):
        benchmark_claims.wake(run_id)


@shared_task(name="modelhub.gateway.benchmarking.tasks.sweep_benchmarks")  # type: ignore[untyped-decorator]  # Celery has no types
def sweep_benchmarks() -> None:
    """Every 20 seconds: runs that nobody works on, whatever the broker lost."""
    benchmark_claims.sweep(timezone.now())
