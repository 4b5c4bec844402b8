"""Who works on a run: claiming it, staying its holder, and handing it back. One worker
at a time; each change asks that the claim is still its own."""

from __future__ import annotations

import datetime
import uuid
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from celery import current_app
from django.db import transaction
from django.db.models import Case, F, Q, QuerySet, Value, When
from django.utils import timezone
from kombu.exceptions import OperationalError

from analytics.models import (
    BenchmarkResult,
    BenchmarkRun,
    ResultState,
    RunState,
)
from analytics.services.benchmark_results import put_back_all
from analytics.services.benchmark_summaries import refresh

TASK: Final = "modelhub.gateway.benchmarking.tasks.run_benchmark"
SILENT_FOR: Final = datetime.timedelta(seconds=20)
"""A worker gives a sign every few seconds; one that did not for so long is gone."""
LATELY: Final = datetime.timedelta(days=1)
SUMMED_UP_AT_ONCE: Final = 3
MOST_LOSSES: Final = 6
"""An answer during which the worker was lost so often is what kills it."""
CANCELLED: Final = "The run was cancelled."
LOST: Final = "The worker was lost each time this was asked."


@dataclass(frozen=True)
class Held:
    """A run as its worker found it at the last sign it gave."""

    state: str
    limit_usd: Decimal | None
    concurrency: int


def wake(run_id: int) -> None:
    """Where the queue does not answer, the sweep finds what waits."""
    try:
        current_app.send_task(TASK, args=[run_id], retry=False)
    except (OperationalError, OSError):
        return


def abandoned(now: datetime.datetime) -> Q:
    """Nobody holds it, or its holder has gone silent."""
    return Q(claim=None) | Q(seen_at=None) | Q(seen_at__lt=now - SILENT_FOR)


def waiting_runs(now: datetime.datetime) -> QuerySet[BenchmarkRun]:
    """Runs that a worker should take up, the oldest first."""
    return BenchmarkRun.objects.filter(
        abandoned(now), state__in=[RunState.WAITING, RunState.RUNNING]
    ).order_by("pk")


@transaction.atomic
def claim_run(run_id: int, now: datetime.datetime | None = None) -> BenchmarkRun | None:
    """The run for this worker alone, or None. What another worker left in mid-call is
    to be asked again."""
    moment = now or timezone.now()
    mine = uuid.uuid4()
    claimed = (
        waiting_runs(moment)
        .filter(pk=run_id)
        .update(claim=mine, seen_at=moment, state=RunState.RUNNING)
    )
    if not claimed:
        return None
    BenchmarkRun.objects.filter(pk=run_id, started_at=None).update(started_at=moment)
    take_over(run_id)
    return BenchmarkRun.objects.select_related("organization", "suite").get(pk=run_id)


def take_over(run_id: int) -> None:
    left = BenchmarkResult.objects.filter(run=run_id, state=ResultState.ASKING)
    left.filter(tries__gte=MOST_LOSSES - 1).update(
        state=ResultState.FAILED,
        claim=None,
        tries=F("tries") + 1,
        error_kind="worker_lost",
        error=LOST,
        finished_at=timezone.now(),
    )
    left.update(state=ResultState.WAITING, claim=None, tries=F("tries") + 1)


def give_sign(run: BenchmarkRun) -> Held | None:
    """Say that the worker is alive and hear what was decided meanwhile; None where the
    run is another worker's by now. A run that was paused and resumed goes on."""
    mine = BenchmarkRun.objects.filter(pk=run.pk, claim=run.claim)
    going = When(state=RunState.WAITING, then=Value(RunState.RUNNING))
    if not mine.update(seen_at=timezone.now(), state=Case(going, default=F("state"))):
        return None
    row = mine.values_list("state", "limit_usd", "concurrency").first()
    return Held(*row) if row else None


@transaction.atomic
def let_go(run: BenchmarkRun) -> None:
    """Hand the run back: what was taken and not asked waits again."""
    put_back_all(run)
    BenchmarkRun.objects.filter(pk=run.pk, claim=run.claim).update(
        claim=None, seen_at=None
    )


def stop_run(run: BenchmarkRun, state: RunState, problem: str = "") -> bool:
    """End or pause a run that this worker holds. False where somebody else decided."""
    over = {} if state == RunState.PAUSED else {"finished_at": timezone.now()}
    return bool(
        BenchmarkRun.objects.filter(
            pk=run.pk, claim=run.claim, state__in=[RunState.RUNNING, RunState.WAITING]
        ).update(state=state, problem=problem, **over)
    )


def sweep(now: datetime.datetime) -> None:
    """Runs that nobody works on are given to a worker; what a worker that died left to
    be done on a run that is over is done."""
    for run_id in waiting_runs(now).values_list("pk", flat=True):
        wake(run_id)
    for run in BenchmarkRun.objects.filter(
        abandoned(now), state=RunState.CANCELLED, results__state=ResultState.ASKING
    ).distinct():
        skip_rest(run, CANCELLED)
    for run in not_summed_up(now)[:SUMMED_UP_AT_ONCE]:
        refresh(run)


def not_summed_up(now: datetime.datetime) -> QuerySet[BenchmarkRun]:
    """Runs that ended lately, without a worker that made the final summary."""
    return BenchmarkRun.objects.filter(
        abandoned(now),
        ~Q(summary__contains={"is_final": True}),
        state__in=[RunState.DONE, RunState.FAILED, RunState.CANCELLED],
        finished_at__gte=now - LATELY,
    ).order_by("pk")


def skip_rest(run: BenchmarkRun, reason: str) -> int:
    """Nothing of what is left is asked any more, whoever had taken it."""
    return _skip(run, [ResultState.WAITING, ResultState.ASKING], reason)


def skip_waiting(run: BenchmarkRun, reason: str) -> int:
    """What is being asked is still taken."""
    return _skip(run, [ResultState.WAITING], reason)


def _skip(run: BenchmarkRun, states: list[ResultState], reason: str) -> int:
    left = BenchmarkResult.objects.filter(run=run, state__in=states)
    return left.update(
        state=ResultState.SKIPPED,
        claim=None,
        error_kind="cancelled",
        error=reason,
        finished_at=timezone.now(),
    )
