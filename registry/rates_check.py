"""Whether a stored price is one that can be calculated with."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from registry.price_units import unknown_price_keys
from registry.rates import PER_IMAGE, RatesDocument

MAX_RATE_USD: Final = Decimal(10) ** 9
MAX_DECIMALS: Final = 30
PARTS: Final = frozenset(
    {"standard", "time_of_day", "variants", "matched", PER_IMAGE, "note"}
)


def check_document(document: RatesDocument) -> None:
    """Raises ValueError with one clear sentence unless `document` has the form that
    `registry.rates` describes: known keys, finite rates from 0 to a billion dollars,
    tiers that rise."""
    try:
        _check(document)
    except (AttributeError, KeyError, TypeError) as error:
        message = "The rates do not have the form of a price (docs/pricing.md)."
        raise ValueError(message) from error


def _check(document: RatesDocument) -> None:
    unknown = sorted(set(document) - PARTS)
    if unknown:
        raise ValueError(f"A price has no part called {', '.join(unknown)}.")
    for prices in _price_sets(document):
        bad = unknown_price_keys(prices)
        if bad:
            raise ValueError(f"Nothing is priced by {', '.join(bad)}.")
        for key, rate in prices.items():
            _check_rate(key, rate)
    if PER_IMAGE in document:
        check_amount(PER_IMAGE, document[PER_IMAGE])


def check_amount(name: str, value: Any) -> Decimal:
    """`value` as dollars. Raises ValueError where it is no amount for a rate."""
    if isinstance(value, bool | float) or value is None:
        raise ValueError(f"{name} must be a decimal number written as text.")
    try:
        amount = Decimal(value)
    except (InvalidOperation, TypeError, ValueError) as error:
        raise ValueError(f"{name} is not a number.") from error
    if not amount.is_finite() or not 0 <= amount <= MAX_RATE_USD:
        raise ValueError(f"{name} must be between 0 and {MAX_RATE_USD:,} dollars.")
    if int(amount.as_tuple().exponent) < -MAX_DECIMALS:
        raise ValueError(f"{name} has more than {MAX_DECIMALS} decimals.")
    return amount


def _price_sets(document: RatesDocument) -> Iterator[dict[str, Any]]:
    yield _mapping("standard", document.get("standard", {}))
    for window in document.get("time_of_day") or ():
        _check_clock(window)
        yield _mapping("time_of_day", window["prices"])
    for variant in document.get("variants") or ():
        if not _mapping("variants", variant["when"]):
            raise ValueError("A variant of a price must say when it holds.")
        for side in ("from", "to"):
            if side in variant:
                datetime.time.fromisoformat(variant[side])
        if variant.get("starts_on"):
            datetime.date.fromisoformat(variant["starts_on"])
        if "from" in variant:
            _check_clock(variant)
        yield _mapping("variants", variant["prices"])


def _check_clock(window: dict[str, Any]) -> None:
    for side in ("from", "to"):
        datetime.time.fromisoformat(window[side])


def _mapping(part: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError(f"{part} of a price must be a mapping.")
    return value


def _check_rate(key: str, rate: Any) -> None:
    if not isinstance(rate, dict):
        check_amount(key, rate)
        return
    check_amount(key, rate.get("base"))
    last = -1
    for tier in rate.get("tiers") or ():
        start = int(tier["start"])
        if start <= last:
            raise ValueError(f"The tiers of {key} must start higher each time.")
        check_amount(key, tier["price"])
        last = start
