"""The parts of a score: each 0 to 100 with an interval and its reasons. Pure."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from analytics.wilson import Rate
from recommender.scoring.evidence import ANCHOR_RATING, believed
from recommender.scoring.facts import CandidateFacts, Yardsticks, known, known_money
from registry.templatetags.display import usd

HALVING_FAILURES: Final = 0.02
"""The share of failed calls at which reliability has 50 points."""


@dataclass(frozen=True)
class Component:
    """`score` None: not known, and so anything from `low` 0 to `high` 100. `weight` is
    its share of the whole, 0 to 1."""

    name: str
    weight: float
    score: float | None
    low: float
    high: float
    reasons: tuple[str, ...]

    @property
    def points(self) -> float | None:
        """What it adds where everything is known."""
        return None if self.score is None else self.score * self.weight

    @property
    def label(self) -> str:
        return self.name.capitalize()


@dataclass(frozen=True)
class Found:
    score: float | None
    low: float
    high: float
    reasons: tuple[str, ...]


def not_known(why: str) -> Found:
    return Found(None, 0.0, 100.0, (why,))


def suitability(facts: CandidateFacts, _: Yardsticks) -> Found:
    fit = facts.suitability
    if fit is None:
        return not_known("How well it suits the work is not known.")
    reasons = tuple(f"{one.text}." for one in fit.findings)
    if fit.score is None:
        return Found(None, 0.0, 100.0, reasons)
    return Found(float(fit.score), float(fit.low), float(fit.high), reasons)


def quality(facts: CandidateFacts, yardsticks: Yardsticks) -> Found:
    belief = believed(facts.rating, facts.measured, yardsticks.levels)
    if belief is None:
        return not_known("No rating, benchmark, vote or feedback says how good it is.")
    reasons = [one.text for one in facts.measured if one.is_usable]
    if facts.rating is not None and math.isfinite(facts.rating):
        reasons.insert(
            0,
            f"Arena rating {facts.rating:,.0f}; the middle of the catalogue is "
            f"{ANCHOR_RATING:,.0f}.",
        )
    if not belief.cases:
        reasons.append("Documented only: none of your own requests was judged.")
    return Found(100 * belief.mean, 100 * belief.low, 100 * belief.high, tuple(reasons))


def latency(facts: CandidateFacts, yardsticks: Yardsticks) -> Found:
    p95, target = known(facts.latency_p95_ms), yardsticks.latency_target_ms
    if p95 is None:
        return not_known("Latency not measured yet.")
    score = 100 / (1 + p95 / target)
    reason = (
        f"95 of 100 answers within {p95:,.0f} ms over {facts.latency_calls:,} calls; "
        f"{target:,.0f} ms has 50 points."
    )
    fast, slow = known(facts.latency_low_ms), known(facts.latency_high_ms)
    high = 100.0 if fast is None else max(score, 100 / (1 + fast / target))
    if slow is None:
        few = "Too few calls to tell how slow the slowest are."
        return Found(score, 0.0, high, (reason, few))
    return Found(score, min(score, 100 / (1 + slow / target)), high, (reason,))


def reliability(facts: CandidateFacts, _: Yardsticks) -> Found:
    rate = facts.success
    if rate is None or not math.isfinite(rate.share):
        return not_known("No calls yet that show how reliable it is.")
    reason = (
        f"{rate.share:.2%} of {rate.count:,} calls went well ({_ends(rate)}); "
        f"{1 - HALVING_FAILURES:.0%} has 50 points."
    )
    return Found(
        _of_failures(1 - rate.share),
        _of_failures(1 - rate.low),
        _of_failures(1 - rate.high),
        (reason,),
    )


def cost(facts: CandidateFacts, yardsticks: Yardsticks) -> Found:
    monthly = known_money(facts.monthly_usd)
    reference = known_money(yardsticks.reference_usd)
    if monthly is None:
        return not_known("What it would cost is not known.")
    if reference is None or not reference:
        return not_known(f"{usd(monthly)} a month, with nothing to hold it against.")
    score = 100 / (1 + float(monthly / reference))
    how = "every call priced anew" if facts.is_exact else "estimated from mean calls"
    reason = f"{usd(monthly)} a month, {how}; {usd(reference)} has 50 points."
    # An estimate from means misses tiers of price: a fifth either way.
    slack = 0.0 if facts.is_exact else 0.2
    low = 100 / (1 + float(monthly / reference) * (1 + slack))
    high = 100 / (1 + float(monthly / reference) * (1 - slack))
    return Found(score, low, high, (reason,))


JUDGES: Final[dict[str, Callable[[CandidateFacts, Yardsticks], Found]]] = {
    "suitability": suitability,
    "quality": quality,
    "latency": latency,
    "reliability": reliability,
    "cost": cost,
}


def _of_failures(share: float) -> float:
    return 100 / (1 + max(0.0, share) / HALVING_FAILURES)


def _ends(rate: Rate) -> str:
    return f"{rate.low:.1%} to {rate.high:.1%}"
