"""What use is worth against what it costs. Pure, exact.

Value is counted for each request that was answered well. A cost is known or it is not:
where calls are unpriced the return is an upper bound, and says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal, localcontext

from analytics.sums import Sums
from registry.pricing import EXACT, ZERO


@dataclass(frozen=True)
class Return:
    """`value_each_usd` is of one answered request; None: nobody has said."""

    sums: Sums
    value_each_usd: Decimal | None

    @property
    def answered(self) -> int:
        return self.sums.answered

    @property
    def cost_usd(self) -> Decimal:
        return self.sums.cost_usd

    @property
    def is_partly_priced(self) -> bool:
        """Some calls have no price: it costs more than this."""
        return self.sums.unpriced_calls > 0

    @property
    def is_unpriced(self) -> bool:
        """No call has a price: what it costs is not known."""
        return 0 < self.sums.calls == self.sums.unpriced_calls

    @property
    def value_usd(self) -> Decimal | None:
        if self.value_each_usd is None:
            return None
        with localcontext(EXACT):
            return self.value_each_usd * self.answered

    @property
    def gain_usd(self) -> Decimal | None:
        """Value less cost; None where either is not known."""
        if self.value_usd is None or self.is_unpriced:
            return None
        with localcontext(EXACT):
            return self.value_usd - self.cost_usd

    @property
    def percent(self) -> Decimal | None:
        """Return on investment: gain over cost. None where nothing was paid."""
        if self.gain_usd is None or not self.cost_usd:
            return None
        return 100 * self.gain_usd / self.cost_usd

    @property
    def break_even_value_usd(self) -> Decimal | None:
        """What an answered request must be worth for the use to pay."""
        if not self.answered or self.is_unpriced:
            return None
        return self.cost_usd / self.answered

    @property
    def cost_per_request_usd(self) -> Decimal | None:
        return self.sums.cost_per_request_usd

    @property
    def break_even_cost_usd(self) -> Decimal | None:
        """What a request may cost at most for the use to pay, at the success rate that
        was measured."""
        if self.value_usd is None or not self.sums.requests:
            return None
        return self.value_usd / self.sums.requests

    def break_even_requests(self, fixed_usd: Decimal) -> int | None:
        """How many requests pay for a fixed cost of the same time. None where a
        request costs as much as it brings, or that is not known."""
        if self.gain_usd is None or not self.sums.requests or self.gain_usd <= 0:
            return None
        with localcontext(EXACT):
            needed = fixed_usd * self.sums.requests / self.gain_usd
            return int(needed.to_integral_value(ROUND_CEILING))


@dataclass(frozen=True)
class ReturnTotal:
    """Of features with a value. `unvalued_usd` is what the others cost."""

    value_usd: Decimal
    cost_usd: Decimal
    unvalued_usd: Decimal
    is_partly_priced: bool

    @property
    def gain_usd(self) -> Decimal:
        with localcontext(EXACT):
            return self.value_usd - self.cost_usd

    @property
    def percent(self) -> Decimal | None:
        return 100 * self.gain_usd / self.cost_usd if self.cost_usd else None


def total_of(returns: list[Return]) -> ReturnTotal:
    valued = [one for one in returns if one.value_each_usd is not None]
    others = [one for one in returns if one.value_each_usd is None]
    with localcontext(EXACT):
        return ReturnTotal(
            sum((one.value_usd or ZERO for one in valued), ZERO),
            sum((one.cost_usd for one in valued), ZERO),
            sum((one.cost_usd for one in others), ZERO),
            any(one.is_partly_priced for one in valued),
        )
