"""How far a run is: what is answered, how quickly, what is left and what it cost."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.db.models import Count, Q, Sum

from analytics.models import (
    BenchmarkContender,
    BenchmarkResult,
    BenchmarkRun,
    ResultState,
)

ZERO: Final = Decimal(0)
LOOK_BACK: Final = datetime.timedelta(seconds=60)
ENOUGH: Final = 5
"""So many answers say how quickly it goes."""


@dataclass(frozen=True)
class ContenderProgress:
    """One model. `answers` are all that it is to give, without those skipped."""

    contender: BenchmarkContender
    done: int
    failed: int
    skipped: int
    left: int

    @property
    def over(self) -> int:
        return self.done + self.failed

    @property
    def answers(self) -> int:
        return self.over + self.left


@dataclass(frozen=True)
class Progress:
    """`unpriced` answers are not in `cost_usd`. `per_minute` None: too little has come
    lately to say."""

    run: BenchmarkRun
    contenders: tuple[ContenderProgress, ...]
    cost_usd: Decimal
    unpriced: int
    per_minute: float | None

    @property
    def done(self) -> int:
        return sum(one.done for one in self.contenders)

    @property
    def failed(self) -> int:
        return sum(one.failed for one in self.contenders)

    @property
    def skipped(self) -> int:
        return sum(one.skipped for one in self.contenders)

    @property
    def left(self) -> int:
        return sum(one.left for one in self.contenders)

    @property
    def over(self) -> int:
        return self.done + self.failed

    @property
    def answers(self) -> int:
        return self.over + self.left

    @property
    def percent(self) -> int:
        """Rounded down: 100 is all."""
        return self.over * 100 // self.answers if self.answers else 100

    @property
    def left_s(self) -> float | None:
        if self.per_minute is None or self.run.state != "running":
            return None
        return self.left / self.per_minute * 60

    @property
    def left_words(self) -> str:
        """“about 3 minutes left”; nothing where that cannot be said."""
        if self.left_s is None:
            return ""
        if self.left_s < 60:
            return "less than a minute left"
        minutes = round(self.left_s / 60)
        if minutes < 90:
            return f"about {minutes} minute{'s' if minutes > 1 else ''} left"
        return f"about {round(minutes / 60)} hours left"

    @property
    def problems(self) -> list[ContenderProgress]:
        """Models that are not asked any further."""
        return [one for one in self.contenders if one.contender.problem]


def progress_of(run: BenchmarkRun, now: datetime.datetime) -> Progress:
    """Three queries; one where the run is over and its counts were kept."""
    rows = _kept(run) or counts_of(run)
    contenders = list(run.contenders.all())
    return Progress(
        run=run,
        contenders=tuple(_contender(one, rows.get(one.pk, {})) for one in contenders),
        cost_usd=sum(
            (
                Decimal(row["cost"] or 0) + Decimal(row["judge"] or 0)
                for row in rows.values()
            ),
            ZERO,
        ),
        unpriced=sum(row["unpriced"] for row in rows.values()),
        per_minute=None if run.is_over else _per_minute(run, now),
    )


def counts_of(run: BenchmarkRun) -> dict[int, Mapping[str, Any]]:
    """States and costs of all results, by contender. Reads every one of them."""
    rows = (
        BenchmarkResult.objects.filter(run=run)
        .order_by()
        .values("contender_id")
        .annotate(
            done=_count(ResultState.DONE),
            failed=_count(ResultState.FAILED),
            skipped=_count(ResultState.SKIPPED),
            left=_count(ResultState.WAITING, ResultState.ASKING),
            cost=Sum("cost_usd"),
            judge=Sum("judge_cost_usd"),
            unpriced=Count("id", filter=Q(state=ResultState.DONE, cost_usd=None)),
        )
    )
    return {row["contender_id"]: row for row in rows}


def counts_to_keep(run: BenchmarkRun) -> list[dict[str, Any]]:
    """`counts_of` as JSON, for the summary of a run that is over."""
    return [
        {**row, "cost": _text(row["cost"]), "judge": _text(row["judge"])}
        for row in counts_of(run).values()
    ]


def _text(usd: Decimal | None) -> str | None:
    return None if usd is None else str(usd)


def _kept(run: BenchmarkRun) -> dict[int, Mapping[str, Any]]:
    if not (run.is_over and run.summary.get("is_final")):
        return {}
    return {row["contender_id"]: row for row in run.summary.get("counts", ())}


def latest_failures(run: BenchmarkRun, most: int = 3) -> Sequence[tuple[str, int]]:
    """What calls failed with, the commonest first, with how often."""
    rows = (
        BenchmarkResult.objects.filter(run=run, state=ResultState.FAILED)
        .order_by()
        .values_list("error")
        .annotate(times=Count("id"))
        .order_by("-times", "error")
    )
    return [(error, times) for error, times in rows[:most]]


def _count(*states: ResultState) -> Count:
    return Count("id", filter=Q(state__in=states))


def _contender(
    contender: BenchmarkContender, row: Mapping[str, Any]
) -> ContenderProgress:
    done, failed, skipped, left = (
        row.get(name, 0) for name in ("done", "failed", "skipped", "left")
    )
    return ContenderProgress(contender, done, failed, skipped, left)


def _per_minute(run: BenchmarkRun, now: datetime.datetime) -> float | None:
    """Over the last minute, or since the start where that is later."""
    since = now - LOOK_BACK
    if run.started_at is not None and run.started_at > since:
        since = run.started_at
    came = BenchmarkResult.objects.filter(
        run=run,
        finished_at__gte=since,
        state__in=[ResultState.DONE, ResultState.FAILED],
    ).count()
    seconds = (now - since).total_seconds()
    return came / seconds * 60 if came >= ENOUGH and seconds > 0 else None
