"""What a forecast is made of: the use of each model by each feature, by day. Pure."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

import numpy as np

from analytics.forecasting.methods import WINDOW_DAYS, Values

PLACES: Final = Decimal("0.000001")
ZERO: Final = Decimal(0)
ONE: Final = Decimal(1)
ONE_DAY: Final = datetime.timedelta(days=1)
Step = tuple[datetime.date, Decimal]
"""From a day on, costs are this multiple of what they are at today's prices."""
Pair = tuple[int | None, int | None]
"""Row ids of a feature and a model."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """The use of one model by one feature. `constant_usd` and `spent_usd` are by day
    of the history (today is not in it): at today's prices, and as recorded.
    `month_usd` is what was recorded this month, today included. `steps`: from a day
    on, costs are this multiple of what they are at today's prices, by time."""

    constant_usd: tuple[Decimal, ...]
    spent_usd: tuple[Decimal, ...]
    month_usd: Decimal = ZERO
    steps: tuple[tuple[datetime.date, Decimal], ...] = ()
    calls: int = 0
    unpriced_calls: int = 0

    @property
    def base_usd(self) -> Decimal:
        """Of the last four weeks, or of as many days as there are."""
        return sum(self.constant_usd[-WINDOW_DAYS:], ZERO)


@dataclass(frozen=True, kw_only=True)
class Use:
    """`dates` are the whole days from the first use on; `today_left` (0 to 1) is the
    part of today that is to come."""

    dates: tuple[datetime.date, ...]
    today: datetime.date
    today_left: float
    month_end: datetime.date
    lines: Mapping[Pair, Line]
    seed: int = 0

    @property
    def ahead(self) -> tuple[datetime.date, ...]:
        """Today and the rest of the month."""
        number = (self.month_end - self.today).days + 1
        return tuple(self.today + one * ONE_DAY for one in range(number))


def step_factor(
    steps: Sequence[tuple[datetime.date, Decimal]], day: datetime.date
) -> Decimal:
    """The multiple of today's prices that holds on a day."""
    begun = [multiple for start, multiple in steps if start <= day]
    return begun[-1] if begun else ONE


def series(lines: Sequence[Line], days: int) -> Values:
    """What each day cost at today's prices."""
    if not lines:
        return np.zeros(days)
    # Statistics, not money: here a cost becomes a float.
    rows = [[float(value) for value in one.constant_usd] for one in lines]
    return np.asarray(np.clip(np.asarray(rows).sum(axis=0), 0.0, None))


def factors(use: Use, lines: Sequence[Line]) -> Values:
    """By day ahead: what a day costs, as a multiple of what a whole one would at
    today's prices."""
    base = sum((one.base_usd for one in lines), ZERO)
    found = []
    for day in use.ahead:
        later = sum((one.base_usd * step_factor(one.steps, day) for one in lines), ZERO)
        found.append(float(later / base) if base else 1.0)
    found[0] *= use.today_left
    return np.asarray(found)


def usd(value: float) -> Decimal:
    """A forecast to a millionth of a dollar."""
    return Decimal(value).quantize(PLACES)


def shared_out(whole: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """`whole` by weights, so that the parts add up to it; the largest part takes what
    rounding leaves. All zero where nothing has any weight."""
    total = sum(weights, ZERO)
    if not total:
        return [ZERO for _ in weights]
    parts = [(whole * one / total).quantize(PLACES) for one in weights]
    largest = max(range(len(parts)), key=lambda place: parts[place])
    parts[largest] += whole - sum(parts, ZERO)
    return parts
