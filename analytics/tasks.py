"""Celery's doors into analytics. Each is safe to run twice."""

import datetime
import logging
from typing import Final

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from analytics.recording.writer import DatabaseAway
from analytics.services import (
    adjustment_work,
    adjustments,
    alert_deliveries,
    alert_watching,
    bands,
    benchmark_schedules,
    budget_reconciling,
    budget_switches,
    budgets,
    day_rollups,
    demo_loads,
    forecasts,
    model_measurements,
    partitions,
    payloads,
    planner_statistics,
    reconciling,
    rollups,
    spooling,
    telemetry_notes,
    usage_imports,
)
from analytics.time_steps import hour_before
from registry.models import Organization

ROLL_UP_S: Final = 45
"""The next minute's run goes on where this one stops."""
RECONCILED: Final = datetime.timedelta(days=3)
"""How far back records and rollups are compared each night."""
logger = logging.getLogger("modelhub.usage")


@shared_task(name="analytics.tasks.flush_spool")  # type: ignore[untyped-decorator]  # Celery has no types
def flush_spool() -> None:
    """What processes of this machine left behind when they died."""
    try:
        spooling.flush_spool(settings.MODELHUB_SPOOL)
    except DatabaseAway as error:
        logger.error("The usage spool waits for the database: %s", error)


@shared_task(name="analytics.tasks.tend_partitions")  # type: ignore[untyped-decorator]  # Celery has no types
def tend_partitions() -> None:
    """Months ahead are made, those past their retention dropped, strays told of."""
    partitions.ensure_partitions()
    months = settings.MODELHUB_USAGE_RETENTION_MONTHS
    if months > 0:
        # What is not summed up by now never will be.
        rollups.roll_up()
        dropped = partitions.keep_months(months)
        logger.info("Dropped usage partitions: %s", ", ".join(dropped) or "none")
    strays = partitions.stray_count()
    if strays:
        logger.warning("%d usage rows are in the default partition.", strays)


@shared_task(name="analytics.tasks.sweep_budget_holds")  # type: ignore[untyped-decorator]  # Celery has no types
def sweep_budget_holds() -> None:
    count = budgets.sweep_expired(at=timezone.now())
    if count:
        logger.info("Took back %d holds that had run out.", count)


@shared_task(name="analytics.tasks.reconcile_budgets")  # type: ignore[untyped-decorator]  # Celery has no types
def reconcile_budgets() -> None:
    """Windows of the moment are opened, calls from elsewhere counted, thresholds told,
    packs switched."""
    repaired = budget_reconciling.reconcile_all(timezone.now())
    if repaired:
        logger.warning("%d budgets were raised to what is recorded.", repaired)


@shared_task(name="analytics.tasks.purge_payloads")  # type: ignore[untyped-decorator]  # Celery has no types
def purge_payloads() -> None:
    payloads.purge_payloads()


@shared_task(name="analytics.tasks.run_budget_switches")  # type: ignore[untyped-decorator]  # Celery has no types
def run_budget_switches() -> None:
    """Every minute: switches of packs that wait for a share of the budget."""
    budget_switches.run_reached()


@shared_task(name="analytics.tasks.roll_up")  # type: ignore[untyped-decorator]  # Celery has no types
def roll_up() -> None:
    """Every minute: hours whose records changed are summed up again."""
    rollups.roll_up(seconds=ROLL_UP_S)


@shared_task(name="analytics.tasks.tend_bands")  # type: ignore[untyped-decorator]  # Celery has no types
def tend_bands() -> None:
    """Every hour: sizes at which a new price or a new window begins are told apart in
    what is summed up from now on, and again in what was."""
    bands.refresh_edges()
    hours = bands.mark_cut_hours()
    if hours:
        logger.info("%d hours are summed up again for new prices or windows.", hours)


@shared_task(name="analytics.tasks.load_samples")  # type: ignore[untyped-decorator]  # Celery has no types
def load_samples() -> None:
    """Sent by the button and, should that message be lost, every minute. Safe to run
    twice: a load is claimed by one worker."""
    demo_loads.sweep_loads()
    load = demo_loads.claim_load()
    if load is not None:
        demo_loads.perform_load(load)


@shared_task(name="analytics.tasks.purge_telemetry")  # type: ignore[untyped-decorator]  # Celery has no types
def purge_telemetry() -> None:
    """Counts and minutes that their page no longer looks back to."""
    telemetry_notes.purge_telemetry()


