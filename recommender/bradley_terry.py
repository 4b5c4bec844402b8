"""Strengths out of votes: Bradley–Terry by the MM algorithm, with intervals from a
bootstrap over ballots. Pure.

A ballot names the best of several answers, or says that they are equal. It counts as
the best one's win over each other answer, and between equals as half a win for either.
Each model also plays half a game against an average rival and draws it: without that a
model that never lost would be infinitely strong.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float64]

PRIOR_GAMES: Final = 0.5
RESAMPLES: Final = 1_000
SEED: Final = 20_261
LEVEL: Final = 0.95
FEWEST_BALLOTS: Final = 5
"""With fewer a ranking says nothing."""
MOST_ROUNDS: Final = 2_000
CLOSE_ENOUGH: Final = 1e-9
ROUGHLY: Final = 1e-4
"""Of the resamples, whose interval is read to a percent."""
Z_SURE, Z_POWER = 1.959964, 0.841621
"""95 % two-sided, and to see it with 80 %."""
MOST_VOTES_TOLD: Final = 1_000
APART: Final = (
    " Some of these models were never compared with the others, not even through a "
    "third: each group is ranked by itself."
)


@dataclass(frozen=True, slots=True)
class Ballot:
    """One vote among `models`, each named once. `best` is None for a tie."""

    models: tuple[str, ...]
    best: str | None = None

    def pairs(self) -> Iterable[tuple[str, str, float]]:
        """(one, other, how much of a win for one)."""
        if self.best is None:
            for place, one in enumerate(self.models):
                for other in self.models[place + 1 :]:
                    yield one, other, 0.5
            return
        for other in self.models:
            if other != self.best:
                yield self.best, other, 1.0


@dataclass(frozen=True, slots=True)
class Strength:
    """`share` is the chance to win against an average rival of the same group, `low`
    and `high` its 95 % interval. `wins` counts ties as half; `games` are pairs."""

    model: str
    share: float
    low: float
    high: float
    wins: float
    games: int
    group: int = 0
    strength: float = 1.0

    def chance_against(self, other: Strength) -> float:
        return self.strength / (self.strength + other.strength)


@dataclass(frozen=True, slots=True)
class Ranking:
    """Strongest first within each group. Models of different groups were never
    compared, not even through others. `verdict` says in words what it comes to;
    `more_votes` is about how many would tell the first two apart (None: not known)."""

    strengths: tuple[Strength, ...]
    ballots: int
    groups: int
    verdict: str
    is_settled: bool = False
    more_votes: int | None = None

    @property
    def has_enough(self) -> bool:
        return self.ballots >= FEWEST_BALLOTS


def rank(ballots: Sequence[Ballot], *, resamples: int = RESAMPLES) -> Ranking:
    """The ranking that `ballots` support; the same ballots give the same intervals."""
    counted = [one for one in ballots if len(one.models) > 1]
    if not counted:
        return Ranking((), 0, 0, "No votes yet.")
    names = sorted({name for one in counted for name in one.models})
    wins = np.stack([_wins(one, names) for one in counted])
    total: Matrix = wins.sum(axis=0)
    groups = _groups(total)
    fitted = strengths(total)
    shares = _shares(fitted, groups)
    drawn = _resampled(wins, resamples)
    low, high = _interval(_shares(drawn, groups))
    rows = [
        Strength(
            model=name,
            share=float(shares[at]),
            low=min(float(low[at]), float(shares[at])),
            high=max(float(high[at]), float(shares[at])),
            wins=float(total[at].sum()),
            games=round(float(total[at].sum() + total[:, at].sum())),
            group=groups[at],
            strength=float(fitted[at]),
        )
        for at, name in enumerate(names)
    ]
    rows.sort(key=lambda one: (one.group, -one.share, one.model))
    first, second = (drawn[:, names.index(one.model)] for one in rows[:2])
    lead_low, _ = _interval(first / (first + second))
    return _judged(tuple(rows), counted, is_settled=float(lead_low) > 0.5)


def strengths(
    wins: Matrix,
    prior_games: float = PRIOR_GAMES,
    close_enough: float = CLOSE_ENOUGH,
) -> Matrix:
    """The strength of each model, with geometric mean 1. `wins[i, j]` is how often i
    beat j; further leading axes are fitted one by one."""
    wins = np.asarray(wins, dtype=float)
    size = wins.shape[-1]
    games = wins + np.swapaxes(wins, -1, -2)
    won = wins.sum(axis=-1) + prior_games / 2
    found: Matrix = np.ones(wins.shape[:-1])
    for _ in range(MOST_ROUNDS):
        sums = found[..., :, None] + found[..., None, :]
        expected = (games / sums).sum(axis=-1) + prior_games / (found + 1)
        # Without the prior a model may have no game at all; it stays average.
        better = np.where(expected > 0, won / np.where(expected > 0, expected, 1), 1.0)
        if prior_games == 0:
            logs = np.log(np.maximum(better, 1e-300))
            better = np.exp(logs - logs.sum(axis=-1, keepdims=True) / size)
        change = np.max(np.abs(better - found) / found)
        found = better
        if change < close_enough:
            break
    logs = np.log(np.maximum(found, 1e-300))
    centred: Matrix = np.exp(logs - logs.mean(axis=-1, keepdims=True))
    return centred


def _wins(ballot: Ballot, names: Sequence[str]) -> Matrix:
    places = {name: at for at, name in enumerate(names)}
    wins = np.zeros((len(names), len(names)))
    for one, other, share in ballot.pairs():
        wins[places[one], places[other]] += share
        wins[places[other], places[one]] += 1 - share
    return wins


def _groups(total: Matrix) -> list[int]:
    """The number of each model's group, the largest group first."""
    games = (total + total.T) > 0
    label = list(range(len(games)))
    for at in range(len(games)):
        for other in np.flatnonzero(games[at]):
            old, new = label[int(other)], label[at]
            label = [new if one == old else one for one in label]
    sizes = sorted(set(label), key=lambda one: (-label.count(one), label.index(one)))
    return [sizes.index(one) for one in label]


