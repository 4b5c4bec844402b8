"""The cost of one call and how it is known. Pure; never raises on odd usage, because
an answer that was given must be recorded."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from registry.cost import Cost, CostLine, CostState
from registry.pricing import cost_of
from registry.resolution.entries import PricePeriod
from registry.usage import Usage

BYTES_PER_TOKEN: Final = 4
REPORTED: Final = "reported"
NO_USAGE: Final = "The provider reported no usage."
USAGE_ESTIMATED: Final = "Usage is estimated from what was sent."
ODD_REPORT: Final = "The provider reported a cost that is none."


def cost_of_call(
    usage: Usage | None,
    price: PricePeriod | None,
    at: datetime.datetime,
    *,
    is_estimated: bool = False,
    context: Mapping[str, str] | None = None,
    reported_usd: Decimal | None = None,
) -> tuple[Cost, int | None]:
    """The cost of `usage` at `price` at the aware moment `at`, and the id of the price
    row that it came from (None where it came from none).

    `reported_usd` is what the provider says it charged, and wins. `is_estimated` marks
    usage that nobody reported (`estimate_usage`). `context` holds conditions of the
    request, e.g. {"service_tier": "flex"}.
    """
    notes: tuple[str, ...] = ()
    if reported_usd is not None:
        if reported_usd.is_finite() and reported_usd >= 0:
            return _reported(reported_usd), None
        notes = (ODD_REPORT,)
    if usage is None:
        return Cost(CostState.UNPRICED, None, notes=(*notes, NO_USAGE)), None
    try:
        cost = cost_of(usage, price.rates if price else None, at, context)
    except ValueError as error:
        return Cost(CostState.UNPRICED, None, notes=(*notes, str(error))), None
    for note in (*notes, *((USAGE_ESTIMATED,) if is_estimated else ())):
        cost = cost.doubted(note)
    return cost, price.price_id if price and cost.total_usd is not None else None


def estimate_usage(input_tokens: int, sent_text: str) -> Usage:
    """What a call used that was cut before its usage came: the estimated input, and a
    token for every four bytes that were sent on."""
    written = len(sent_text.encode("utf-8", "replace"))
    return Usage(
        input_tokens=max(input_tokens, 0),
        output_tokens=-(-written // BYTES_PER_TOKEN),
    )


def _reported(usd: Decimal) -> Cost:
    line = CostLine(REPORTED, Decimal(1), usd, usd)
    return Cost(CostState.REPORTED, usd, (line,))
