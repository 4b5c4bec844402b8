"""Two models of a run against each other, ready to be shown. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from analytics.benchmark_board import Row, Summary, board, pair_of
from analytics.benchmarking.pairwise import Pair, comparison
from analytics.benchmarking.statistics.verdicts import (
    Comparison,
    Outcome,
    no_worse,
    points,
    verdict,
)


@dataclass(frozen=True)
class Compared:
    a: Row
    b: Row
    pair: Pair
    found: Comparison
    words: str
    no_worse: tuple[str, str]
    cost_words: str

    @property
    def difference(self) -> str:
        value = self.pair["difference"]
        return "–" if value is None else f"{points(value)} points"

    @property
    def interval(self) -> str:
        low, high = self.pair["low"], self.pair["high"]
        if low is None or high is None:
            return "not enough data"
        return f"{points(low)} to {points(high)}"

    @property
    def passes(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.pair["passes"]
        return found

    @property
    def tone(self) -> str:
        decided = (Outcome.A_BETTER, Outcome.B_BETTER)
        return "success" if self.found.outcome in decided else "info"


def compared(summary: Summary, a: int, b: int, margin: float) -> Compared | None:
    """By their positions; `margin` is 0 to 1. None before the run has the pair."""
    pair = pair_of(summary, a, b)
    rows = {row.found["position"]: row for row in board(summary).rows}
    if pair is None or a not in rows or b not in rows:
        return None
    one, two = rows[a], rows[b]
    found = comparison(pair, len(summary["pairs"]))
    high = pair["high"]
    return Compared(
        one,
        two,
        pair,
        found,
        verdict(found, one.name, two.name),
        (
            no_worse(pair["low"], margin, one.name, two.name),
            no_worse(None if high is None else -high, margin, two.name, one.name),
        ),
        _cost_words(one, two),
    )


def best_two(summary: Summary) -> tuple[int, int] | None:
    rows = board(summary).rows
    if len(rows) < 2:
        return None
    return rows[0].found["position"], rows[1].found["position"]


def _cost_words(a: Row, b: Row) -> str:
    one, two = a.cost_per_1000_usd, b.cost_per_1000_usd
    if one is None or two is None:
        return "Their costs cannot be compared: not every price is known."
    if one == two:
        return "They cost the same."
    cheap, dear = (a, b) if one < two else (b, a)
    least, most = min(one, two), max(one, two)
    if not least:
        return f"{cheap.name} costs nothing."
    return f"{dear.name} costs {_times(most / least)} times as much as {cheap.name}."


def _times(ratio: Decimal) -> str:
    return f"{ratio:.0f}" if ratio >= 10 else f"{ratio:.1f}"
