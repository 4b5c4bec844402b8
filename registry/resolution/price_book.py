"""Which price holds for an organisation, a model and a moment, out of rows in memory:
the same answer as `registry.queries.prices.quotes`, without a query. Pure."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from registry.rates import Rates
from registry.resolution.entries import PricePeriod

EVER = datetime.datetime.min.replace(tzinfo=datetime.UTC)
NEVER = datetime.datetime.max.replace(tzinfo=datetime.UTC)


@dataclass(frozen=True, slots=True)
class PriceRow:
    """A row of the prices table. `rates_text` is JSON, read only when it is needed;
    `organization_id` is set for a negotiated price."""

    id: int
    model_id: int
    organization_id: int | None
    effective_from: datetime.datetime | None
    effective_to: datetime.datetime | None
    rates_text: str
    discount_percent: Decimal | None = None

    @property
    def start(self) -> datetime.datetime:
        return self.effective_from or EVER

    @property
    def end(self) -> datetime.datetime:
        return self.effective_to or NEVER


@dataclass(frozen=True, slots=True)
class PriceBook:
    """All prices. What was asked for once is remembered for as long as the book is."""

    rows: dict[tuple[int | None, int], tuple[PriceRow, ...]] = field(repr=False)
    _periods: dict[tuple[int | None, int], tuple[PricePeriod, ...]] = field(
        default_factory=dict, repr=False, compare=False
    )

    @classmethod
    def of(cls, rows: Iterable[PriceRow]) -> PriceBook:
        book: dict[tuple[int | None, int], list[PriceRow]] = {}
        for row in rows:
            book.setdefault((row.organization_id, row.model_id), []).append(row)
        return cls({key: tuple(found) for key, found in book.items()})

    def price(
        self, organization_id: int, model_id: int, at: datetime.datetime
    ) -> PricePeriod | None:
        """The price in force at `at` (aware), or None where none is known."""
        for period in self.periods(organization_id, model_id):
            if period.holds_at(at):
                return period
        return None

    def periods(self, organization_id: int, model_id: int) -> tuple[PricePeriod, ...]:
        """All periods of the model's price as the organisation has it, by time."""
        own_key = (organization_id, model_id)
        key = own_key if own_key in self.rows else (None, model_id)
        found = self._periods.get(key)
        if found is None:
            catalogue = self.rows.get((None, model_id), ())
            own = self.rows[own_key] if key == own_key else ()
            # Two threads may both get here; they work out the same.
            found = self._periods[key] = _timeline(catalogue, own)
        return found


def _timeline(
    catalogue: tuple[PriceRow, ...], own: tuple[PriceRow, ...]
) -> tuple[PricePeriod, ...]:
    """Between two neighbouring starts and ends the same rows hold all the time."""
    borders = sorted({moment for row in (*catalogue, *own) for moment in _ends(row)})
    periods = (
        _period(_holding(catalogue, start), _holding(own, start), start, end)
        for start, end in zip(borders, borders[1:], strict=False)
    )
    return tuple(period for period in periods if period is not None)


def _ends(row: PriceRow) -> tuple[datetime.datetime, datetime.datetime]:
    return row.start, row.end


def _holding(rows: tuple[PriceRow, ...], at: datetime.datetime) -> PriceRow | None:
    holding = [row for row in rows if row.start <= at < row.end]
    return max(holding, key=lambda row: (row.start, row.id), default=None)


def _period(
    catalogue: PriceRow | None,
    own: PriceRow | None,
    start: datetime.datetime,
    end: datetime.datetime,
) -> PricePeriod | None:
    row = own or catalogue
    if row is None:
        return None
    if row.discount_percent is None:
        rates = _rates(row)
    elif catalogue is not None:
        rates = _rates(catalogue).discounted(row.discount_percent)
    else:
        return None
    return PricePeriod(
        price_id=row.id,
        rates=rates,
        effective_from=None if start == EVER else start,
        effective_to=None if end == NEVER else end,
    )


def _rates(row: PriceRow) -> Rates:
    return Rates(json.loads(row.rates_text))
