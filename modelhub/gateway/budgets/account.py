"""What one process may spend of one budget, and what it has spent of that. Pure."""

from __future__ import annotations

import uuid
from concurrent.futures import Future
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from analytics.budget_rules import BudgetRule
from analytics.budget_windows import Window

ZERO: Final = Decimal(0)
SAFE_S: Final = 45.0
"""So long after it was renewed a lease of 60 s is spent from."""
RENEW_S: Final = 20.0
IDLE_S: Final = 10.0


@dataclass(frozen=True, slots=True)
class Refill:
    """What came of asking for more. Where it was refused: `left_usd` is what there is
    at most, `unspent_usd` what there would be if all that is held came back; `is_lost`
    says that the lease was taken back and a new one is needed."""

    is_granted: bool
    left_usd: Decimal = ZERO
    is_lost: bool = False
    unspent_usd: Decimal = ZERO


@dataclass(eq=False, slots=True)
class Account:
    """A lease of one window of a budget. `leased_usd` is what it may spend in all."""

    rule: BudgetRule
    window: Window
    hold_id: uuid.UUID = field(default_factory=uuid.uuid4)
    budget_id: int | None = None
    leased_usd: Decimal = ZERO
    spent_usd: Decimal = ZERO
    stored_usd: Decimal = ZERO
    in_flight_usd: Decimal = ZERO
    open_calls: int = 0
    waiting_usd: Decimal = ZERO
    renewed_s: float = 0.0
    used_s: float = 0.0
    beside_usd: Decimal | None = None
    """What the budget had beside this lease when it was last asked; None: never."""
    refill: Future[Refill] | None = None
    is_retired: bool = False

    @property
    def free_usd(self) -> Decimal:
        return self.leased_usd - self.spent_usd - self.in_flight_usd

    @property
    def known_left_usd(self) -> Decimal | None:
        """What is left of the budget as far as this process knows."""
        if self.beside_usd is None:
            return None
        return max(ZERO, self.beside_usd + max(ZERO, self.free_usd))

    def is_safe(self, now_s: float) -> bool:
        return now_s - self.renewed_s < SAFE_S

    def begin(self, estimate_usd: Decimal, now_s: float) -> bool:
        """Whether the call may start on what is leased."""
        if self.free_usd < estimate_usd or not self.is_safe(now_s):
            return False
        self.add_call(estimate_usd, now_s)
        return True

    def add_call(self, estimate_usd: Decimal, now_s: float) -> None:
        self.in_flight_usd += estimate_usd
        self.open_calls += 1
        self.used_s = now_s

    def end(self, estimate_usd: Decimal, cost_usd: Decimal, now_s: float) -> None:
        self.in_flight_usd -= estimate_usd
        self.open_calls -= 1
        self.spent_usd += cost_usd
        self.used_s = now_s

    def missing_usd(self, estimate_usd: Decimal) -> Decimal:
        """What has to be leased for the call: also what others cost too much."""
        return max(ZERO, estimate_usd - self.free_usd)

    def is_done(self, now_s: float) -> bool:
        """Whether the lease can be given back."""
        if self.open_calls or self.refill is not None:
            return False
        return self.is_retired or now_s - self.used_s > IDLE_S

    def is_to_be_told(self, now_s: float) -> bool:
        """Whether the database should hear of it: of spending, and that it lives."""
        is_old = now_s - self.renewed_s > RENEW_S
        return self.spent_usd != self.stored_usd or (is_old and self.leased_usd > 0)