def _shares(fitted: Matrix, groups: Sequence[int]) -> Matrix:
    """The mean chance against the others of one's group."""
    same = np.asarray(groups)[:, None] == np.asarray(groups)[None, :]
    others = same & ~np.eye(len(groups), dtype=bool)
    chance = fitted[..., :, None] / (fitted[..., :, None] + fitted[..., None, :])
    counts = np.maximum(others.sum(axis=-1), 1)
    shares: Matrix = (chance * others).sum(axis=-1) / counts
    return shares


def _resampled(wins: Matrix, resamples: int) -> Matrix:
    """Whole ballots are drawn, for the pairs of one ballot depend on each other."""
    random = np.random.default_rng(SEED)
    number = len(wins)
    drawn = random.multinomial(number, [1 / number] * number, size=resamples)
    totals = np.tensordot(drawn.astype(float), wins, axes=1)
    return strengths(totals, close_enough=ROUGHLY)


def _interval(samples: Matrix) -> tuple[Matrix, Matrix]:
    edge = (1 - LEVEL) / 2
    low, high = np.quantile(samples, [edge, 1 - edge], axis=0)
    return low, high


def _judged(
    rows: tuple[Strength, ...], ballots: Sequence[Ballot], *, is_settled: bool
) -> Ranking:
    number, groups = len(ballots), rows[-1].group + 1
    if number < FEWEST_BALLOTS:
        missing = FEWEST_BALLOTS - number
        said = f"Not enough votes to rank: at least {missing} more."
        return Ranking(rows, number, groups, said, more_votes=missing)
    apart = APART if groups > 1 else ""
    first, second = rows[0], rows[1]
    if is_settled:
        said = f"{first.model} is preferred to the others."
        return Ranking(rows, number, groups, said + apart, is_settled=True)
    met = sum({first.model, second.model} <= set(one.models) for one in ballots)
    more = more_votes(first.chance_against(second), met)
    said = "Too few votes to tell the first two apart. "
    said += (
        f"They are so close that more than {MOST_VOTES_TOLD:,} would be needed."
        if more is None
        else f"About {more:,} more would settle it."
    )
    return Ranking(rows, number, groups, said + apart, more_votes=more)


def more_votes(chance: float, met: int) -> int | None:
    """About how many more ballots with both would tell two models apart after `met`,
    where one beats the other with `chance`; None beyond `MOST_VOTES_TOLD`."""
    lead = abs(chance - 0.5)
    if lead < 1e-9:
        return None
    needed = ((Z_SURE + Z_POWER) * 0.5 / lead) ** 2
    if needed - met > MOST_VOTES_TOLD:
        return None
    return max(math.ceil(needed) - met, 1)
