"""What an experiment shows: arms beside each other, and candidates against the
control. Pure."""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from recommender.experimenting.always_valid import (
    Counted,
    Difference,
    Sample,
    looks_z,
    mean_difference,
    rate_difference,
    share_interval,
)
from recommender.experimenting.deciding import requests_for_means, requests_for_rates
from recommender.experimenting.percentile_ratio import PERCENT, percentile_rise
from recommender.experimenting.readings import ArmReading

NOTHING: Final = Sample(0, math.nan, math.nan)
MARGIN: Final = 0.08
"""Of the shown range, kept free at both ends."""


@dataclass(frozen=True)
class ArmFigures:
    """One arm. `cost` is of the requests whose cost is known, in dollars."""

    key: str
    reading: ArmReading = field(default_factory=ArmReading)
    cost: Sample = NOTHING

    @property
    def success(self) -> Difference | None:
        """0 to 1, with an interval that stands any number of looks."""
        return _rate(self.reading.success)

    @property
    def thumbs_up(self) -> Difference | None:
        return _rate(_liked(self.reading))

    @property
    def p95_ms(self) -> float | None:
        return self.reading.latency.percentile_ms(PERCENT)

    @property
    def per_thousand_usd(self) -> float | None:
        """What 1,000 requests cost; None where the cost of none is known."""
        return 1_000 * self.cost.mean if self.cost.count else None


@dataclass(frozen=True)
class Against:
    """A candidate minus the control; None where there are too few data. Rates from −1
    to 1, `p95` in percent of the control's, `cost` in dollars a request."""

    success: Difference | None
    thumbs_up: Difference | None
    p95: Difference | None
    cost: Difference | None
    success_requests: int | None = None
    cost_requests: int | None = None

    @property
    def is_cheaper(self) -> bool:
        return self.cost is not None and self.cost.is_below(0)

    @property
    def is_dearer(self) -> bool:
        return self.cost is not None and self.cost.is_above(0)

    @property
    def is_faster(self) -> bool:
        return self.p95 is not None and self.p95.is_below(0)

    @property
    def is_slower(self) -> bool:
        return self.p95 is not None and self.p95.is_above(0)

    @property
    def is_better(self) -> bool:
        return self.success is not None and self.success.is_above(0)

    @property
    def is_worse(self) -> bool:
        return self.success is not None and self.success.is_below(0)


def against(candidate: ArmFigures, control: ArmFigures, drop_points: float) -> Against:
    """`success_requests` would settle whether success fell by more than
    `drop_points`."""
    one, other = candidate.reading, control.reading
    return Against(
        rate_difference(one.success, other.success),
        rate_difference(_liked(one), _liked(other)),
        percentile_rise(one.slowness, other.slowness),
        mean_difference(candidate.cost, control.cost),
        requests_for_rates(one.success, other.success, -drop_points / 100),
        requests_for_means(candidate.cost, control.cost),
    )


@dataclass(frozen=True)
class Scale:
    """A range of shares that holds all intervals; places in percent of it."""

    low: float
    high: float

    @classmethod
    def of(cls, found: Iterable[Difference | None]) -> Scale:
        known = [one for one in found if one is not None]
        if not known:
            return cls(0.0, 1.0)
        low, high = min(one.low for one in known), max(one.high for one in known)
        edge = MARGIN * max(high - low, 0.001)
        return cls(max(0.0, low - edge), min(1.0, high + edge))

    def place(self, share: float) -> float:
        return round(100 * (share - self.low) / (self.high - self.low), 2)


@dataclass(frozen=True)
class Moment:
    """Both arms' requests from the beginning to `at`."""

    at: datetime.datetime
    candidate: Counted
    control: Counted

    @property
    def difference(self) -> Difference | None:
        return rate_difference(self.candidate, self.control)


def first_certain(moments: Sequence[Moment], bound: float) -> Moment | None:
    """From when on the interval has left `bound` out without a break until now."""
    found = None
    for moment in reversed(moments):
        difference = moment.difference
        if difference is None or difference.low <= bound <= difference.high:
            break
        found = moment
    return found


def _liked(reading: ArmReading) -> Counted:
    likes = reading.rated - reading.thumbs_down
    return Counted(likes, reading.rated, reading.rating_effect)


def _rate(counted: Counted) -> Difference | None:
    if not 0 <= counted.hits <= counted.count or not counted.count:
        return None
    return share_interval(counted, looks_z(counted.weight))
