"""What a call may cost, before it is made. Requests of about the same size share one
computation: an exact one would take longer than everything else before the call."""

from __future__ import annotations

import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Final

from registry.pricing import cost_of
from registry.rates import Rates
from registry.usage import Usage

STEP_TOKENS: Final = 64
"""Input counts as the next multiple of this, so that an estimate is rather too high."""


def estimate_usd(
    rates: Rates | None, input_tokens: int, output_tokens: int, at: datetime.datetime
) -> Decimal | None:
    """Dollars; None where the model has no price. A price of the day changes with the
    hour."""
    if rates is None:
        return None
    steps = -(-input_tokens // STEP_TOKENS)
    hour = at.replace(minute=0, second=0, microsecond=0)
    return _computed(_Same(rates), steps * STEP_TOKENS, output_tokens, hour)


class _Same:
    """One object as a key: the same prices as another object are not looked for."""

    __slots__ = ("rates",)

    def __init__(self, rates: Rates) -> None:
        self.rates = rates

    def __hash__(self) -> int:
        return id(self.rates)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.rates is self.rates


@lru_cache(maxsize=4096)
def _computed(
    same: _Same, input_tokens: int, output_tokens: int, hour: datetime.datetime
) -> Decimal | None:
    usage = Usage(input_tokens=input_tokens, output_tokens=output_tokens)
    return cost_of(usage, same.rates, hour).total_usd
