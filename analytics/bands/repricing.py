"""What bands of calls cost at a price: to the cent what the calls cost one by one.
Pure.

Every rate of `registry.pricing` is per unit, but for three things: a tier is chosen by
the input of the call (a band lies within one), a price per request is counted by the
call, and short audio may be billed as longer (such calls are in bands of their own).
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import Any, Final

from analytics.bands.band import ZERO, Band, side_of
from analytics.token_counts import COLUMNS
from registry.pricing import EXACT, MINIMUM_AUDIO_SECONDS, cost_of
from registry.rates import Rates
from registry.usage import Usage

NO_TOKENS: Final = "The calls told of no tokens."


@dataclass(frozen=True)
class BandCost:
    """`usd` is None where nothing is known; `notes` says why, or what it lacks."""

    usd: Decimal | None
    notes: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


def price_band(band: Band, rates: Rates | None, at: datetime.datetime) -> BandCost:
    """All calls of `band` at the price `rates` at the moment `at` (aware). Raises
    CutBandError where a tier begins within the band."""
    if not band.is_counted:
        # A refused call is not billed: nothing is to be known of it.
        known = band.failed_calls == band.calls
        return BandCost(ZERO) if known else BandCost(None, (NO_TOKENS,))
    if rates is None:
        return BandCost(None, cost_of(Usage(), None, at).notes)
    side_of(band, rates.thresholds)
    flat = rates.for_input(band.max_input_tokens)
    try:
        cost = cost_of(_usage(band, rates), flat, at)
    except ValueError as error:
        return BandCost(None, (str(error),))
    if cost.total_usd is None:
        return BandCost(None, cost.notes, cost.missing)
    if not rates.bills_requests:
        return BandCost(cost.total_usd, cost.notes, cost.missing)
    # One call's price per request is in it already.
    others = cost_of(Usage(requests=band.calls - 1), flat, at)
    with localcontext(EXACT):
        total = cost.total_usd + (others.total_usd or ZERO)
    return BandCost(total, cost.notes, cost.missing)


def _usage(band: Band, rates: Rates) -> Usage:
    counts: dict[str, Any] = {name: getattr(band, name) for name in COLUMNS}
    counts |= band.other_counts
    least = MINIMUM_AUDIO_SECONDS.get(rates.matched)
    if band.is_short_audio and least:
        counts |= _audio_seconds(band.other_counts, least * band.calls)
    return Usage(**counts, is_batch=band.is_batch)


def _audio_seconds(told: Mapping[str, Decimal], billed: int) -> dict[str, int]:
    if not (told.get("audio_seconds") or told.get("input_audio_seconds")):
        return {}
    return {"audio_seconds": billed, "input_audio_seconds": billed}
