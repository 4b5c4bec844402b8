"""Runs that begin by themselves: every week, or when a new model of a pattern is
enabled. Each occasion begins one run, however many workers look."""

from __future__ import annotations

import datetime
import logging
from collections.abc import Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from analytics.models import BenchmarkRun, BenchmarkSchedule, BenchmarkSuite
from analytics.services.benchmark_runs import RunOptions, RunRefused, start_run
from registry.audit import record_change
from registry.models import Organization, User
from registry.queries.candidates import enabled_models

WEEK: Final = 7
LABEL: Final = "benchmark schedule"
logger = logging.getLogger("modelhub.benchmarks")


class ScheduleRefused(Exception):
    """What was chosen makes no schedule; the text is for a person."""


@transaction.atomic
def create_schedule(
    suite: BenchmarkSuite,
    *,
    kind: str,
    options: RunOptions,
    weekdays: Sequence[int] = (),
    at_hour: int = 2,
    patterns: Sequence[str] = (),
    by: User | None,
) -> BenchmarkSchedule:
    """`patterns` are references with * and ?, for new versions; models that match them
    now are known already. Raises ScheduleRefused."""
    weekly = kind == BenchmarkSchedule.Kind.WEEKLY
    if weekly and not set(weekdays) & set(range(WEEK)):
        raise ScheduleRefused("Choose at least one day of the week.")
    if weekly and not options.contenders:
        raise ScheduleRefused("Choose at least one model.")
    if not weekly and not patterns:
        raise ScheduleRefused("Say which models: a pattern such as openai/gpt-5*.")
    if not 0 <= at_hour < 24:
        raise ScheduleRefused("The hour is 0 to 23.")
    made = BenchmarkSchedule.objects.create(
        suite=suite,
        kind=kind,
        weekdays=sorted(set(weekdays)),
        at_hour=at_hour,
        options={**options.as_document(), "patterns": list(patterns)},
        seen_models=_matching(suite.organization, patterns),
        created_by=by,
    )
    _record(made, by, "benchmark_schedule.created")
    return made


@transaction.atomic
def switch_schedule(
    schedule: BenchmarkSchedule, *, is_enabled: bool, by: User | None
) -> bool:
    """False where it was so already. Occasions that passed meanwhile are not made up
    for."""
    changed = BenchmarkSchedule.objects.filter(
        pk=schedule.pk, is_enabled=not is_enabled
    ).update(is_enabled=is_enabled, last_started_at=timezone.now(), problem="")
    if not changed:
        return False
    schedule.refresh_from_db()
    word = "resumed" if is_enabled else "paused"
    _record(schedule, by, f"benchmark_schedule.{word}")
    return True


@transaction.atomic
def delete_schedule(schedule: BenchmarkSchedule, *, by: User | None) -> None:
    """It begins nothing more; the runs that it began stay."""
    record_change(
        organization=schedule.suite.organization,
        actor=by,
        action="benchmark_schedule.deleted",
        target=schedule,
        before=_document(schedule),
        after=None,
    )
    schedule.delete()


def start_due(now: datetime.datetime) -> list[BenchmarkRun]:
    """Begin what is due at `now` (aware)."""
    due = BenchmarkSchedule.objects.filter(
        is_enabled=True, suite__archived_at=None
    ).select_related("suite__organization")
    started = (_start_alone(one, now) for one in due)
    return [run for run in started if run is not None]


def _start_alone(
    schedule: BenchmarkSchedule, now: datetime.datetime
) -> BenchmarkRun | None:
    """A fault of one is told and keeps no other from its occasion."""
    try:
        return start_if_due(schedule, now)
    except Exception:  # whatever it was, it is logged, and the others are looked at
        logger.exception("The schedule %s failed.", schedule.pk)
        return None


