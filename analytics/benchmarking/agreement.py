"""How far two who judge the same answers agree: judges with each other, and with what
people voted. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Final

from analytics.wilson import Rate, wilson

ENOUGH: Final = 30
"""Answers; with fewer the interval is too wide to rely on a judge."""
RIGHT, WRONG, EVEN = "right", "wrong", "even"


@dataclass(frozen=True)
class Agreement:
    """`rate` is the share of equal verdicts with its interval. `kappa` (Cohen) is what
    of it chance does not explain: 1 is complete, 0 is chance; None where one verdict
    only was ever given, as chance then explains everything."""

    rate: Rate | None
    kappa: float | None
    count: int

    @property
    def is_enough(self) -> bool:
        return self.count >= ENOUGH

    @property
    def words(self) -> str:
        if self.rate is None:
            return "Nothing was judged by both."
        shares = f"{self.rate.low:.0%} to {self.rate.high:.0%}"
        said = f"They agree on {self.rate.share:.0%} of {self.count} (95%: {shares})"
        kappa = "" if self.kappa is None else f", kappa {self.kappa:.2f}"
        if self.is_enough:
            return f"{said}{kappa}."
        return f"{said}{kappa}; too few to rely on, {ENOUGH - self.count} more needed."


def agreement(pairs: Iterable[tuple[Hashable, Hashable]]) -> Agreement:
    """Of two verdicts on each answer, in whatever labels."""
    both = list(pairs)
    agreed = sum(one == other for one, other in both)
    rate = wilson(agreed, len(both))
    return Agreement(rate, _kappa(both, agreed), len(both))


def _kappa(both: Sequence[tuple[Hashable, Hashable]], agreed: int) -> float | None:
    count = len(both)
    ours = Counter(one for one, _ in both)
    theirs = Counter(other for _, other in both)
    by_chance = sum(number * theirs[label] for label, number in ours.items())
    if by_chance == count * count:
        return None
    return (agreed * count - by_chance) / (count * count - by_chance)


def verdict(value: float, pass_score: float = 0.5) -> str:
    """The label of a judge's value, or of a rating by a person on the same scale."""
    return RIGHT if value >= pass_score else WRONG


def preference(value: float) -> str:
    """The label of a comparison: 1 for the answer, 0 for the other, 0.5 for even."""
    if value == 0.5:
        return EVEN
    return RIGHT if value > 0.5 else WRONG


def between_judges(
    details: Iterable[Mapping[str, Any]], pass_score: float = 0.5
) -> dict[tuple[str, str], Agreement]:
    """For every two judges, from the `details` of judge scores of many answers. A judge
    without a verdict on an answer is left out of that answer."""
    pairs: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for one in details:
        told = {
            str(judge["model"]): verdict(judge["value"], pass_score)
            for judge in one.get("judges", ())
            if judge.get("value") is not None
        }
        for a, b in combinations(sorted(told), 2):
            pairs[a, b].append((told[a], told[b]))
    return {names: agreement(both) for names, both in sorted(pairs.items())}


def with_people(
    judged: Mapping[Hashable, float],
    voted: Mapping[Hashable, float],
    pass_score: float = 0.5,
) -> Agreement:
    """A judge's values (0 to 1) against people's, both by answer; only answers that
    both saw count."""
    return agreement(
        (verdict(judged[one], pass_score), verdict(voted[one], pass_score))
        for one in judged.keys() & voted.keys()
    )
