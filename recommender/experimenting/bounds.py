"""The bounds of a canary and how they stand. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from recommender.experimenting.always_valid import Difference, rate_difference
from recommender.experimenting.deciding import requests_for_rates
from recommender.experimenting.percentile_ratio import percentile_rise
from recommender.experimenting.readings import ArmReading


@dataclass(frozen=True)
class Bounds:
    """By how much the candidate may be worse than the control: points of 100 for rates,
    percent of the control's p95. None: no such bound."""

    max_success_drop_points: float | None = None
    max_p95_rise_percent: float | None = None
    max_thumbs_down_rise_points: float | None = None


class BoundState(StrEnum):
    HOLDS = "holds"
    BEYOND = "beyond"
    SURELY_BEYOND = "surely_beyond"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class BoundStanding:
    """`limit` and `now` in points or percent, positive where the candidate is worse;
    `now` and `interval` None where nothing is known. `further_requests` would decide
    whether the bound is broken, None where that cannot be told."""

    label: str
    unit: str
    limit: float
    state: BoundState
    interval: Difference | None = None
    further_requests: int | None = None

    @property
    def now(self) -> float | None:
        return None if self.interval is None else self.interval.value

    @property
    def text(self) -> str:
        """One sentence with the numbers."""
        if self.interval is None:
            return f"{self.label}: nothing to compare yet."
        low, high = self.interval.low, self.interval.high
        seen = (
            f"{_signed(self.interval.value)}{self.unit} "
            f"({_signed(low)} to {_signed(high)})"
        )
        limit = f"{_signed(self.limit)}{self.unit}"
        words = {
            BoundState.HOLDS: f"within the bound of {limit}",
            BoundState.BEYOND: f"beyond the bound of {limit}, but not surely",
            BoundState.SURELY_BEYOND: f"surely beyond the bound of {limit}",
            BoundState.UNKNOWN: "not known",
        }
        return f"{self.label}: {seen}, {words[self.state]}."


def standings(
    control: ArmReading, candidate: ArmReading, bounds: Bounds
) -> list[BoundStanding]:
    """How every bound that is set stands. Bounds that are no numbers are left out:
    `bound_problems` names them."""
    return list(_standings(control, candidate, bounds))


def bound_problems(bounds: Bounds) -> list[str]:
    """What is wrong with bounds, in sentences."""
    named = (
        ("The bound on success", bounds.max_success_drop_points, 100.0, "points"),
        ("The bound on p95", bounds.max_p95_rise_percent, None, "percent"),
        (
            "The bound on thumbs down",
            bounds.max_thumbs_down_rise_points,
            100.0,
            "points",
        ),
    )
    found = []
    for label, value, most, unit in named:
        if value is None:
            continue
        if not math.isfinite(value):
            found.append(f"{label} is not a number.")
        elif value < 0:
            found.append(
                f"{label} is {value:g} {unit}: it says how much worse is allowed, and "
                "cannot be below 0."
            )
        elif most is not None and value > most:
            found.append(
                f"{label} is {value:g} {unit}: more than {most:g} is no bound."
            )
    return found


def _standings(
    control: ArmReading, candidate: ArmReading, bounds: Bounds
) -> Iterator[BoundStanding]:
    drop = _usable(bounds.max_success_drop_points)
    if drop is not None:
        found = rate_difference(candidate.success, control.success)
        worse = None if found is None else _points(found, -1)
        further = requests_for_rates(candidate.success, control.success, -drop / 100)
        yield _standing("Success drop", " points", drop, worse, further)
    rise = _usable(bounds.max_p95_rise_percent)
    if rise is not None:
        slower = percentile_rise(candidate.slowness, control.slowness)
        yield _standing("p95 rise", "%", rise, slower, None)
    dislike = _usable(bounds.max_thumbs_down_rise_points)
    if dislike is not None:
        found = rate_difference(candidate.disliked, control.disliked)
        worse = None if found is None else _points(found, 1)
        further = requests_for_rates(
            candidate.disliked, control.disliked, dislike / 100
        )
        yield _standing("Thumbs down rise", " points", dislike, worse, further)


def _standing(
    label: str, unit: str, limit: float, found: Difference | None, further: int | None
) -> BoundStanding:
    if found is None or not math.isfinite(found.value):
        return BoundStanding(label, unit, limit, BoundState.UNKNOWN)
    state = BoundState.HOLDS
    if found.is_above(limit):
        state = BoundState.SURELY_BEYOND
    elif found.value > limit:
        state = BoundState.BEYOND
    return BoundStanding(label, unit, limit, state, found, further)


def _signed(value: float) -> str:
    return "open" if value == math.inf else f"{value:+.2f}".replace("-", "−")


def _points(found: Difference, sign: int) -> Difference:
    """In points; with sign −1 a fall becomes a positive number."""
    low, high = sorted((100 * sign * found.low, 100 * sign * found.high))
    return Difference(100 * sign * found.value, low, high)


def _usable(bound: float | None) -> float | None:
    if bound is None or not math.isfinite(bound) or bound < 0:
        return None
    return bound