@transaction.atomic
def start_if_due(
    schedule: BenchmarkSchedule, now: datetime.datetime
) -> BenchmarkRun | None:
    """The claim of the occasion and the run are one transaction."""
    if schedule.kind == BenchmarkSchedule.Kind.WEEKLY:
        references = _claim_week(schedule, now)
    else:
        references = _claim_models(schedule, now)
    if not references:
        return None
    suite = schedule.suite
    options = RunOptions.from_document(schedule.options)
    problem, run = "", None
    try:
        run = start_run(
            suite.organization,
            suite,
            replace(options, contenders=references),
            by=None,
            by_label=LABEL,
            schedule=schedule,
        )
    except RunRefused as refused:
        problem = str(refused)
    BenchmarkSchedule.objects.filter(pk=schedule.pk).update(problem=problem)
    return run


def latest_occasion(
    schedule: BenchmarkSchedule, now: datetime.datetime
) -> datetime.datetime | None:
    """The last moment at or before `now` at which a weekly one was due, in the zone of
    the organisation."""
    zone = schedule.suite.organization.zone
    there = now.astimezone(zone)
    for days in range(WEEK + 1):
        moment = _moment(schedule, there.date() - datetime.timedelta(days=days), zone)
        if moment is not None and moment <= now:
            return moment
    return None


def next_occasion(
    schedule: BenchmarkSchedule, now: datetime.datetime
) -> datetime.datetime | None:
    """The first moment after `now` at which it is due; None where it is switched off,
    or waits for a new model."""
    if not schedule.is_enabled or schedule.kind != BenchmarkSchedule.Kind.WEEKLY:
        return None
    zone = schedule.suite.organization.zone
    there = now.astimezone(zone)
    for days in range(WEEK + 1):
        moment = _moment(schedule, there.date() + datetime.timedelta(days=days), zone)
        if moment is not None and moment > now:
            return moment
    return None


def _moment(
    schedule: BenchmarkSchedule, day: datetime.date, zone: datetime.tzinfo
) -> datetime.datetime | None:
    """When it is due on a day, if it is one of its days."""
    if day.weekday() not in schedule.weekdays:
        return None
    hour = datetime.time(schedule.at_hour)
    return datetime.datetime.combine(day, hour, tzinfo=zone)


def _claim_week(schedule: BenchmarkSchedule, now: datetime.datetime) -> tuple[str, ...]:
    """The models, where this occasion is this worker's to begin."""
    occasion = latest_occasion(schedule, now)
    last = schedule.last_started_at or schedule.created_at
    if occasion is None or last >= occasion:
        return ()
    claimed = BenchmarkSchedule.objects.filter(
        pk=schedule.pk, is_enabled=True, last_started_at=schedule.last_started_at
    ).update(last_started_at=now)
    return tuple(schedule.options.get("models") or ()) if claimed else ()


def _claim_models(
    schedule: BenchmarkSchedule, now: datetime.datetime
) -> tuple[str, ...]:
    """New models, with those that they are compared with."""
    patterns = schedule.options.get("patterns") or ()
    matching = _matching(schedule.suite.organization, patterns)
    fresh = [one for one in matching if one not in set(schedule.seen_models)]
    if not fresh:
        return ()
    claimed = BenchmarkSchedule.objects.filter(
        pk=schedule.pk, is_enabled=True, seen_models=schedule.seen_models
    ).update(seen_models=[*schedule.seen_models, *fresh], last_started_at=now)
    if not claimed:
        return ()
    beside = schedule.options.get("models") or ()
    return tuple(dict.fromkeys([*beside, *fresh]))


def _matching(organization: Organization, patterns: Sequence[str]) -> list[str]:
    if not patterns:
        return []
    references = [one.reference for one in enabled_models(organization)]
    return [
        one
        for one in references
        if any(fnmatchcase(one, pattern) for pattern in patterns)
    ]


def _document(schedule: BenchmarkSchedule) -> dict[str, Any]:
    return {
        "kind": schedule.kind,
        "weekdays": schedule.weekdays,
        "at_hour": schedule.at_hour,
        "is_enabled": schedule.is_enabled,
        **schedule.options,
    }


def _record(schedule: BenchmarkSchedule, by: User | None, action: str) -> None:
    record_change(
        organization=schedule.suite.organization,
        actor=by,
        action=action,
        target=schedule,
        before=None,
        after=_document(schedule),
    )
