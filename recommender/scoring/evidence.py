"""Measured quality, shrunk towards what is documented while data are few. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from analytics.wilson import Z_95

ANCHOR_RATING: Final = 1365.0
"""The middle of the rated catalogue (`registry.levels.ACCURACY_FROM`)."""
RATED_CASES: Final = 20.0
"""A documented rating weighs as much as so many benchmark cases of one's own."""
UNRATED_CASES: Final = 4.0
"""No rating: as much as so few cases at an even chance."""
LEVELLING_MODELS: Final = 2.0
"""How many models it takes until a kind of evidence is half levelled."""


class Kind(StrEnum):
    BENCHMARK = "benchmark"
    VOTES = "votes"
    FEEDBACK = "feedback"
    PRODUCTION = "production"


WORTH: Final = {
    Kind.BENCHMARK: 1.0,
    Kind.VOTES: 0.5,
    Kind.FEEDBACK: 0.5,
    Kind.PRODUCTION: 0.05,
}
"""What one observation is worth in benchmark cases: that a call went well says little
of how good the answer was."""
MOST_CASES: Final = {
    Kind.BENCHMARK: 400.0,
    Kind.VOTES: 100.0,
    Kind.FEEDBACK: 100.0,
    Kind.PRODUCTION: 20.0,
}
"""A kind never weighs more than so many benchmark cases, however much there is."""
NOUNS: Final = {
    Kind.BENCHMARK: ("benchmark case", "Benchmarks"),
    Kind.VOTES: ("vote", "Votes in the playground"),
    Kind.FEEDBACK: ("rated answer", "Feedback"),
    Kind.PRODUCTION: ("call", "Calls that went well"),
}


@dataclass(frozen=True)
class Measured:
    """A mean of `count` observations, 0 to 1."""

    kind: Kind
    mean: float
    count: int

    @property
    def is_usable(self) -> bool:
        """NaN, a mean outside 0 to 1 and a mean of nothing say nothing."""
        return self.count > 0 and math.isfinite(self.mean) and 0 <= self.mean <= 1

    @property
    def cases(self) -> float:
        """What it weighs, in benchmark cases."""
        return min(self.count * WORTH[self.kind], MOST_CASES[self.kind])

    @property
    def text(self) -> str:
        noun, label = NOUNS[self.kind]
        plural = "" if self.count == 1 else "s"
        return f"{label}: {self.mean:.1%} over {self.count:,} {noun}{plural}."


@dataclass(frozen=True)
class Belief:
    """Quality as it is believed, 0 to 1, with its 95 % interval. `cases` is how much
    of one's own evidence is in it, in benchmark cases."""

    mean: float
    low: float
    high: float
    cases: float


def documented_chance(rating: float | None) -> float | None:
    """The chance that people prefer the model to one in the middle of the catalogue:
    1 / (1 + 10^((1365 − r) / 400)), the Elo formula by which Arena ratings are made.
    None for no rating, and for what is no rating at all."""
    if rating is None or not math.isfinite(rating):
        return None
    return 1.0 / (1.0 + math.pow(10.0, (ANCHOR_RATING - rating) / 400.0))


def believed(
    rating: float | None,
    measured: Iterable[Measured],
    levels: Mapping[Kind, float] | None = None,
) -> Belief | None:
    """The mean of a Beta distribution whose prior is the documented rating:

        m = (k · p + Σ nᵢ · xᵢ) / (k + Σ nᵢ),  sd = √(m · (1 − m) / (k + Σ nᵢ + 1))

    with k pseudo-cases at the documented chance p, and nᵢ cases at the levelled mean xᵢ
    of each kind of evidence (Beta-binomial shrinkage; Casella, “An introduction to
    empirical Bayes data analysis”, The American Statistician 39, 1985). None where
    there is neither a rating nor evidence."""
    usable = [one for one in measured if one.is_usable]
    documented = documented_chance(rating)
    if documented is None and not usable:
        return None
    prior = 0.5 if documented is None else documented
    weight = UNRATED_CASES if documented is None else RATED_CASES
    cases = sum(one.cases for one in usable)
    level = levels or {}
    hits = sum(
        one.cases * _bounded(one.mean - level.get(one.kind, 0.0)) for one in usable
    )
    whole = weight + cases
    mean = _bounded((weight * prior + hits) / whole)
    half = Z_95 * math.sqrt(mean * (1 - mean) / (whole + 1))
    return Belief(mean, _bounded(mean - half), _bounded(mean + half), cases)


def levels_of(
    models: Iterable[tuple[float | None, Iterable[Measured]]],
) -> dict[Kind, float]:
    """By how much each kind of evidence lies above the documented chance, over all
    models that have both: an easy benchmark is not to praise those that took it."""
    return levels_above(
        (documented_chance(rating), measured) for rating, measured in models
    )


def levels_above(
    models: Iterable[tuple[float | None, Iterable[Measured]]],
) -> dict[Kind, float]:
    """The same above chances that are known already. With m models the mean difference
    counts m / (m + 2): of one model nobody can tell whether the test is easy or the
    model is good. A model of n cases counts n / (n + 4), so that a handful of cases
    does not decide for all."""
    tops: dict[Kind, float] = {}
    bottoms: dict[Kind, float] = {}
    for documented, measured in models:
        if documented is None:
            continue
        for one in measured:
            if one.is_usable:
                weight = one.cases / (one.cases + UNRATED_CASES)
                gap = weight * (one.mean - documented)
                tops[one.kind] = tops.get(one.kind, 0.0) + gap
                bottoms[one.kind] = bottoms.get(one.kind, LEVELLING_MODELS) + weight
    return {kind: top / bottoms[kind] for kind, top in tops.items()}


def _bounded(value: float) -> float:
    return min(1.0, max(0.0, value))
