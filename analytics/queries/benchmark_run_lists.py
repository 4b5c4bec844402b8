"""Lists of benchmark runs: how far each is, what it cost, and who began it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.db.models import Count, Q, QuerySet, Sum

from analytics.models import BenchmarkResult, BenchmarkRun, BenchmarkSuite, ResultState
from registry.models import Organization

NAMED: Final = 3
"""Models of a run that a list names; of more it says how many."""


@dataclass(frozen=True)
class RunLine:
    """`cost_usd` is of answers and judges whose price is known, None where nothing
    was priced; `unpriced` answers are not in it."""

    run: BenchmarkRun
    references: Sequence[str]
    over: int
    answers: int
    cost_usd: Decimal | None
    unpriced: int

    @property
    def named(self) -> Sequence[str]:
        return self.references[:NAMED]

    @property
    def more(self) -> int:
        return len(self.references) - len(self.named)

    @property
    def percent(self) -> int:
        return self.over * 100 // self.answers if self.answers else 0

    @property
    def begun_by(self) -> str:
        if self.run.created_by is not None:
            return str(self.run.created_by)
        return "its schedule" if self.run.schedule_id else "a command"


def runs_of(
    organization: Organization, suite: BenchmarkSuite | None = None
) -> QuerySet[BenchmarkRun]:
    """Runs with their suite, models and person, the newest first."""
    runs = BenchmarkRun.objects.filter(organization=organization)
    if suite is not None:
        runs = runs.filter(suite=suite)
    return runs.select_related("suite", "created_by").prefetch_related("contenders")


def run_lines(runs: Iterable[BenchmarkRun]) -> list[RunLine]:
    """One query more than `runs` take, whatever their number: those that are over kept
    their counts."""
    found = list(runs)
    counted = _counted([one for one in found if not _kept(one)])
    return [_line(one, _kept(one) or counted.get(one.pk, [])) for one in found]


def _kept(run: BenchmarkRun) -> Sequence[Mapping[str, Any]]:
    counts: Sequence[Mapping[str, Any]] = run.summary.get("counts") or ()
    return counts if run.is_over and run.summary.get("is_final") else ()


def _counted(runs: Sequence[BenchmarkRun]) -> dict[int, list[Mapping[str, Any]]]:
    if not runs:
        return {}
    state = {one: Q(state=one) for one in ResultState}
    rows = (
        BenchmarkResult.objects.filter(run__in=runs)
        .order_by()
        .values("run_id")
        .annotate(
            done=Count("id", filter=state[ResultState.DONE]),
            failed=Count("id", filter=state[ResultState.FAILED]),
            left=Count(
                "id", filter=state[ResultState.WAITING] | state[ResultState.ASKING]
            ),
            cost=Sum("cost_usd"),
            judge=Sum("judge_cost_usd"),
            unpriced=Count("id", filter=state[ResultState.DONE] & Q(cost_usd=None)),
        )
    )
    return {row["run_id"]: [row] for row in rows}


def _line(run: BenchmarkRun, rows: Sequence[Mapping[str, Any]]) -> RunLine:
    over = sum(row["done"] + row["failed"] for row in rows)
    costs = [Decimal(one) for row in rows for one in _costs(row) if one is not None]
    return RunLine(
        run=run,
        references=[one.reference for one in run.contenders.all()],
        over=over,
        answers=over + sum(row["left"] for row in rows),
        cost_usd=sum(costs, Decimal(0)) if costs else None,
        unpriced=sum(row["unpriced"] for row in rows),
    )


def _costs(row: Mapping[str, Any]) -> tuple[Any, Any]:
    return row["cost"], row["judge"]
