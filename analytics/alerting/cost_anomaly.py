"""Is a day dearer than the same weekday usually is? Pure.

The modified z-score of Iglewicz and Hoaglin ("How to Detect and Handle Outliers",
1993): the distance from the median in units of the median absolute deviation, scaled so
that it equals the standard deviation of normally distributed days. Weeks that were dear
themselves move neither. A floor in dollars and one in percent keep steady small costs
quiet, whose deviation is nearly nothing.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from statistics import median
from typing import Final

from analytics.alerting.limits import Rule

WEEKS: Final = 8
FEWEST_WEEKS: Final = 4
"""With fewer same weekdays before it a day is not judged."""
TO_SIGMA: Final = Decimal("0.6745")
"""The third quartile of the standard normal distribution: MAD = 0.6745 σ."""
HUNDRED: Final = Decimal(100)


@dataclass(frozen=True)
class DayJudged:
    """`z_score` is None where the days before did not differ at all."""

    day: datetime.date
    cost_usd: Decimal
    median_usd: Decimal
    z_score: Decimal | None
    weeks: int
    is_anomaly: bool

    @property
    def more_usd(self) -> Decimal:
        return self.cost_usd - self.median_usd

    @property
    def times(self) -> Decimal | None:
        """How many times the usual; None where that is nothing."""
        return self.cost_usd / self.median_usd if self.median_usd else None


def judge_day(
    costs: Mapping[datetime.date, Decimal],
    day: datetime.date,
    first_day: datetime.date,
    rule: Rule,
) -> DayJudged | None:
    """`costs` are dollars by day; a day that is missing cost nothing. `first_day` is
    the first with any use: days before it are unknown, not cheap. None where too few
    weeks are known."""
    before = [day - datetime.timedelta(weeks=week) for week in range(1, WEEKS + 1)]
    usual = [costs.get(one, Decimal(0)) for one in before if one >= first_day]
    if len(usual) < FEWEST_WEEKS:
        return None
    middle = median(usual)
    deviation = median(abs(one - middle) for one in usual)
    cost = costs.get(day, Decimal(0))
    more = cost - middle
    z_score = TO_SIGMA * more / deviation if deviation else None
    is_far = more > 0 if z_score is None else z_score > rule["z_score"]
    is_anomaly = (
        is_far
        and more >= rule["floor_usd"]
        and more > 0
        and more * HUNDRED >= rule["floor_percent"] * middle
    )
    return DayJudged(day, cost, middle, z_score, len(usual), is_anomaly)
