"""A forecast as it is kept and shown: plain values. Pure."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal

from analytics.forecasting.use import Step


@dataclass(frozen=True)
class Spread:
    """With 10, 50 and 90 % probability the cost stays below."""

    p10_usd: Decimal
    p50_usd: Decimal
    p90_usd: Decimal


@dataclass(frozen=True)
class Trial:
    """`method` is one of forecasting.methods. `error_share` says how far it was off in
    the last `weeks` weeks, None where it could not be tested."""

    method: str
    weeks: int = 0
    error_share: float | None = None


@dataclass(frozen=True)
class Day:
    """A day that is over: as recorded, and at today's prices."""

    date: datetime.date
    spent_usd: Decimal
    constant_usd: Decimal


@dataclass(frozen=True)
class FanDay:
    """`month` is what the month will have cost by the end of that day, `day` what the
    rest of the day will cost."""

    date: datetime.date
    month: Spread
    day: Spread


@dataclass(frozen=True)
class FeatureMade:
    """`spread` is of the whole month; None where only `expected_usd` is known.
    `tested` None: it was carried on at its mean."""

    feature_id: int | None
    spent_usd: Decimal
    expected_usd: Decimal
    spread: Spread | None = None
    tested: Trial | None = None


@dataclass(frozen=True)
class LineMade:
    """One model of one feature. `base_usd` is what the last `base_days` whole days
    would cost at today's prices, `expected_usd` is of the whole month."""

    feature_id: int | None
    ai_model_id: int | None
    spent_usd: Decimal
    expected_usd: Decimal
    base_usd: Decimal
    base_days: int
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, kw_only=True)
class MonthMade:
    """Made at `at` for the month that ends on `month_end`, in the time zone `zone`.
    `missing_days` above 0: there is no forecast yet, and `fan` and `features` are
    empty."""

    at: datetime.datetime
    zone: str
    today: datetime.date
    month_end: datetime.date
    history_days: int
    missing_days: int
    spent_usd: Decimal
    days: tuple[Day, ...] = ()
    fan: tuple[FanDay, ...] = ()
    tested: Trial | None = None
    features: tuple[FeatureMade, ...] = ()
    lines: tuple[LineMade, ...] = ()
    calls: int = 0
    unpriced_calls: int = 0

    @property
    def spread(self) -> Spread | None:
        """Of the whole month."""
        return self.fan[-1].month if self.fan else None

    @property
    def month_start(self) -> datetime.date:
        return self.month_end.replace(day=1)
