"""Why there is no mix: features that nothing can serve, or limits that clash, with how
far each would have to give way alone."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from recommender.mix.problem import FeatureNeed, Limits, Problem
from recommender.mix.programme import (
    BUDGET,
    CHANGES,
    PROVIDERS,
    Programme,
)


@dataclass(frozen=True)
class Hopeless:
    """A feature whose every option is forbidden, with how often each reason."""

    key: str
    reasons: tuple[tuple[str, int], ...]

    @property
    def text(self) -> str:
        if not self.reasons:
            return f"{self.key} has no candidates."
        reason, _ = self.reasons[0]
        return f"{self.key}: no candidate is left. The nearest: {reason}."


@dataclass(frozen=True)
class Limit:
    """One limit of a clash. `enough` is the value at which the others can stay as they
    are; None where it must go altogether."""

    name: str
    value: float
    enough: float | None

    @property
    def text(self) -> str:
        said = _words(self.name, self.value)
        said = said[0].upper() + said[1:]
        if self.enough is None:
            return f"{said}: giving way here alone is not enough."
        return f"{said}: {self.enough_text} would be enough."

    @property
    def enough_text(self) -> str:
        enough = self.enough or 0.0
        if _is_money(self.name):
            # To the next cent: whoever types what is said here gets a mix.
            enough = math.ceil(round(100 * enough, 4)) / 100
        return _words(self.name, enough)


@dataclass(frozen=True)
class Clash:
    """No mix. Either features that have no candidate, or limits that together leave
    none; each of them is needed for the clash. `together`: where none of them alone can
    give way far enough, some that can, each with the value that is enough."""

    features: tuple[Hopeless, ...] = ()
    limits: tuple[Limit, ...] = ()
    together: tuple[Limit, ...] = ()
    is_out_of_time: bool = False

    @property
    def lines(self) -> list[str]:
        if self.is_out_of_time:
            return ["No mix was found in the time given; ask for fewer features."]
        features = [one.text for one in self.features]
        return [*features, *(one.text for one in self.limits), *self._together]

    @property
    def _together(self) -> list[str]:
        said = " and ".join(one.enough_text for one in self.together)
        return [f"Together would be enough: {said}."] if said else []


def hopeless_features(problem: Problem) -> tuple[Hopeless, ...]:
    return tuple(_hopeless(need) for need in problem.needs if not need.allowed)


def clash_of(problem: Problem) -> Clash:
    """A smallest set of limits that clash: each is left out in turn, and stays out if
    there is still no mix."""
    limits = _stated(problem)
    dropped: frozenset[str] = frozenset()
    for name in limits:
        if not _is_possible(problem, dropped | {name}):
            dropped |= {name}
    found = tuple(
        Limit(name, value, _enough(problem, name, value))
        for name, value in limits.items()
        if name not in dropped
    )
    if any(one.enough is not None for one in found):
        return Clash(limits=found)
    return Clash(limits=found, together=_together(problem, limits))


def _together(problem: Problem, limits: dict[str, float]) -> tuple[Limit, ...]:
    """The fewest limits that give way far enough together; the counts give way as
    little as they can, money after them."""
    for size in range(2, len(limits) + 1):
        for names in combinations(sorted(limits, key=_is_money), size):
            if _is_possible(problem, frozenset(names)):
                return tuple(_given_way(problem, names, limits))
    return ()


def _given_way(
    problem: Problem, names: tuple[str, ...], limits: dict[str, float]
) -> Iterator[Limit]:
    left = problem
    for at, name in enumerate(names):
        programme = Programme(left, frozenset(names[at:]))
        answer = programme.solve(_measure(programme, name))
        if answer.x is None:
            return
        enough = float(round(answer.fun, 6))
        yield Limit(name, limits[name], enough)
        left = replace(left, limits=_with(left.limits, name, enough))


def _with(limits: Limits, name: str, value: float) -> Limits:
    if name == CHANGES:
        return replace(limits, max_changes=round(value))
    if name == PROVIDERS:
        return replace(limits, max_providers=round(value))
    # A hair more, for the solver's rounding.
    value += 0.001
    if name == BUDGET:
        return replace(limits, budget_usd=value)
    provider = name.removeprefix("provider:")
    return replace(limits, provider_usd={**limits.provider_usd, provider: value})


def _is_money(name: str) -> bool:
    return name not in (CHANGES, PROVIDERS)


def _hopeless(need: FeatureNeed) -> Hopeless:
    nearest = sorted(
        need.options, key=lambda one: (bool(one.excluded), -_known(one.quality))
    )
    counted: dict[str, int] = {}
    for option in nearest:
        reason = f"{option.reference} {need.complaint(option)}"
        counted[reason] = counted.get(reason, 0) + 1
    return Hopeless(need.key, tuple(counted.items()))


def _known(value: float | None) -> float:
    return value if value is not None and np.isfinite(value) else -np.inf


def _stated(problem: Problem) -> dict[str, float]:
    """Every limit with its value, by the name of its row."""
    limits = problem.limits
    stated = {
        BUDGET: limits.budget_usd,
        CHANGES: limits.max_changes,
        PROVIDERS: limits.max_providers,
        **{f"provider:{name}": usd for name, usd in limits.provider_usd.items()},
    }
    return {name: value for name, value in stated.items() if value is not None}


def _is_possible(problem: Problem, drop: frozenset[str]) -> bool:
    programme = Programme(problem, drop)
    return programme.solve(np.zeros(len(programme.options))).x is not None


def _enough(problem: Problem, name: str, value: float) -> float | None:
    """The least value of this limit at which there is a mix under all others."""
    programme = Programme(problem, frozenset({name}))
    answer = programme.solve(_measure(programme, name))
    if answer.x is None:
        return None
    least = float(round(answer.fun, 6))
    # $0 keeps a provider out with its free models too: a cent lets them in.
    return least if least > value else value + 0.01


def _measure(programme: Programme, name: str) -> np.ndarray:
    """What the limit limits, over the variables."""
    if name == CHANGES:
        return programme.changes
    if name == BUDGET:
        return programme.costs
    if name == PROVIDERS:
        options, used = len(programme.options), programme.extra
        return np.concatenate([np.zeros(options), np.ones(used)])
    names = [f"provider:{option.provider}" for _, option in programme.options]
    return np.where(np.array(names) == name, programme.costs, 0.0)


def _words(name: str, value: float) -> str:
    if name == BUDGET:
        return f"a budget of ${value:,.2f} a month"
    if name.startswith("provider:"):
        return f"${value:,.2f} a month at {name.removeprefix('provider:')}"
    what = {CHANGES: "change", PROVIDERS: "provider"}[name]
    return f"at most {value:g} {what}{'' if value == 1 else 's'}"
