"""What changes of prices did to the bill. Pure, in `Decimal`.

A change counts for every call after it: the call at the new price less the same call
at the price before. Where a model's price changed more than once, the effects of all
changes add up to the bill less what it would have been at the first price.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from itertools import pairwise

from analytics.bands.band import ZERO, Band, CutBandError
from analytics.bands.repricing import price_band
from analytics.months import Month
from registry.pricing import EXACT
from registry.rates import Rates
from registry.resolution.entries import PricePeriod


@dataclass(frozen=True)
class PriceChange:
    """From `at` on the model costs `after` instead of `before`."""

    model_id: int
    at: datetime.datetime
    before: PricePeriod
    after: PricePeriod


@dataclass(frozen=True)
class MonthEffect:
    """Calls of one month after the change, at the price before and after it."""

    month: Month
    before_usd: Decimal
    after_usd: Decimal
    calls: int

    @property
    def usd(self) -> Decimal:
        with localcontext(EXACT):
            return self.after_usd - self.before_usd


@dataclass(frozen=True)
class Effect:
    """`unknown_calls` cannot be priced at both prices, and are in no sum."""

    change: PriceChange
    months: tuple[MonthEffect, ...]
    unknown_calls: int = 0

    @property
    def calls(self) -> int:
        return sum(one.calls for one in self.months)

    @property
    def before_usd(self) -> Decimal:
        return _sum(one.before_usd for one in self.months)

    @property
    def after_usd(self) -> Decimal:
        return _sum(one.after_usd for one in self.months)

    @property
    def usd(self) -> Decimal:
        return _sum(one.usd for one in self.months)

    @property
    def percent(self) -> Decimal | None:
        """Of what the calls would have cost at the price before."""
        return 100 * self.usd / self.before_usd if self.before_usd else None


def price_changes(
    model_id: int,
    periods: Sequence[PricePeriod],
    start: datetime.datetime,
    end: datetime.datetime,
) -> list[PriceChange]:
    """Changes from `start` to before `end` of rates, not of the row they stand in."""
    found = []
    for before, after in pairwise(periods):
        at = after.effective_from
        if at is None or not start <= at < end:
            continue
        if before.rates.document != after.rates.document:
            found.append(PriceChange(model_id, at, before, after))
    return found


def effect_of(change: PriceChange, bands: Iterable[Band]) -> Effect:
    """Of the bands of its model, those after the change. A band lies on one side of
    it and in one month."""
    months: defaultdict[Month, list[Decimal | int]] = defaultdict(
        lambda: [ZERO, ZERO, 0]
    )
    unknown = 0
    with localcontext(EXACT):
        for band in bands:
            if band.ai_model_id != change.model_id or band.at < change.at:
                continue
            before = _priced(band, change.before.rates)
            after = _priced(band, change.after.rates)
            if before is None or after is None:
                unknown += band.calls
                continue
            sums = months[Month.of(band.at)]
            sums[0] += before
            sums[1] += after
            sums[2] += band.calls
    return Effect(
        change,
        tuple(
            MonthEffect(month, Decimal(sums[0]), Decimal(sums[1]), int(sums[2]))
            for month, sums in sorted(months.items())
        ),
        unknown,
    )


def _priced(band: Band, rates: Rates) -> Decimal | None:
    try:
        return price_band(band, rates, band.at).usd
    except CutBandError:
        return None


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    with localcontext(EXACT):
        return sum(amounts, ZERO)
