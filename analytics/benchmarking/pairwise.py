"""Every two models of a run on the cases that both answered. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Any, Final

import numpy as np

from analytics.benchmarking.statistics.bootstrap import (
    DIFFERENCES,
    Interval,
    Matrix,
    mean_intervals,
)
from analytics.benchmarking.statistics.pairing import TINY, discordance, holm, sign_flip
from analytics.benchmarking.statistics.power import (
    ALPHA,
    cases_needed,
    smallest_gap,
)
from analytics.benchmarking.statistics.unseen import with_unseen
from analytics.benchmarking.statistics.verdicts import Comparison
from analytics.benchmarking.tabulating import Table

Pair = dict[str, Any]
COLUMNS_AT_ONCE: Final = 64


def pairs_of(table: Table, resamples: int | None = None) -> list[Pair]:
    """JSON-ready, A before B as in the table; `a` and `b` are its columns."""
    chosen = list(combinations(range(table.scores.shape[1]), 2))
    found: list[Pair] = []
    for start in range(0, len(chosen), COLUMNS_AT_ONCE):
        some = chosen[start : start + COLUMNS_AT_ONCE]
        gaps = np.stack([table.scores[:, a] - table.scores[:, b] for a, b in some], 1)
        intervals = mean_intervals(gaps, table.weights, DIFFERENCES, resamples)
        found += [
            {
                **_pair(a, b, gaps[:, number], table.weights, intervals[number]),
                "passes": _passes(table, a, b),
            }
            for number, (a, b) in enumerate(some)
        ]
    adjusted = holm([one["p"] for one in found])
    return [
        {**one, "p_adjusted": value, **_needs(one, len(found))}
        for one, value in zip(found, adjusted, strict=True)
    ]


def comparison(pair: Pair, family: int = 1) -> Comparison:
    return Comparison(
        cases=pair["cases"],
        difference=pair["difference"],
        low=pair["low"],
        high=pair["high"],
        p_adjusted=pair["p_adjusted"],
        further_cases=pair["further_cases"],
        family=family,
    )


def turned(pair: Pair) -> Pair:
    """The same pair the other way round."""
    return {
        **pair,
        "a": pair["b"],
        "b": pair["a"],
        "difference": _minus(pair["difference"]),
        "low": _minus(pair["high"]),
        "high": _minus(pair["low"]),
        "a_wins": pair["b_wins"],
        "b_wins": pair["a_wins"],
        "passes": {
            **pair["passes"],
            "a_only": pair["passes"]["b_only"],
            "b_only": pair["passes"]["a_only"],
        },
    }


def visible_gap(pairs: Sequence[Pair]) -> float | None:
    """The difference that the median pair of the run would show."""
    gaps = [
        gap
        for one in pairs
        if (gap := smallest_gap(one["mean_square"], one["cases"])) is not None
    ]
    return float(np.median(gaps)) if gaps else None


def _pair(
    a: int, b: int, gaps: Matrix, weights: Matrix, interval: Interval | None
) -> Pair:
    is_known = ~np.isnan(gaps)
    known = gaps[is_known]
    if interval is not None:
        interval = with_unseen(interval, known, weights[is_known])
    return {
        "a": a,
        "b": b,
        "cases": len(known),
        "difference": interval.value if interval else None,
        "low": interval.low if interval else None,
        "high": interval.high if interval else None,
        "p": sign_flip(gaps, weights),
        "a_wins": int(np.sum(known > TINY)),
        "b_wins": int(np.sum(known < -TINY)),
        "ties": int(np.sum(np.abs(known) <= TINY)),
        "mean_square": float(np.mean(known**2)) if len(known) else 0.0,
    }


def _passes(table: Table, a: int, b: int) -> dict[str, Any]:
    found = discordance(table.passes[:, a], table.passes[:, b])
    return {
        "a_only": found.a_only,
        "b_only": found.b_only,
        "both": found.both,
        "neither": found.neither,
        "p": found.p_value,
    }


def _needs(pair: Pair, family: int) -> Pair:
    """Further cases that would settle it, with the other pairs of the run counted."""
    if pair["difference"] is None:
        return {"further_cases": None}
    needed = cases_needed(pair["difference"], pair["mean_square"], ALPHA / family)
    if needed is None:
        return {"further_cases": None}
    return {"further_cases": max(1, needed - pair["cases"])}


def _minus(value: float | None) -> float | None:
    return None if value is None else -value
