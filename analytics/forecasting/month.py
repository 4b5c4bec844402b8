"""What a month will have cost at its end, of what was used so far. Pure.

Days are in constant prices: what their tokens cost at the prices in force today, so
that a price that changed does not look like use that changed. Prices that are known to
change later change the days after it.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Final

import numpy as np

from analytics.forecasting.breakdown import features_made, lines_made
from analytics.forecasting.choosing import forecast, missing_days
from analytics.forecasting.made import Day, FanDay, MonthMade, Spread, Trial
from analytics.forecasting.methods import Values
from analytics.forecasting.use import ZERO, Use, factors, series, usd

PERCENTS: Final = (10, 50, 90)


def month_made(use: Use, at: datetime.datetime, zone: str) -> MonthMade:
    """A forecast of the month that `use.today` lies in; without one, and with how many
    days are missing, where the history is too short."""
    lines = list(use.lines.values())
    spent = sum((one.month_usd for one in lines), ZERO)
    missing = missing_days(len(use.dates))
    fan: tuple[FanDay, ...] = ()
    tested = None
    if not missing:
        daily, tested = _daily(use)
        fan = _fan(use, daily, spent)
    features = features_made(use, fan[-1].month.p50_usd - spent) if fan else ()
    return MonthMade(
        at=at,
        zone=zone,
        today=use.today,
        month_end=use.month_end,
        history_days=len(use.dates),
        missing_days=missing,
        spent_usd=spent,
        days=_days(use),
        fan=fan,
        tested=tested,
        features=features,
        lines=lines_made(use, features),
        calls=sum(one.calls for one in lines),
        unpriced_calls=sum(one.unpriced_calls for one in lines),
    )


def _daily(use: Use) -> tuple[Values, Trial]:
    """Possible days of the rest of the month, as rows, in the prices of their day."""
    lines = list(use.lines.values())
    found = forecast(series(lines, len(use.dates)), len(use.ahead), (use.seed, 0))
    test = found.back_test
    tested = Trial(
        found.method.value,
        test.weeks if test else 0,
        test.error_share if test else None,
    )
    return found.paths * factors(use, lines), tested


def _fan(use: Use, daily: Values, spent_usd: Decimal) -> tuple[FanDay, ...]:
    by_then = np.percentile(daily.cumsum(axis=1), PERCENTS, axis=0).T
    alone = np.percentile(daily, PERCENTS, axis=0).T
    return tuple(
        FanDay(date, _spread(sums, spent_usd), _spread(own, ZERO))
        for date, sums, own in zip(use.ahead, by_then, alone, strict=True)
    )


def _spread(values: Iterable[float], more_usd: Decimal) -> Spread:
    low, middle, high = (more_usd + usd(value) for value in values)
    return Spread(low, middle, high)


def _days(use: Use) -> tuple[Day, ...]:
    def sums(columns: Sequence[tuple[Decimal, ...]]) -> list[Decimal]:
        return [sum(values, ZERO) for values in zip(*columns, strict=True)]

    lines = list(use.lines.values())
    if not lines:
        return ()
    spent = sums([one.spent_usd for one in lines])
    constant = sums([one.constant_usd for one in lines])
    return tuple(map(Day, use.dates, spent, constant))
