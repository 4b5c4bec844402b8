"""What more quality costs: the best mix at each of a row of budgets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from recommender.mix.clashes import Clash
from recommender.mix.problem import Goal, Problem
from recommender.mix.reduction import worth
from recommender.mix.solving import Mix, best_mix

POINTS = 12


@dataclass(frozen=True)
class Point:
    """`quality` is the mean over the features, weighted by their importance, 0–100."""

    cost_usd: float
    quality: float
    mix: Mix


def frontier(problem: Problem, points: int = POINTS) -> tuple[Point, ...] | Clash:
    """From the cheapest mix to the best one, each better and costlier than the one
    before. The problem's own goal and budget are not looked at."""
    free = replace(problem, limits=replace(problem.limits, budget_usd=None))
    ends = [best_mix(replace(free, goal=goal)) for goal in Goal]
    for end in ends:
        if isinstance(end, Clash):
            return end
    cheapest, best = (_point(problem, end) for end in ends if isinstance(end, Mix))
    between = list(_between(free, cheapest, best, points))
    return tuple(_rising([cheapest, *between, best]))


def mean_quality(problem: Problem, mix: Mix) -> float:
    """The quality of a mix, 0–100; options of unknown quality count as 0."""
    weights = [need.importance for need in problem.needs]
    if not sum(weights):
        weights = [1.0] * len(weights)
    values = [worth(choice.option) for choice in mix.choices]
    return float(np.average(values, weights=weights)) if values else 0.0


def _between(
    problem: Problem, cheapest: Point, best: Point, points: int
) -> Iterator[Point]:
    # The first dollars buy the most: steps grow with the cost.
    low, high = max(cheapest.cost_usd, 0.01), max(best.cost_usd, 0.01)
    for budget in np.geomspace(low, high, points)[1:-1]:
        limits = replace(problem.limits, budget_usd=float(budget))
        mix = best_mix(replace(problem, goal=Goal.BEST, limits=limits))
        if isinstance(mix, Mix):
            yield _point(problem, mix)


def _point(problem: Problem, mix: Mix) -> Point:
    return Point(mix.cost_usd, mean_quality(problem, mix), mix)


def _rising(points: list[Point]) -> Iterator[Point]:
    """Without those that a cheaper one equals."""
    best = -1.0
    for point in sorted(points, key=lambda one: (one.cost_usd, -one.quality)):
        if point.quality > best + 1e-9:
            best = point.quality
            yield point
