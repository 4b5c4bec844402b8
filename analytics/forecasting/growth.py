"""What the months ahead cost where use grows at a stated rate. Pure, exact.

A month is its days at the mean of the last four weeks, at the prices in force on each
day, times (1 + growth) for every month from this one on.
"""

from __future__ import annotations

import calendar
import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, localcontext
from typing import Final

from analytics.forecasting.made import LineMade
from analytics.forecasting.use import ONE, ONE_DAY, ZERO, step_factor
from registry.pricing import EXACT

MOST_MONTHS: Final = 24


@dataclass(frozen=True)
class Growth:
    """Percent a month, above −100; `by_feature` (row ids) goes before `percent`."""

    percent: Decimal = ZERO
    by_feature: Mapping[int, Decimal] = field(default_factory=dict)

    def factor(self, feature_id: int | None) -> Decimal:
        percent = self.by_feature.get(feature_id or 0, self.percent)
        return ONE + percent / 100


@dataclass(frozen=True)
class ProjectedMonth:
    """`by_feature` adds up to `usd`."""

    first: datetime.date
    usd: Decimal
    by_feature: Mapping[int | None, Decimal]


def projected(
    lines: Iterable[LineMade], growth: Growth, after: datetime.date, months: int
) -> tuple[ProjectedMonth, ...]:
    """The `months` (0 to MOST_MONTHS) after the month that ends on `after`. Raises
    ValueError for more."""
    if not 0 <= months <= MOST_MONTHS:
        raise ValueError(f"Between 0 and {MOST_MONTHS} months can be projected.")
    kept = [one for one in lines if one.base_days and one.base_usd]
    found = []
    first = after + ONE_DAY
    for number in range(1, months + 1):
        found.append(_month(kept, growth, first, number))
        first += calendar.monthrange(first.year, first.month)[1] * ONE_DAY
    return tuple(found)


def _month(
    lines: Iterable[LineMade], growth: Growth, first: datetime.date, number: int
) -> ProjectedMonth:
    by_feature: defaultdict[int | None, Decimal] = defaultdict(lambda: ZERO)
    length = calendar.monthrange(first.year, first.month)[1]
    days = [first + one * ONE_DAY for one in range(length)]
    with localcontext(EXACT):
        for line in lines:
            at_prices = sum((step_factor(line.steps, day) for day in days), ZERO)
            grown = growth.factor(line.feature_id) ** number
            by_feature[line.feature_id] += (
                line.base_usd * at_prices * grown / line.base_days
            )
        return ProjectedMonth(first, sum(by_feature.values(), ZERO), dict(by_feature))
