"""A cost: how it is known, its total, and the lines that add up to it."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import Final

import msgspec
from msgspec.structs import replace

from registry.price_units import STRICT, Quantity

ZERO: Final = Decimal(0)


class CostState(StrEnum):
    """How a cost is known. Unknown is not zero: an unpriced cost has no total."""

    REPORTED = "reported"
    COMPUTED = "computed"
    ESTIMATED = "estimated"
    UNPRICED = "unpriced"


class CostLine(msgspec.Struct, frozen=True):
    """One part of a cost: `quantity` of what `price_key` prices cost `usd`, at
    `rate_usd` for every `per` of them."""

    price_key: str
    quantity: Decimal
    usd: Decimal
    rate_usd: Decimal = ZERO
    per: int = 1


class Cost(msgspec.Struct, frozen=True):
    """What was asked for costs this much. `total_usd` is None exactly when the state
    is unpriced; otherwise `lines` add up to it. `missing` names the counts that the
    price has no rate for: they are not in the sum, and the state says so."""

    state: CostState
    total_usd: Decimal | None
    lines: tuple[CostLine, ...] = ()
    notes: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()

    def times(self, number: Quantity) -> Cost:
        """The cost of the same thing `number` times, to the last digit.

        Raises ValueError for a number that is negative or not finite."""
        factor = Decimal(number)
        if not factor.is_finite() or factor < 0:
            raise ValueError("A cost can be taken a number of times from 0 upwards.")
        if self.total_usd is None:
            return self
        lines = tuple(
            replace(
                line,
                quantity=STRICT.multiply(line.quantity, factor),
                usd=STRICT.multiply(line.usd, factor),
            )
            for line in self.lines
        )
        return replace(
            self, total_usd=STRICT.multiply(self.total_usd, factor), lines=lines
        )

    def lacking(self, name: str, note: str) -> Cost:
        """The same cost, known not to hold `name`: an estimate, or no cost at all
        where nothing else is in it."""
        notes, missing = (*self.notes, note), (*self.missing, name)
        if self.total_usd is None or not self.lines:
            return Cost(CostState.UNPRICED, None, (), notes, missing)
        return replace(self, state=CostState.ESTIMATED, notes=notes, missing=missing)

    def doubted(self, note: str) -> Cost:
        """The same cost as an estimate, with the reason."""
        if self.total_usd is None:
            return replace(self, notes=(*self.notes, note))
        return replace(self, state=CostState.ESTIMATED, notes=(*self.notes, note))


def scale(cost: Cost, times: Quantity) -> Cost:
    """`cost`, `times` over; see `Cost.times`."""
    return cost.times(times)
