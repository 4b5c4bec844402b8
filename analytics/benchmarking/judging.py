"""How far judges agree with each other and with themselves. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from statistics import fmean
from typing import Any, Final

JUDGE: Final = "judge"
GOOD: Final = 0.5

Verdicts = dict[str, float | None]
"""Model of a judge → what it said of one answer, 0 to 1."""


def judge_agreement(results: Iterable[Sequence[Mapping[str, Any]]]) -> dict[str, Any]:
    """From the stored scores of each answer; empty where nobody judged. `agree` is the
    share of answers on which two judges fall to the same side of the middle, `kappa`
    Cohen's, the mean of all pairs of judges; None where one judge judged alone."""
    judged = [
        one["details"]["judges"]
        for scores in results
        for one in scores
        if one.get("kind") == JUDGE and one.get("details", {}).get("judges")
    ]
    if not judged:
        return {}
    said = [one for judges in judged for one in judges]
    verdicts = [{one["model"]: one["value"] for one in judges} for judges in judged]
    pairs = list(_pairs(verdicts))
    ordered = [one for one in said if "orders" in one]
    kappas = [kappa for pair in pairs if (kappa := _kappa(pair)) is not None]
    both = [same for pair in pairs for same in pair]
    return {
        "verdicts": len(said),
        "unread": sum(one["value"] is None for one in said),
        "agree": fmean(a == b for a, b in both) if both else None,
        "kappa": fmean(kappas) if kappas else None,
        "biased": fmean(bool(one.get("position_bias")) for one in ordered)
        if ordered
        else None,
    }


def _pairs(verdicts: Sequence[Verdicts]) -> Iterable[list[tuple[bool, bool]]]:
    """For every two judges, what both said of the answers that both judged."""
    models = sorted({model for one in verdicts for model in one})
    for a, b in combinations(models, 2):
        found = [
            (one[a] or 0.0, one[b] or 0.0)
            for one in verdicts
            if one.get(a) is not None and one.get(b) is not None
        ]
        yield [(first >= GOOD, second >= GOOD) for first, second in found]


def _kappa(pair: Sequence[tuple[bool, bool]]) -> float | None:
    """Agreement beyond chance; None where chance alone explains all of it."""
    if not pair:
        return None
    seen = fmean(a == b for a, b in pair)
    first, second = fmean(a for a, _ in pair), fmean(b for _, b in pair)
    chance = first * second + (1 - first) * (1 - second)
    return (seen - chance) / (1 - chance) if chance < 1 else None
