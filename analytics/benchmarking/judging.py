"""How far judges agree with each other and with themselves. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from statistics import fmean
from typing import Any, Final

from analytics.benchmarking.agreement import between_judges

JUDGE: Final = "judge"
GOOD: Final = 0.5


def judge_agreement(results: Iterable[Sequence[Mapping[str, Any]]]) -> dict[str, Any]:
    """From the stored scores of each answer; empty where nobody judged. `agree` is the
    share of answers on which two judges fall to the same side of the middle, `kappa`
    Cohen's, the mean of all pairs of judges; None where one judge judged alone.
    `pairs` say it of every two judges in words."""
    judged = [
        one["details"]
        for scores in results
        for one in scores
        if one.get("kind") == JUDGE and one.get("details", {}).get("judges")
    ]
    if not judged:
        return {}
    said = [one for details in judged for one in details["judges"]]
    pairs = between_judges(judged, GOOD)
    ordered = [one for one in said if "orders" in one]
    kappas = [one.kappa for one in pairs.values() if one.kappa is not None]
    both = sum(one.count for one in pairs.values())
    agreed = sum(one.rate.share * one.count for one in pairs.values() if one.rate)
    return {
        "verdicts": len(said),
        "unread": sum(one["value"] is None for one in said),
        "agree": agreed / both if both else None,
        "kappa": fmean(kappas) if kappas else None,
        "pairs": [
            {"a": a, "b": b, "words": one.words} for (a, b), one in pairs.items()
        ],
        "biased": fmean(bool(one.get("position_bias")) for one in ordered)
        if ordered
        else None,
    }
