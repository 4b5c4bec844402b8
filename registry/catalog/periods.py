"""A price of `genai-prices`, with its conditions, as dated periods of stored rates.

`genai-prices` lists conditions and the last that holds wins. Dates cut time into
periods in which the same entries hold throughout; inside one, only the time of day
decides, which the stored form keeps in the same order.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

from genai_prices import types as genai

from registry.catalog.document import CatalogError, PricePeriod
from registry.rates import RatesDocument, stored_price
from registry.rates_check import check_document


def price_periods(model: genai.ModelInfo, provider_id: str) -> tuple[PricePeriod, ...]:
    """The periods of `model`'s price, oldest first, without gap or overlap. Empty
    where the source states no price. Raises CatalogError for a price that is not a
    finite, non-negative number."""
    conditions = _conditions(model)
    if not any(stored_price(entry.prices) for entry in conditions):
        return _free(model, provider_id)
    extras = _extras(model, provider_id)
    starts = [None, *_start_dates(conditions)]
    found: list[tuple[datetime.date | None, RatesDocument]] = []
    for start in starts:
        rates = _rates_from(conditions, start) | extras
        if not found or found[-1][1] != rates:
            _check(rates, f"{provider_id}/{model.id}")
            found.append((start, rates))
    ends = [start for start, _ in found[1:]] + [None]
    return tuple(
        PricePeriod(_midnight(start), _midnight(end), rates)
        for (start, rates), end in zip(found, ends, strict=True)
    )


def _free(model: genai.ModelInfo, provider_id: str) -> tuple[PricePeriod, ...]:
    """An empty price means "free" or "not known". It is free where the provider's own
    name for the model says so; anywhere else nothing is stated."""
    is_free = model.id.endswith(":free") or (model.name or "").endswith("(free)")
    if not is_free:
        return ()
    zero = {"standard": {"input_mtok": "0", "output_mtok": "0"}}
    return (PricePeriod(None, None, zero | _extras(model, provider_id)),)


def _check(rates: RatesDocument, label: str) -> None:
    try:
        check_document(rates)
    except (ValueError, TypeError, KeyError) as error:
        message = f"{label}: {error}"
        raise CatalogError(message) from error


def _conditions(model: genai.ModelInfo) -> list[genai.ConditionalPrice]:
    if isinstance(model.prices, genai.ModelPrice):
        return [genai.ConditionalPrice(prices=model.prices)]
    return list(model.prices)


def _start_dates(conditions: Sequence[genai.ConditionalPrice]) -> list[datetime.date]:
    return sorted(
        {
            entry.constraint.start_date
            for entry in conditions
            if isinstance(entry.constraint, genai.StartDateConstraint)
        }
    )


def _rates_from(
    conditions: Sequence[genai.ConditionalPrice], start: datetime.date | None
) -> RatesDocument:
    """The rates of the period that begins at `start`. Where nothing holds, the first
    entry does, as in `genai-prices`."""
    standard = conditions[0].prices
    windows: list[dict[str, Any]] = []
    for entry in conditions:
        if isinstance(entry.constraint, genai.TimeOfDateConstraint):
            windows.append(
                _window(entry.constraint) | {"prices": stored_price(entry.prices)}
            )
        elif entry.constraint is None or (
            start is not None and entry.constraint.start_date <= start
        ):
            standard = entry.prices
            windows = []  # whatever stands before is overruled at any hour
    rates: RatesDocument = {"standard": stored_price(standard)}
    return rates | ({"time_of_day": windows} if windows else {})


def _window(constraint: genai.TimeOfDateConstraint) -> dict[str, str]:
    return {
        "from": _utc(constraint.start_time).isoformat(),
        "to": _utc(constraint.end_time).isoformat(),
    }


def _utc(moment: datetime.time) -> datetime.time:
    if moment.tzinfo is None:
        return moment
    day = datetime.datetime.combine(datetime.date(2000, 1, 2), moment)
    return day.astimezone(datetime.UTC).time()


def _extras(model: genai.ModelInfo, provider_id: str) -> RatesDocument:
    matched = {"provider_id": provider_id, "model_id": model.id}
    variants = [_variant(variant) for variant in model.price_variants or ()]
    return {"matched": matched} | ({"variants": variants} if variants else {})


def _variant(variant: genai.PriceVariant) -> dict[str, Any]:
    stored: dict[str, Any] = {
        "when": dict(variant.when),
        "prices": stored_price(variant.prices),
    }
    if isinstance(variant.constraint, genai.StartDateConstraint):
        stored["starts_on"] = variant.constraint.start_date.isoformat()
    elif variant.constraint is not None:
        stored |= _window(variant.constraint)
    return stored


def _midnight(day: datetime.date | None) -> datetime.datetime | None:
    if day is None:
        return None
    return datetime.datetime.combine(day, datetime.time(), datetime.UTC)
