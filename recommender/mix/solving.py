"""The best mix of a problem, or what stands in its way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from recommender.mix.clashes import Clash, clash_of, hopeless_features
from recommender.mix.problem import FeatureNeed, Option, Problem
from recommender.mix.programme import Programme


@dataclass(frozen=True)
class Choice:
    """What one feature gets; `before` is its current model, if it has one."""

    key: str
    option: Option
    before: Option | None

    @property
    def is_change(self) -> bool:
        return not self.option.is_current

    @property
    def saving_usd(self) -> float | None:
        """Dollars a month; negative where it costs more, None where what the current
        model costs is not known."""
        if self.before is None or not np.isfinite(self.before.cost_usd):
            return None
        return self.before.cost_usd - self.option.cost_usd


@dataclass(frozen=True)
class Mix:
    """`is_proven`: no better mix exists, within `gap` (a share of the goal)."""

    choices: tuple[Choice, ...]
    is_proven: bool
    gap: float

    @property
    def cost_usd(self) -> float:
        return float(sum(one.option.cost_usd for one in self.choices))

    @property
    def change_count(self) -> int:
        return sum(one.is_change for one in self.choices)

    @property
    def providers(self) -> tuple[str, ...]:
        return tuple(sorted({one.option.provider for one in self.choices}))


def best_mix(problem: Problem) -> Mix | Clash:
    """A mix, or the clash that leaves none. Deterministic for the same problem."""
    if not problem.needs:
        return Mix((), True, 0.0)
    hopeless = hopeless_features(problem)
    if hopeless:
        return Clash(features=hopeless)
    programme = Programme(problem)
    answer = programme.solve()
    if answer.x is None:
        # 1 is HiGHS's word for: the time ran out.
        return clash_of(problem) if answer.status != 1 else Clash(is_out_of_time=True)
    chosen = tuple(_choices(programme, answer.x))
    # 0 is HiGHS's word for optimal.
    return Mix(chosen, answer.status == 0, float(answer.mip_gap or 0.0))


def _choices(programme: Programme, values: np.ndarray) -> Iterator[Choice]:
    chosen = {
        number: option
        for at, (number, option) in enumerate(programme.options)
        if values[at] > 0.5
    }
    for number, need in enumerate(programme.problem.needs):
        yield Choice(need.key, chosen[number], current(need))


def current(need: FeatureNeed) -> Option | None:
    """The option that the feature has now, also where its floors forbid it."""
    return next((one for one in need.options if one.is_current), None)
