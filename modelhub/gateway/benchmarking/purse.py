"""The limit of a run: what is spent, and what calls under way may still cost. Of one
event loop."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

ZERO = Decimal(0)


@dataclass
class Purse:
    """`limit_usd` None: none. `refused_usd` is what the last call that found no room
    may cost; calls under way may leave enough for it."""

    limit_usd: Decimal | None = None
    spent_usd: Decimal = ZERO
    held_usd: Decimal = ZERO
    refused_usd: Decimal | None = None
    is_unpriced: bool = False
    dearest_usd: dict[int, Decimal] = field(default_factory=dict)

    def hold(self, contender_id: int, estimate_usd: Decimal | None) -> Decimal | None:
        """What is held of the limit for a call; None where there is no room. A model
        whose answers cost more than estimated is held dearer from then on."""
        if self.limit_usd is None:
            return ZERO
        if estimate_usd is None:
            self.is_unpriced = True
            return None
        usd = max(estimate_usd, self.dearest_usd.get(contender_id, ZERO))
        if self.spent_usd + self.held_usd + usd > self.limit_usd:
            self.refused_usd = usd
            return None
        self.held_usd += usd
        return usd

    def settle(self, contender_id: int, held_usd: Decimal, usd: Decimal) -> None:
        self.held_usd -= held_usd
        self.spent_usd += usd
        if usd > self.dearest_usd.get(contender_id, ZERO):
            self.dearest_usd[contender_id] = usd

    @property
    def is_shut(self) -> bool:
        """Whether a call was refused that would find no room now either."""
        if self.limit_usd is None:
            return False
        if self.is_unpriced:
            return True
        needed = self.refused_usd
        return (
            needed is not None
            and self.spent_usd + self.held_usd + needed > self.limit_usd
        )

    @property
    def reason(self) -> str:
        """Why the run pauses, and what to change."""
        if self.is_unpriced:
            return (
                "The limit cannot be kept: a price is not known any more. Enter it, "
                "then resume."
            )
        return (
            f"The limit of ${self.limit_usd:,.2f} is reached: ${self.spent_usd:,.4f} "
            f"is spent and the next answer may cost ${self.refused_usd or ZERO:,.4f}. "
            "Resume with a higher limit to go on."
        )
