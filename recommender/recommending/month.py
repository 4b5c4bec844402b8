"""A month of a feature's traffic, before and after, and what a change saves. Pure.

The sum is that of a what-if: every call of the last days priced anew. The interval
around a saving has two sources: days differ, and another provider's model counts the
same text in other tokens (`TOKENS_OF_TEXT`), of which nothing is known before it runs.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Final

MONTH_DAYS: Final = 30
FEWEST_DAYS: Final = 3
"""Fewer days with traffic tell nothing of a month."""
TOKENS_OF_TEXT: Final = {
    "openai": (1.0, 1.0),
    "google": (1.0, 1.1),
    "anthropic": (1.15, 1.5),
}
"""Tokens of the same text beside GPT's, least and most (docs/what-if.md)."""
ANY_TOKENS: Final = (0.9, 1.5)


@dataclass(frozen=True)
class Traffic:
    """The last `MONTH_DAYS` days of one feature. `daily_usd` is the recorded cost of
    each day from its first call on, days without a call included; `called_days` are
    those with a call."""

    requests: int = 0
    daily_usd: tuple[float, ...] = ()
    called_days: int = 0

    @property
    def days(self) -> int:
        return len(self.daily_usd)

    @property
    def is_enough(self) -> bool:
        return self.requests > 0 and self.called_days >= FEWEST_DAYS

    @property
    def month_factor(self) -> Decimal:
        """What makes a month of the days that there are."""
        return Decimal(MONTH_DAYS) / min(max(self.days, 1), MONTH_DAYS)

    @property
    def spread(self) -> float:
        """The 95 % half-width of a month's cost as a share of it, from the differences
        of its days; 1 where there are too few to tell."""
        # The first day and today are not whole.
        days = self.daily_usd[1:-1] if self.days > FEWEST_DAYS + 2 else self.daily_usd
        mean = math.fsum(days) / len(days) if days else 0.0
        if len(days) < FEWEST_DAYS or mean <= 0:
            return 1.0
        error = statistics.stdev(days) / math.sqrt(len(days))
        return min(1.0, t_95(len(days) - 1) * error / mean)


@dataclass(frozen=True)
class MonthCost:
    """One model for one feature's traffic. `usd` is a month, None where the price of
    some calls is not known; `unfit_share` of the requests are too long for it."""

    usd: Decimal | None
    unfit_share: float = 0.0


@dataclass(frozen=True)
class Saving:
    """Dollars a month with a 95 % interval; negative where it costs more."""

    usd: Decimal
    low_usd: Decimal
    high_usd: Decimal

    @property
    def is_sure(self) -> bool:
        """Whether the whole interval saves."""
        return self.low_usd > 0


def saving(
    before: Decimal | None,
    after: Decimal | None,
    traffic: Traffic,
    providers: tuple[str, str],
) -> Saving | None:
    """From `before` to `after` a month. `providers` are the slugs of both models. None
    where either cost is not known."""
    if before is None or after is None:
        return None
    least, most = token_factors(*providers)
    spread = Decimal(str(round(traffic.spread, 6)))
    low = _stretched(before - after * Decimal(str(most)), spread, -1)
    high = _stretched(before - after * Decimal(str(least)), spread, 1)
    change = before - after
    return Saving(change, min(low, change), max(high, change))


def token_factors(before: str, after: str) -> tuple[float, float]:
    """By how much the tokens of the same text may change, least and most. Models of
    one provider count alike as far as is known."""
    if before == after:
        return 1.0, 1.0
    low_before, high_before = TOKENS_OF_TEXT.get(before, ANY_TOKENS)
    low_after, high_after = TOKENS_OF_TEXT.get(after, ANY_TOKENS)
    return low_after / high_before, high_after / low_before


def _stretched(end: Decimal, spread: Decimal, sign: int) -> Decimal:
    """An end of the interval, further out by the spread of days."""
    return end + sign * abs(end) * spread


def traffic_of(costs: Sequence[float], requests: Sequence[int]) -> Traffic:
    """From the cost and the requests of each day, those before the first call too."""
    first = next((day for day, one in enumerate(requests) if one), len(requests))
    return Traffic(
        sum(requests), tuple(costs[first:]), sum(one > 0 for one in requests)
    )


@cache
def t_95(freedom: int) -> float:
    """Half-width of the 95 % interval of a mean in standard errors, where the spread
    is itself guessed from `freedom` + 1 values (Student's t)."""
    from scipy.special import stdtrit  # not with every page

    return float(stdtrit(freedom, 0.975))
