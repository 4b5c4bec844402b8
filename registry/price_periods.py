"""When the prices of some models change. Pure."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from registry.rates import CASES, Rates
from registry.resolution.entries import PricePeriod


def changes_of(periods: Iterable[PricePeriod]) -> frozenset[datetime.datetime]:
    """The moments at which one of these prices begins, ends or gets a variant."""
    found = set()
    for period in periods:
        found |= {period.effective_from, period.effective_to}
        found |= set(_variant_starts(period.rates))
    return frozenset(moment for moment in found if moment is not None)


def clocks_of(periods: Iterable[PricePeriod]) -> frozenset[datetime.time]:
    """The times of day (UTC) at which one of these prices changes."""
    return frozenset(
        datetime.time.fromisoformat(entry[end])
        for period in periods
        for part in CASES
        for entry in period.rates.document.get(part) or ()
        for end in ("from", "to")
        if end in entry
    )


def _variant_starts(rates: Rates) -> Iterable[datetime.datetime]:
    for entry in rates.document.get("variants") or ():
        if entry.get("starts_on"):
            day = datetime.date.fromisoformat(entry["starts_on"])
            yield datetime.datetime.combine(day, datetime.time(), datetime.UTC)
