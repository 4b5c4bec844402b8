"""How good a router is on prompts that it has not seen. Pure.

APGR and CPT as in Ong et al., “RouteLLM” (2024): the prompts for which the strong model
promises most go to it first; PGR is the share of the gap between weak and strong that
is closed, APGR its mean over all shares of strong calls, CPT(x) the least share of
strong calls that closes x of the gap. A random router has APGR ½ and CPT(x) = x.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from analytics.wilson import Z_95
from recommender.routing.estimating import chances_within, learn
from recommender.routing.outcome_table import (
    Numbers,
    OutcomesRefused,
    OutcomeTable,
    split_by_prompt,
)

PAYMENTS: Final = 60
"""So many willingnesses to pay are tried, evenly on a logarithmic scale."""
RESAMPLES: Final = 400
SEED: Final = 20_240_601
HALF: Final = 0.5
MOST: Final = 0.8


@dataclass(frozen=True)
class Point:
    """A way to choose, on the held-out prompts: mean score (0 to 1), mean cost of a
    call, and the share of calls to the strong model. `payment_usd`: what a success is
    worth, where that decided."""

    name: str
    quality: float
    cost_usd: float
    strong_share: float
    payment_usd: float | None = None


@dataclass(frozen=True)
class Gap:
    """None where the strong model is no better than the weak one on these prompts. The
    interval is that of resampled prompts (bootstrap, 95 %)."""

    apgr: float | None
    apgr_low: float | None
    apgr_high: float | None
    cpt_50: float | None
    cpt_80: float | None


@dataclass(frozen=True)
class Evaluation:
    """`curve` runs from the cheapest to the best; `tuned` is the point whose
    willingness to pay was chosen on the training prompts, to be as good as always
    strong there; `tuned_gain` is by how much its score lies above that of always strong
    on the held-out ones, with its 95 % interval."""

    train_count: int
    test_count: int
    strong: str
    weak: str
    curve: tuple[Point, ...]
    tuned: Point
    tuned_gain: tuple[float, float, float]
    singles: tuple[Point, ...]
    random: Point
    oracle: Point
    gap: Gap

    def cost_at(self, quality: float) -> float | None:
        """What the router costs a call at a mean score of `quality`, between its two
        nearest points; None where it never gets there."""
        if quality > self.curve[-1].quality:
            return None
        qualities = [one.quality for one in self.curve]
        costs = [one.cost_usd for one in self.curve]
        return float(np.interp(quality, qualities, costs))

    @property
    def always_strong(self) -> Point:
        return next(one for one in self.singles if one.name == self.strong)

    @property
    def always_weak(self) -> Point:
        return next(one for one in self.singles if one.name == self.weak)


def evaluate(table: OutcomeTable, strong: str = "", weak: str = "") -> Evaluation:
    """Learn on one part of the prompts, measure on the other. Unless they are named,
    the strong model is the best on the training part, the weak one the cheapest.
    Raises OutcomesRefused where there are too few prompts or a name is unknown."""
    train, test = split_by_prompt(table)
    first = _named(table, strong) if strong else _strong(train)
    second = _named(table, weak) if weak else _weak(train, first)
    if first == second:
        raise OutcomesRefused(f"{table.models[first]} cannot be strong and weak.")
    return _measured(train, test, first, second)


def _measured(
    train: OutcomeTable, test: OutcomeTable, strong: int, weak: int
) -> Evaluation:
    chances = learn(train).chances(test.prompts)
    expected = train.mean_costs_usd
    payment = _tuned_payment(train, strong)
    curve = [
        _point("router", test, _choose(chances, expected, pay), strong, pay)
        for pay in _payments(expected)
    ]
    tuned = _choose(chances, expected, payment)
    return Evaluation(
        train_count=len(train.prompts),
        test_count=len(test.prompts),
        strong=train.models[strong],
        weak=train.models[weak],
        curve=tuple(_front(curve)),
        tuned=_point("router, tuned", test, tuned, strong, payment),
        tuned_gain=_gain(test, tuned, strong),
        singles=tuple(_single(test, at, strong) for at in range(len(test.models))),
        random=_random(test, strong, weak),
        oracle=_point("oracle", test, _oracle(test), strong),
        gap=_gap(test, chances, strong, weak),
    )


def _named(table: OutcomeTable, model: str) -> int:
    if model not in table.models:
        raise OutcomesRefused(
            f"{model} is not in the table; it has {', '.join(table.models)}."
        )
    return table.models.index(model)


def _strong(train: OutcomeTable) -> int:
    """The best on the training prompts; among equals the cheapest."""
    order = zip(-train.mean_scores, train.mean_costs_usd, strict=True)
    ranked = list(order)
    return min(range(len(ranked)), key=lambda at: ranked[at])


def _weak(train: OutcomeTable, strong: int) -> int:
    """The cheapest but for the strong one; among equals the best."""
    ranked = list(zip(train.mean_costs_usd.round(12), -train.mean_scores, strict=True))
    others = [at for at in range(len(ranked)) if at != strong]
    return min(others, key=lambda at: ranked[at])


def _payments(costs_usd: Numbers) -> Numbers:
    """From where cost alone decides to where success alone does."""
    top = max(float(costs_usd.max()), 1e-12)
    return np.asarray(np.geomspace(top / 10, top * 10_000, PAYMENTS))


def _choose(chances: Numbers, costs_usd: Numbers, payment_usd: float) -> Numbers:
    """The model of the highest worth: chance × what a success is worth − cost."""
    return np.asarray(np.argmax(chances * payment_usd - costs_usd, axis=1))


def _tuned_payment(train: OutcomeTable, strong: int) -> float:
    """The least that is as good as always strong on the training prompts, each judged
    by a router that has not seen it; where none is, the one with the best quality."""
    chances, costs = chances_within(train), train.mean_costs_usd
    floor = float(train.mean_scores[strong])
    payments = [float(one) for one in _payments(costs)]
    points = [
        _point("", train, _choose(chances, costs, pay), strong, pay) for pay in payments
    ]
    enough = [one for one in points if one.quality >= floor]
    best = max(points, key=lambda one: one.quality)
    chosen = min(enough, key=lambda one: one.cost_usd) if enough else best
    return chosen.payment_usd or payments[-1]


def _point(
    name: str,
    table: OutcomeTable,
    chosen: Numbers,
    strong: int,
    payment_usd: float | None = None,
) -> Point:
    rows = np.arange(len(chosen))
    return Point(
        name,
        float(table.scores[rows, chosen].mean()),
        float(table.costs_usd[rows, chosen].mean()),
        float((chosen == strong).mean()),
        None if payment_usd is None else float(payment_usd),
    )


def _gain(
    table: OutcomeTable, chosen: Numbers, strong: int
) -> tuple[float, float, float]:
    """Mean, low and high of the score of `chosen` less that of always strong, by the
    differences at each prompt."""
    rows = np.arange(len(chosen))
    gaps = table.scores[rows, chosen] - table.scores[:, strong]
    mean, half = float(gaps.mean()), Z_95 * float(gaps.std(ddof=1)) / len(gaps) ** 0.5
    return mean, mean - half, mean + half


def _single(test: OutcomeTable, at: int, strong: int) -> Point:
    chosen = np.full(len(test.prompts), at)
    return _point(test.models[at], test, chosen, strong)


def _random(test: OutcomeTable, strong: int, weak: int) -> Point:
    """A coin between weak and strong, in expectation."""
    pair = [weak, strong]
    quality = float(test.mean_scores[pair].mean())
    cost_usd = float(test.mean_costs_usd[pair].mean())
    return Point("random", quality, cost_usd, 0.5)


def _oracle(test: OutcomeTable) -> Numbers:
    """The cheapest of the models that do best at a prompt."""
    best = test.scores.max(axis=1, keepdims=True)
    costs = np.where(test.scores >= best, test.costs_usd, np.inf)
    return np.asarray(np.argmin(costs, axis=1))


def _front(points: list[Point]) -> list[Point]:
    """Points that no other one beats in both cost and quality, the cheapest first."""
    front: list[Point] = []
    for one in sorted(points, key=lambda one: (one.cost_usd, -one.quality)):
        if not front or one.quality > front[-1].quality:
            front.append(one)
    return front


def _gap(test: OutcomeTable, chances: Numbers, strong: int, weak: int) -> Gap:
    promise = chances[:, strong] - chances[:, weak]
    gains = test.scores[:, strong] - test.scores[:, weak]
    curve = _closed(promise, gains)
    if curve is None:
        return Gap(None, None, None, None, None)
    random = np.random.default_rng(SEED)
    areas = []
    for _ in range(RESAMPLES):
        drawn = random.integers(0, len(gains), len(gains))
        again = _closed(promise[drawn], gains[drawn])
        if again is not None:
            areas.append(_area(again))
    low, high = np.percentile(areas, [2.5, 97.5])
    halves = [_least_share(curve, share) for share in (HALF, MOST)]
    return Gap(_area(curve), float(low), float(high), halves[0], halves[1])


def _closed(promise: Numbers, gains: Numbers) -> Numbers | None:
    """The share of the gap that is closed by 0, 1, … of the prompts going to the strong
    model, the most promising first; equal promises share their gain evenly."""
    whole = float(gains.sum())
    if whole <= 0:
        return None
    order = np.argsort(-promise, kind="stable")
    ranked, sums = promise[order], np.concatenate([[0.0], np.cumsum(gains[order])])
    ends = np.flatnonzero(np.diff(ranked)) + 1
    corners = np.concatenate([[0], ends, [len(ranked)]])
    return np.asarray(np.interp(np.arange(len(sums)), corners, sums[corners]) / whole)


def _area(curve: Numbers) -> float:
    return float(np.trapezoid(curve, dx=1 / (len(curve) - 1)))


def _least_share(curve: Numbers, closed: float) -> float:
    """The first share of strong calls at which so much of the gap is closed."""
    return float(np.argmax(curve >= closed) / (len(curve) - 1))
