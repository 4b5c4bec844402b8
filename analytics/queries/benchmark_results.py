"""What the results part of a run's page shows: the stored summary and a few rows."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from analytics.benchmark_board import (
    Board,
    RankBy,
    Row,
    bargain_words,
    board,
    headline,
)
from analytics.benchmarking.statistics.verdicts import points
from analytics.charts_benchmarks import SERIES, Figure, cost_figure, tag_figure
from analytics.models import BenchmarkContender, BenchmarkResult, BenchmarkRun
from registry.templatetags.display import usd

LATEST: Final = 6
TAG_COLUMNS: Final = 6


@dataclass(frozen=True)
class ShownResults:
    run: BenchmarkRun
    board: Board
    models: dict[int, BenchmarkContender]
    latest: list[BenchmarkResult]
    headline: str
    bargain: str
    facts: list[tuple[str, str]]
    tag_figure: Figure | None
    cost_figure: Figure | None
    tag_rows: list[tuple[str, int, list[tuple[str, str]]]]

    @property
    def summary(self) -> dict[str, Any]:
        found: dict[str, Any] = self.run.summary
        return found

    @property
    def rows(self) -> list[tuple[Row, BenchmarkContender | None]]:
        return [
            (row, self.models.get(row.found["contender_id"])) for row in self.board.rows
        ]

    @property
    def ranks(self) -> list[tuple[str, str]]:
        return [(one.value, one.value.capitalize()) for one in RankBy]

    @property
    def leader_at(self) -> float | None:
        leader = self.board.leader
        return leader.mark.at if leader and leader.mark else None

    @property
    def charted(self) -> list[tuple[int, str]]:
        """Number of the series and name, for the legend."""
        return [(n, row.name) for n, row in enumerate(self.board.rows[:SERIES], 1)]

    @property
    def tag_columns(self) -> list[str]:
        return [row.name for row in self.board.rows[:TAG_COLUMNS]]


def shown_results(
    run: BenchmarkRun, rank_by: RankBy = RankBy.QUALITY, latest: int = LATEST
) -> ShownResults:
    """Two queries, whatever the number of results."""
    summary = run.summary
    found = board(summary, rank_by)
    contenders = run.contenders.select_related("ai_model__provider")
    return ShownResults(
        run=run,
        board=found,
        models={one.pk: one for one in contenders},
        latest=latest_answers(run, latest) if latest else [],
        headline=headline(summary),
        bargain=bargain_words(summary),
        facts=_facts(summary),
        tag_figure=tag_figure(summary, found.rows),
        cost_figure=cost_figure(summary, found.rows),
        tag_rows=_tag_rows(summary, found.rows[:TAG_COLUMNS]),
    )


def latest_answers(run: BenchmarkRun, count: int) -> list[BenchmarkResult]:
    return list(
        run.results.filter(finished_at__isnull=False)
        .select_related("case", "contender")
        .defer("answer", "scores", "error", "case__messages", "case__expected")
        .order_by("-finished_at")[:count]
    )


def _facts(summary: dict[str, Any]) -> list[tuple[str, str]]:
    models = summary.get("models", [])
    if not models:
        return []
    done = sum(one["done"] for one in models)
    found = [
        ("Cases", f"{summary['cases']:,}"),
        ("Answers", f"{done:,} of {summary.get('calls', done):,}"),
        ("No answer", f"{sum(one['failed'] for one in models):,}"),
        ("Not scored", f"{sum(one['unscored'] for one in models):,} of {done:,}"),
        ("Cost", _cost(models)),
    ]
    if summary.get("ties") is not None:
        found.append(("Ties", f"{100 * summary['ties']:.0f}%"))
    found += _judges(summary.get("judge") or {})
    gap = summary.get("smallest_gap")
    if gap is not None:
        found.append(("Smallest visible gap", f"{points(gap)} points"))
    return found


def _judges(judge: dict[str, Any]) -> list[tuple[str, str]]:
    found = []
    if judge.get("agree") is not None:
        kappa = judge["kappa"]
        beyond = "" if kappa is None else f" (κ {kappa:.2f})"
        found.append(("Judges agree", f"{100 * judge['agree']:.0f}%{beyond}"))
    if judge.get("biased") is not None:
        found.append(("Other order, other verdict", f"{100 * judge['biased']:.0f}%"))
    if judge:
        unread = f"{judge['unread']:,} of {judge['verdicts']:,}"
        found.append(("Verdicts not readable", unread))
    return found


def _cost(models: list[dict[str, Any]]) -> str:
    """Of answers and of judges; what is not priced is said."""
    known = [
        Decimal(one[name])
        for one in models
        for name in ("cost_usd", "judge_cost_usd")
        if one[name] is not None
    ]
    unpriced = sum(one["unpriced"] for one in models)
    if not known:
        return "not known" if unpriced else "–"
    more = f", {unpriced:,} not priced" if unpriced else ""
    return f"{usd(sum(known, Decimal(0)))}{more}"


def _tag_rows(
    summary: dict[str, Any], rows: tuple[Row, ...]
) -> list[tuple[str, int, list[tuple[str, str]]]]:
    """Tag, cases, and for each model the score and its interval."""
    return [
        (
            one["tag"],
            one["cases"],
            [_cell(one["scores"].get(str(row.found["position"]))) for row in rows],
        )
        for one in summary.get("tags", [])
    ]


def _cell(score: dict[str, Any] | None) -> tuple[str, str]:
    if score is None:
        return "–", ""
    if score["low"] is None:
        return points(score["value"]), ""
    return points(score["value"]), f"{points(score['low'])}–{points(score['high'])}"