@shared_task(name="analytics.tasks.watch_usage")  # type: ignore[untyped-decorator]  # Celery has no types
def watch_usage() -> None:
    """Every five minutes: do fewer calls succeed, do they take longer?"""
    alert_watching.watch_all(alert_watching.watch_usage, timezone.now())


@shared_task(name="analytics.tasks.watch_connections")  # type: ignore[untyped-decorator]  # Celery has no types
def watch_connections() -> None:
    """Every five minutes: which connections are down?"""
    alert_watching.watch_all(alert_watching.watch_connections, timezone.now())


@shared_task(name="analytics.tasks.watch_costs_and_models")  # type: ignore[untyped-decorator]  # Celery has no types
def watch_costs_and_models() -> None:
    """Every hour: unusual costs, prices that changed, models that retire."""
    alert_watching.watch_all(alert_watching.watch_costs, timezone.now())
    alert_watching.watch_all(alert_watching.watch_models, timezone.now())


@shared_task(name="analytics.tasks.deliver_alerts")  # type: ignore[untyped-decorator]  # Celery has no types
def deliver_alerts() -> None:
    """Every minute: what waits to be sent. What was sent is not sent again."""
    alert_deliveries.deliver_due()


@shared_task(name="analytics.tasks.import_usage")  # type: ignore[untyped-decorator]  # Celery has no types
def import_usage() -> None:
    """Sent by the button and, should that message be lost, every minute. Safe to run
    twice: a file is claimed by one worker, and goes on where it was."""
    usage_imports.sweep(timezone.now())
    one = usage_imports.claim()
    if one is not None and not usage_imports.perform(one):
        usage_imports.wake_worker()


@shared_task(name="analytics.tasks.refresh_statistics")  # type: ignore[untyped-decorator]  # Celery has no types
def refresh_statistics() -> None:
    """Every hour: what the planner knows of the tables of usage."""
    planner_statistics.refresh_statistics()


@shared_task(name="analytics.tasks.make_forecasts")  # type: ignore[untyped-decorator]  # Celery has no types
def make_forecasts() -> None:
    """Every hour: forecasts of organisations whose day has begun."""
    forecasts.sweep_forecasts(timezone.now())


@shared_task(name="analytics.tasks.close_days")  # type: ignore[untyped-decorator]  # Celery has no types
def close_days() -> None:
    """Every hour: days that are over, each organisation's in its own zone, are summed
    up."""
    for organization in Organization.objects.all():
        day_rollups.close_days(organization, now=timezone.now())


@shared_task(name="analytics.tasks.reconcile_rollups")  # type: ignore[untyped-decorator]  # Celery has no types
def reconcile_rollups() -> None:
    """Every night: rollups that differ from their records are told of and repaired."""
    until = hour_before(timezone.now())
    findings = reconciling.reconcile(until - RECONCILED, until)
    if findings:
        logger.warning(
            "%d hours of usage were summed up wrongly; they are built again.",
            len(findings),
        )


@shared_task(name="analytics.tasks.run_adjustments")  # type: ignore[untyped-decorator]  # Celery has no types
def run_adjustments() -> None:
    """Sent by the button and, should that message be lost, every minute. Safe to run
    twice: an adjustment is claimed by one worker, and goes on where it was."""
    adjustments.sweep(timezone.now())
    one = adjustments.claim()
    if one is not None and not adjustment_work.perform(one):
        adjustments.wake_worker()


@shared_task(name="analytics.tasks.measure_models")  # type: ignore[untyped-decorator]  # Celery has no types
def measure_models() -> None:
    """Every hour: how fast and reliable models were of late, for their indicators."""
    model_measurements.note_production(timezone.now())


@shared_task(name="analytics.tasks.measure_benchmarked_models")  # type: ignore[untyped-decorator]  # Celery has no types
def measure_benchmarked_models() -> None:
    """Every night: put right what a deleted suite or a lost run left behind."""
    model_measurements.note_benchmarks()


@shared_task(name="analytics.tasks.start_scheduled_benchmarks")  # type: ignore[untyped-decorator]  # Celery has no types
def start_scheduled_benchmarks() -> None:
    """Every minute: weekly runs, and those of models that are new."""
    benchmark_schedules.start_due(timezone.now())
