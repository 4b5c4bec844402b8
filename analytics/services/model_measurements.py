"""Tells the registry what was measured of models: after each benchmark run, and every
hour of production."""

from __future__ import annotations

import datetime

from analytics.models import BenchmarkRun
from analytics.queries.measured_models import (
    benchmarked_models,
    measured_in_benchmarks,
    measured_in_production,
)
from registry.measured import MeasuredBy
from registry.models import AIModel, Organization
from registry.services.model_measurements import note_measured


def note_run(run: BenchmarkRun) -> None:
    """Say anew what benchmarks found of the models of a run that is done."""
    contenders = run.contenders.filter(ai_model__isnull=False)
    models = AIModel.objects.filter(pk__in=contenders.values("ai_model"))
    found = {one.pk: measured_in_benchmarks(run.organization, one) for one in models}
    if not found:
        return
    note_measured(
        organization=run.organization,
        measured_by=MeasuredBy.BENCHMARK,
        found=found,
        only=set(found),
    )


def note_production(now: datetime.datetime) -> int:
    """Say anew of every organisation what its calls of the last days show; the number
    of models."""
    count = 0
    for organization in Organization.objects.order_by("pk"):
        found = measured_in_production(organization, now)
        note_measured(
            organization=organization,
            measured_by=MeasuredBy.PRODUCTION,
            found=found,
        )
        count += len(found)
    return count


def note_benchmarks() -> int:
    """Say anew what benchmarks found of every model, after a suite or a run went away
    too; the number of models."""
    count = 0
    for organization in Organization.objects.order_by("pk"):
        models = benchmarked_models(organization)
        found = {one.pk: measured_in_benchmarks(organization, one) for one in models}
        note_measured(
            organization=organization, measured_by=MeasuredBy.BENCHMARK, found=found
        )
        count += len(found)
    return count
