"""Which candidate is worth proposing to a person, if any. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from recommender.recommending.month import FEWEST_DAYS, Saving
from recommender.recommending.results import Recommendations, Recommended
from recommender.recommending.standing import Judgement, Standing
from registry.templatetags.display import usd

QUALITY_SLACK: Final = 10.0
"""Points of quality that an untested candidate may be believed to lie below the current
model: more than that and a benchmark would be a waste."""
SURE_DAYS: Final = 14


@dataclass(frozen=True)
class Proposal:
    """`confidence` is high, medium or low."""

    candidate: Recommended
    current: Recommended
    saving: Saving
    judgement: Judgement
    confidence: str


@dataclass(frozen=True)
class Outcome:
    """A proposal, or why there is none. `is_judged`: there was enough to tell."""

    proposal: Proposal | None
    why: str = ""
    is_judged: bool = True


def outcome(found: Recommendations, least_saving_usd: Decimal) -> Outcome:
    """The best candidate that surely saves at least `least_saving_usd` a month, scores
    above the current model and is not shown to be worse; one that benchmarks show to be
    no worse before any that still needs one."""
    unjudged = _unjudged(found)
    current = found.current
    if unjudged or current is None:
        return Outcome(None, unjudged, is_judged=False)
    possible = [
        (one, one.saving, one.judgement)
        for one in found.ranked
        if one.saving is not None
        and one.judgement is not None
        and _is_worth_it(one, one.saving, one.judgement, current, least_saving_usd)
    ]
    if not possible:
        return Outcome(
            None,
            f"No model saves at least {usd(least_saving_usd)} a month without being "
            "shown or believed to be worse.",
        )
    tested = [one for one in possible if one[2].standing is Standing.NOT_WORSE]
    best, saved, judgement = (tested or possible)[0]
    return Outcome(
        Proposal(best, current, saved, judgement, _confidence(found, best, judgement))
    )


def _unjudged(found: Recommendations) -> str:
    """Why nothing can be said; empty where it can."""
    traffic, current = found.traffic, found.current
    if current is None:
        return found.problem or "No model is assigned."
    if traffic is None or not traffic.is_enough:
        return f"Fewer than {FEWEST_DAYS} days with calls in the last 30."
    if current.monthly_usd is None:
        return "What it costs now is not known: some of its calls have no price."
    return ""


def _is_worth_it(
    one: Recommended,
    saved: Saving,
    judgement: Judgement,
    current: Recommended,
    least_saving_usd: Decimal,
) -> bool:
    if one.is_current or judgement.standing is Standing.WORSE:
        return False
    if saved.usd < least_saving_usd or not saved.is_sure:
        return False
    if (one.score.score or 0.0) <= (current.score.score or 0.0):
        return False
    return judgement.standing is Standing.NOT_WORSE or _may_be_as_good(one, current)


def _may_be_as_good(one: Recommended, current: Recommended) -> bool:
    now, then = current.quality.score, one.quality.score
    return now is None or (then is not None and then >= now - QUALITY_SLACK)


def _confidence(found: Recommendations, one: Recommended, judgement: Judgement) -> str:
    if judgement.standing is not Standing.NOT_WORSE:
        return "low"
    days = found.traffic.days if found.traffic else 0
    is_sure = one.score.certainty == "high" and days >= SURE_DAYS
    return "high" if is_sure else "medium"
