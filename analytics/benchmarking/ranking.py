"""Who stands where, and what is worth its price. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from analytics.benchmarking.pairwise import Pair, comparison
from analytics.benchmarking.statistics.verdicts import Outcome

GOOD_ENOUGH: Final = 0.9
"""Of the leader's score: below it a low price is no bargain."""


def ranks(count: int, scored: Sequence[bool], pairs: Sequence[Pair]) -> list[Any]:
    """1 and as many more as models that are better beyond doubt: models that cannot be
    told apart share a rank. None where there is no score."""
    better = [0] * count
    for one in pairs:
        outcome = comparison(one).outcome
        if outcome == Outcome.A_BETTER:
            better[one["b"]] += 1
        elif outcome == Outcome.B_BETTER:
            better[one["a"]] += 1
    return [1 + better[one] if scored[one] else None for one in range(count)]


def wins(count: int, pairs: Sequence[Pair]) -> list[float | None]:
    """The share of cases, against every other model, with the higher score."""
    won, met = [0] * count, [0] * count
    for one in pairs:
        won[one["a"]] += one["a_wins"]
        won[one["b"]] += one["b_wins"]
        met[one["a"]] += one["cases"]
        met[one["b"]] += one["cases"]
    return [won[one] / met[one] if met[one] else None for one in range(count)]


def front(models: Sequence[Mapping[str, Any]]) -> list[int]:
    """Positions of the models that none beats in both score and cost, cheapest
    first."""
    points = sorted(
        (
            (Decimal(one["cost_per_case_usd"]), -one["score"]["value"], one["position"])
            for one in models
            if one["score"] and one["cost_per_case_usd"] is not None
        ),
    )
    kept: list[int] = []
    best = 0.0
    for _, negative, position in points:
        if not kept or -negative > best:
            best = -negative
            kept.append(position)
    return kept


def bargain(models: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    """The model that comes near the leader for the smallest share of its cost."""
    scored = [one for one in models if one["score"]]
    if not scored:
        return None
    leader = max(scored, key=lambda one: one["score"]["value"])
    cost = Decimal(leader["cost_per_case_usd"] or 0)
    if not cost or not leader["score"]["value"]:
        return None
    near = [
        {
            "position": one["position"],
            "leader": leader["position"],
            "score_share": one["score"]["value"] / leader["score"]["value"],
            "cost_share": float(Decimal(one["cost_per_case_usd"]) / cost),
        }
        for one in scored
        if one is not leader and one["cost_per_case_usd"] is not None
    ]
    cheap = [
        one
        for one in near
        if one["score_share"] >= GOOD_ENOUGH and one["cost_share"] < GOOD_ENOUGH
    ]
    return min(cheap, key=lambda one: one["cost_share"], default=None)
