"""Scores of candidates and their order. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from recommender.scoring.components import JUDGES, Component
from recommender.scoring.facts import CandidateFacts, Yardsticks
from recommender.scoring.weights import Weights

UNKNOWN_LIMIT = 0.5
"""Where more than this share of the weight is not known, certainty is low."""


@dataclass(frozen=True)
class Score:
    """`score` is the mean of what is known, by weight; None where nothing is. From
    `low` (all unknown parts at 0, all others at their lower end) to `high`."""

    facts: CandidateFacts
    components: tuple[Component, ...]
    score: float | None
    low: float
    high: float

    @property
    def reference(self) -> str:
        return self.facts.reference

    @property
    def is_excluded(self) -> bool:
        return bool(self.facts.excluded)

    @property
    def cautious(self) -> float | None:
        """What candidates are ranked by: half-way between score and lower end, so that
        a model of which little is known ties rather than wins."""
        return None if self.score is None else (self.score + self.low) / 2

    @property
    def known_share(self) -> float:
        """The share of the weight that facts answer."""
        return sum(one.weight for one in self.components if one.score is not None)

    @property
    def certainty(self) -> str:
        if self.score is None or self.known_share < UNKNOWN_LIMIT:
            return "low"
        return "high" if self.high - self.low < 25 else "medium"

    @property
    def reasons(self) -> tuple[str, ...]:
        """Of all parts that count, the weightiest first."""
        ordered = sorted(self.components, key=lambda one: -one.weight)
        return tuple(text for one in ordered if one.weight for text in one.reasons)

    def component(self, name: str) -> Component:
        return next(one for one in self.components if one.name == name)


def score(
    facts: CandidateFacts, weights: Weights, yardsticks: Yardsticks | None = None
) -> Score:
    """How good the candidate is, with everything that makes it up."""
    against = yardsticks or Yardsticks()
    components = tuple(
        _component(name, share, facts, against)
        for name, share in weights.shares.items()
    )
    known = [one for one in components if one.score is not None and one.weight]
    weight = sum(one.weight for one in known)
    points = sum(one.points or 0.0 for one in known)
    return Score(
        facts=facts,
        components=components,
        score=_bounded(points / weight) if weight else None,
        low=_bounded(sum(one.weight * one.low for one in components)),
        high=_bounded(sum(one.weight * one.high for one in components)),
    )


def ranked(scores: Iterable[Score]) -> list[Score]:
    """The best first; those without a score, then the excluded, at the end."""
    return sorted(
        scores,
        key=lambda one: (one.is_excluded, one.score is None, *_order(one)),
    )


def _order(one: Score) -> tuple[float, str]:
    return -(one.cautious or 0.0), one.reference


def _component(
    name: str, weight: float, facts: CandidateFacts, yardsticks: Yardsticks
) -> Component:
    found = JUDGES[name](facts, yardsticks)
    return Component(name, weight, found.score, found.low, found.high, found.reasons)


def _bounded(value: float) -> float:
    return min(100.0, max(0.0, value))
