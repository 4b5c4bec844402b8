"""An evaluation in words, in rows and as a JSON document. Pure."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Final

from analytics.benchmarking.statistics.verdicts import MINUS
from recommender.routing.evaluation import HALF, MOST, Evaluation, Point

COLUMNS: Final = ("Way", "Score", "$ per 1,000 calls", "Strong calls")
MOST_POINTS: Final = 12
"""A longer curve is shown by points evenly taken from it."""
THOUSAND: Final = 1_000


def document(found: Evaluation) -> dict[str, Any]:
    strong = found.always_strong
    return {
        "train_prompts": found.train_count,
        "test_prompts": found.test_count,
        "strong": found.strong,
        "weak": found.weak,
        "apgr": found.gap.apgr,
        "apgr_interval": [found.gap.apgr_low, found.gap.apgr_high],
        "cpt_50": found.gap.cpt_50,
        "cpt_80": found.gap.cpt_80,
        "cost_usd_at_strong_quality": found.cost_at(strong.quality),
        "cost_usd_at_random_quality": found.cost_at(found.random.quality),
        "tuned": asdict(found.tuned),
        "tuned_gain": found.tuned_gain[0],
        "tuned_gain_interval": list(found.tuned_gain[1:]),
        "random": asdict(found.random),
        "oracle": asdict(found.oracle),
        "models": [asdict(one) for one in found.singles],
        "curve": [asdict(one) for one in found.curve],
    }


def lines(found: Evaluation) -> list[str]:
    """What to know first."""
    return [
        f"Learned from {found.train_count:,} prompts, measured on "
        f"{found.test_count:,} others.",
        f"Strong: {found.strong}. Weak: {found.weak}.",
        *_gap_lines(found),
        _at_equal(found, found.always_strong, "always strong"),
        _at_equal(found, found.random, "a coin between weak and strong"),
        *_tuned(found),
    ]


def rows(found: Evaluation) -> list[list[str]]:
    """The curve, then what it is held against."""
    step = max(1, -(-len(found.curve) // MOST_POINTS))
    # Counted from its end: the best point is always shown.
    curve = found.curve[::-1][::step][::-1]
    others = sorted(found.singles, key=lambda one: -one.quality)
    return [
        *(_row(one) for one in curve),
        _row(found.tuned),
        _row(found.random),
        *(_row(one, f"always {one.name}") for one in others),
        _row(found.oracle),
    ]


def _gap_lines(found: Evaluation) -> list[str]:
    gap = found.gap
    if gap.apgr is None or gap.cpt_50 is None or gap.cpt_80 is None:
        return ["The strong model is no better than the weak one here: no APGR."]
    low, high = gap.apgr_low or 0.0, gap.apgr_high or 0.0
    doubt = "" if low > HALF else "; it is not shown to be better than chance (0.5)"
    return [
        f"APGR {gap.apgr:.3f} (95 %: {low:.3f} to {high:.3f}){doubt}.",
        f"CPT {HALF:.0%}: {gap.cpt_50:.1%} of the calls to the strong model; "
        f"CPT {MOST:.0%}: {gap.cpt_80:.1%}.",
    ]


def _tuned(found: Evaluation) -> list[str]:
    """What one would have had: the points of the curve above are chosen on the very
    prompts that they are measured on."""
    strong, tuned = found.always_strong, found.tuned
    if not any(found.tuned_gain):
        return ["Tuned on the training prompts alone it does as always strong does."]
    gain, low, high = (f"{one:+.3f}".replace("-", MINUS) for one in found.tuned_gain)
    cost = ""
    if strong.cost_usd:
        change = 1 - tuned.cost_usd / strong.cost_usd
        cost = f" and costs {abs(change):.0%} {'less' if change >= 0 else 'more'}"
    return [
        f"Tuned on the training prompts alone it has a score of {tuned.quality:.3f} "
        f"({gain} beside always strong; 95 %: {low} to {high}){cost}."
    ]


def _at_equal(found: Evaluation, other: Point, name: str) -> str:
    cost = found.cost_at(other.quality)
    if cost is None:
        return f"The router never reaches the score of {name} ({other.quality:.3f})."
    if not other.cost_usd:
        return f"{name.capitalize()} costs nothing: there is nothing to save."
    change = 1 - cost / other.cost_usd
    word = "less" if change >= 0 else "more"
    return (
        f"At the score of {name} ({other.quality:.3f}) the router costs "
        f"{abs(change):.0%} {word}."
    )


def _row(point: Point, name: str = "") -> list[str]:
    return [
        name or point.name,
        f"{point.quality:.3f}",
        f"{point.cost_usd * THOUSAND:.4f}",
        f"{point.strong_share:.0%}",
    ]
