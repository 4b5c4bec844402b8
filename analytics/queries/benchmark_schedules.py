"""Schedules of benchmarks: when each begins its next run, and what came of the last."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import Max

from analytics.benchmark_board import headline
from analytics.models import BenchmarkRun, BenchmarkSchedule
from analytics.services.benchmark_schedules import next_occasion
from registry.models import Organization

DAYS: Final = (
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
)


@dataclass(frozen=True)
class ScheduleLine:
    """`next_at` None: it is switched off, or waits for a new model."""

    schedule: BenchmarkSchedule
    next_at: datetime.datetime | None
    last_run: BenchmarkRun | None

    @property
    def when(self) -> str:
        """“Monday and Thursday, 06:00”, “a new model matches openai/gpt-5*”."""
        one = self.schedule
        if one.kind == BenchmarkSchedule.Kind.WEEKLY:
            return f"{_listed(days_of(one))}, {one.at_hour:02}:00"
        return f"A new model matches {_listed(one.options.get('patterns') or ())}"

    @property
    def models(self) -> Sequence[str]:
        return tuple(self.schedule.options.get("models") or ())

    @property
    def verdict(self) -> str:
        """What the last run came to, in words; nothing before it can be said."""
        if self.last_run is None or not self.last_run.is_over:
            return ""
        return headline(self.last_run.summary) if self.last_run.summary else ""


def schedule_lines(
    organization: Organization, now: datetime.datetime
) -> list[ScheduleLine]:
    """Two queries, whatever the number of runs."""
    schedules = list(
        BenchmarkSchedule.objects.filter(
            suite__organization=organization, suite__archived_at=None
        )
        .select_related("suite__organization", "created_by")
        .annotate(last_run_id=Max("runs"))
        .order_by("suite__name", "pk")
    )
    runs = BenchmarkRun.objects.in_bulk(
        [one.last_run_id for one in schedules if one.last_run_id]
    )
    return [
        ScheduleLine(one, next_occasion(one, now), runs.get(one.last_run_id))
        for one in schedules
    ]


def days_of(schedule: BenchmarkSchedule) -> list[str]:
    """Every day is said as such."""
    if len(set(schedule.weekdays)) == len(DAYS):
        return ["Every day"]
    return [DAYS[number] for number in sorted(set(schedule.weekdays))]


def _listed(words: Sequence[str]) -> str:
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"
