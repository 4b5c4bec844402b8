"""Which candidate is worth proposing to a person, if any. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from recommender.recommending.mending import mended
from recommender.recommending.month import FEWEST_DAYS, Saving
from recommender.recommending.results import Recommendations, Recommended
from recommender.recommending.standing import Judgement, Standing
from recommender.recommending.troubles import (
    Findings,
    Kind,
    Trouble,
    findings,
    is_leaving,
)
from registry.templatetags.display import usd

QUALITY_SLACK: Final = 10.0
"""Points of quality that an untested candidate may be believed to lie below the current
model: more than that and a benchmark would be a waste."""
SURE_DAYS: Final = 14


@dataclass(frozen=True)
class Proposal:
    """`confidence` is high, medium or low. `saving` is None where some price is not
    known; `trouble` is what a proposal mends that is not about money."""

    candidate: Recommended
    current: Recommended
    saving: Saving | None
    judgement: Judgement
    confidence: str
    trouble: Trouble | None = None

    @property
    def kind(self) -> Kind:
        return self.trouble.kind if self.trouble else Kind.SAVING


@dataclass(frozen=True)
class Outcome:
    """A proposal, or why there is none. `is_judged`: there was enough to tell. `notes`
    are sentences about what is or may be wrong and is not mended."""

    proposal: Proposal | None
    why: str = ""
    is_judged: bool = True
    notes: tuple[str, ...] = ()


def outcome(found: Recommendations, least_saving_usd: Decimal) -> Outcome:
    """What is wrong with the current model comes first: the best candidate that mends
    it, whatever it costs. Else the best that surely saves at least `least_saving_usd` a
    month, scores above the current model and is not shown to be worse; one that
    benchmarks show to be no worse before any that still needs one."""
    seen = findings(found.condition) if found.condition else Findings()
    notes = list(seen.doubts)
    for trouble in seen.troubles:
        proposal = _mending(found, trouble)
        if proposal is not None:
            return Outcome(proposal, notes=tuple(notes))
        notes.append(
            f"The model {trouble.text} None of the enabled models mends it without "
            "being shown to be worse elsewhere."
        )
    return _saving(found, least_saving_usd, tuple(notes))


def _mending(found: Recommendations, trouble: Trouble) -> Proposal | None:
    current = found.current
    if current is None:
        return None
    best = mended(trouble, _staying(found), current, QUALITY_SLACK)
    if best is None:
        return None
    one, judgement = best.candidate, best.judgement
    sure = _confidence(found, one, judgement)
    return Proposal(one, current, one.saving, judgement, sure, trouble)


def _saving(
    found: Recommendations, least_saving_usd: Decimal, notes: tuple[str, ...]
) -> Outcome:
    unjudged = _unjudged(found)
    current = found.current
    if unjudged or current is None:
        return Outcome(None, unjudged, is_judged=False, notes=notes)
    possible = [
        (one, one.saving, one.judgement)
        for one in _staying(found)
        if one.saving is not None
        and one.judgement is not None
        and _is_worth_it(one, one.saving, one.judgement, current, least_saving_usd)
    ]
    if not possible:
        why = (
            f"No model saves at least {usd(least_saving_usd)} a month without being "
            "shown or believed to be worse."
        )
        return Outcome(None, why, notes=notes)
    tested = [one for one in possible if one[2].standing is Standing.NOT_WORSE]
    best, saved, judgement = (tested or possible)[0]
    sure = _confidence(found, best, judgement)
    return Outcome(Proposal(best, current, saved, judgement, sure), notes=notes)


def _staying(found: Recommendations) -> tuple[Recommended, ...]:
    """Without models that will be gone soon themselves."""
    if found.condition is None:
        return found.ranked
    today = found.condition.today
    return tuple(
        one for one in found.ranked if not is_leaving(one.model.facts.retired_on, today)
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
