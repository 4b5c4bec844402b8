"""Which candidate mends what is wrong with a feature's model. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from analytics.wilson import ends_of_difference
from recommender.recommending.results import Recommended
from recommender.recommending.standing import Judgement, Standing
from recommender.recommending.troubles import Kind, Trouble
from recommender.scoring.facts import known


@dataclass(frozen=True)
class Mended:
    candidate: Recommended
    judgement: Judgement


def mended(
    trouble: Trouble,
    candidates: tuple[Recommended, ...],
    current: Recommended,
    slack: float,
) -> Mended | None:
    """The best of `candidates`, which are ranked, that mends `trouble` and is not shown
    to be worse elsewhere; one that benchmarks show to be no worse before any other, and
    one believed to lie more than `slack` points below only where there is no choice."""
    possible = [
        Mended(one, one.judgement)
        for one in candidates
        if one.judgement is not None
        and not one.is_current
        and _mends(trouble, one, current)
        and not _is_worse(one, one.judgement, current)
    ]
    if not possible:
        return None
    tested = [one for one in possible if one.judgement.standing is Standing.NOT_WORSE]
    alike = [one for one in possible if _is_alike(one.candidate, current, slack)]
    last = possible if trouble.kind is Kind.RETIRING else []
    return next(iter(tested or alike or last), None)


def _mends(trouble: Trouble, one: Recommended, current: Recommended) -> bool:
    facts, limit = one.score.facts, trouble.limit or 0.0
    if trouble.measure == "latency":
        p95 = known(facts.latency_p95_ms)
        return p95 is not None and p95 <= limit
    if trouble.measure == "success":
        seen, ceiling = facts.success, trouble.high or 0.0
        # Better beyond chance, not only by luck.
        return seen is not None and seen.share >= limit and seen.low > ceiling
    if trouble.measure == "quality":
        now, then = current.quality.score or 0.0, one.quality.score
        return then is not None and then >= limit and then > now
    return True


def _is_worse(one: Recommended, judgement: Judgement, current: Recommended) -> bool:
    """By paired benchmarks, or by calls that go well: beyond chance."""
    if judgement.standing is Standing.WORSE:
        return True
    before, after = current.score.facts.success, one.score.facts.success
    if before is None or after is None:
        return False
    return ends_of_difference(after, before)[1] < 0


def _is_alike(one: Recommended, current: Recommended, slack: float) -> bool:
    now, then = current.quality.score, one.quality.score
    return now is None or (then is not None and then >= now - slack)
