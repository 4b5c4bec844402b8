"""The summary of a run as a page shows it: rows in order, texts, marks. Pure."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from analytics.benchmarking.pairwise import Pair, comparison, turned
from analytics.benchmarking.statistics.verdicts import points, verdict

Summary = Mapping[str, Any]
STEP: Final = 0.1
LITTLE: Final = "not enough data"


class RankBy(enum.StrEnum):
    QUALITY = "quality"
    VALUE = "value"
    SPEED = "speed"


@dataclass(frozen=True)
class Mark:
    """Where an interval lies on the scale, in percent of its width."""

    at: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Row:
    """One model. `found` is its part of the summary; amounts are exact again."""

    found: Mapping[str, Any]
    place: int | None
    mark: Mark | None
    cost_usd: Decimal | None
    cost_per_1000_usd: Decimal | None
    cost_per_success_usd: Decimal | None

    @property
    def reference(self) -> str:
        return str(self.found["reference"])

    @property
    def provider(self) -> str:
        return self.reference.partition("/")[0]

    @property
    def name(self) -> str:
        return self.reference.partition("/")[2] or self.reference

    @property
    def score(self) -> str:
        return points(self.found["score"]["value"]) if self.found["score"] else "–"

    @property
    def interval(self) -> str:
        return interval_words(self.found["score"])

    @property
    def passed(self) -> str:
        """With Wilson's interval: 46 of 50, 92% (81–97%)."""
        return rate_words(self.found["passed"])

    @property
    def pass_share(self) -> str:
        rate = self.found["passed"]
        return "–" if rate is None else f"{100 * rate['share']:.0f}%"

    @property
    def pass_interval(self) -> str:
        rate = self.found["passed"]
        if rate is None:
            return ""
        return f"{100 * rate['low']:.0f}–{100 * rate['high']:.0f}%"

    @property
    def answered(self) -> str:
        return rate_words(self.found["answered"])

    @property
    def wins(self) -> str:
        wins = self.found["wins"]
        return "–" if wins is None else f"{100 * wins:.0f}%"

    @property
    def tokens_per_s(self) -> str:
        speed = self.found["tokens_per_s"]
        return "–" if speed is None else f"{speed:.0f}"

    @property
    def finished(self) -> int:
        return int(self.found["done"] + self.found["failed"] + self.found["skipped"])

    @property
    def problems(self) -> list[str]:
        """What went wrong or is not known, in words."""
        found = self.found
        said = [f"{count:,} × {kind}" for kind, count in found["errors"].items()]
        if found["failed"] and not said:
            said.append(f"{found['failed']:,} without an answer")
        if found["skipped"]:
            said.append(f"{found['skipped']:,} not asked")
        if found["unscored"]:
            said.append(f"{found['unscored']:,} not scored")
        if found["unpriced"]:
            said.append(f"{found['unpriced']:,} not priced")
        return said


@dataclass(frozen=True)
class Board:
    rows: tuple[Row, ...]
    rank_by: RankBy
    start: int
    """Where the scale begins, in points; it ends at 100."""

    @property
    def leader(self) -> Row | None:
        scored = [one for one in self.rows if one.found["score"]]
        return max(scored, key=_score, default=None)


def board(summary: Summary, rank_by: RankBy = RankBy.QUALITY) -> Board:
    models: Sequence[Mapping[str, Any]] = summary.get("models", [])
    start = _scale(models)
    rows = sorted(
        (_row(one, start) for one in models), key=lambda row: _order(row, rank_by)
    )
    if rank_by == RankBy.QUALITY:
        return Board(tuple(rows), rank_by, round(100 * start))
    placed = [
        Row(**{**vars(row), "place": _place(row, number, rank_by)})
        for number, row in enumerate(rows, 1)
    ]
    return Board(tuple(placed), rank_by, round(100 * start))


def pair_of(summary: Summary, a: int, b: int) -> Pair | None:
    """A minus B by their positions in the run; None before there is such a pair."""
    for one in summary.get("pairs", []):
        if (one["a"], one["b"]) == (a, b):
            return dict(one)
        if (one["a"], one["b"]) == (b, a):
            return turned(one)
    return None


def headline(summary: Summary) -> str:
    """The two best against each other, in words; empty before they can be."""
    rows = board(summary).rows
    if len(rows) < 2 or not rows[1].found["score"]:
        return ""
    first, second = rows[0].found, rows[1].found
    pair = pair_of(summary, first["position"], second["position"])
    if pair is None:
        return ""
    a, b = rows[0].name, rows[1].name
    words = verdict(comparison(pair, len(summary["pairs"])), a, b)
    return words.replace(f"{a} is better by", f"{a} is better than {b} by")


def bargain_words(summary: Summary) -> str:
    """ "m reaches 96% of the leader's score at 18% of its cost"; empty where none."""
    found = summary.get("bargain")
    if not found:
        return ""
    names = {one["position"]: one["reference"] for one in summary["models"]}
    return (
        f"{names[found['position']]} reaches {100 * found['score_share']:.0f}% of the "
        f"leader's score at {_share(found['cost_share'])} of its cost."
    )


def interval_words(score: Mapping[str, Any] | None) -> str:
    if score is None or score["low"] is None:
        return LITTLE
    return f"{points(score['low'])}–{points(score['high'])}"


def rate_words(rate: Mapping[str, Any] | None) -> str:
    if rate is None:
        return LITTLE
    low, high = 100 * rate["low"], 100 * rate["high"]
    share = f"{100 * rate['share']:.0f}% ({low:.0f}–{high:.0f}%)"
    return f"{rate['passed']:,} of {rate['count']:,}, {share}"


def _share(value: float) -> str:
    return f"{100 * value:.0f}%" if value >= 0.01 else "under 1%"


def _row(found: Mapping[str, Any], start: float) -> Row:
    return Row(
        found,
        found["rank"],
        _mark(found["score"], start),
        _amount(found["cost_usd"]),
        _amount(found["cost_per_1000_usd"]),
        _amount(found["cost_per_success_usd"]),
    )


def _amount(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _scale(models: Sequence[Mapping[str, Any]]) -> float:
    """The round score below everything that is shown."""
    scores = [one["score"] for one in models if one["score"]]
    least = min(
        (one["value"] if one["low"] is None else one["low"] for one in scores),
        default=0.0,
    )
    return max(0.0, min(0.9, int(least / STEP + 1e-9) * STEP))


def _mark(score: Mapping[str, Any] | None, start: float) -> Mark | None:
    if score is None:
        return None

    def across(value: float | None) -> float | None:
        if value is None:
            return None
        return round(min(100.0, max(0.0, 100 * (value - start) / (1 - start))), 1)

    return Mark(
        across(score["value"]) or 0.0, across(score["low"]), across(score["high"])
    )


def _order(row: Row, rank_by: RankBy) -> tuple[bool, Any, float]:
    if rank_by == RankBy.VALUE:
        cost = row.cost_per_success_usd
        return cost is None, cost or Decimal(0), -_score(row)
    if rank_by == RankBy.SPEED:
        p50 = row.found["p50_ms"]
        return p50 is None, p50 or 0.0, -_score(row)
    return row.found["score"] is None, row.place or 0, -_score(row)


def _place(row: Row, number: int, rank_by: RankBy) -> int | None:
    is_unknown, _, _ = _order(row, rank_by)
    return None if is_unknown else number


def _score(row: Row) -> float:
    return float(row.found["score"]["value"]) if row.found["score"] else 0.0
