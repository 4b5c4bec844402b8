"""What stands between a plan and a call: limits, circuit breakers, budgets. The engine
knows them by these contracts; each lives in a folder of its own."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from decimal import Decimal
from typing import Final, Protocol

from analytics.budget_rules import BudgetRule, Touched
from registry.providers.errors import ModelCallError
from registry.resolution.entries import ConnectionEntry
from registry.resolution.plan import Candidate


class LimitReached(Exception):
    """A connection's limit leaves no room before `wait_s` seconds have passed. The
    message reads on after the model's name, as do all reasons here."""

    def __init__(self, message: str, wait_s: float) -> None:
        super().__init__(message)
        self.message = message
        self.wait_s = wait_s


class Permit(Protocol):
    """Room for one call. Settling it twice does nothing."""

    def settle(self, used_tokens: int | None) -> None:
        """Tell what was really used (None: not known; the estimate stays)."""


class RateLimits(Protocol):
    async def acquire(
        self, connection: ConnectionEntry, tokens: int, patience_s: float
    ) -> Permit:
        """Room for one request of about `tokens` tokens. Waits in line up to
        `patience_s`, and no longer than the line is bounded; raises LimitReached. A
        connection without limits never waits and asks nobody."""


class Breakers(Protocol):
    """Circuit breakers per connection and model. The state is shared by all processes
    and known in memory; `admit` therefore asks nobody while the circuit is closed.
    Each attempt comes with a Candidate object of its own, by which a probe is known."""

    async def admit(self, candidate: Candidate) -> str:
        """Empty if the candidate may be called now (also as the one probe of a
        half-open circuit), else why not; it reads on after the model's name: "has an
        open circuit until 12:31:05 UTC"."""

    def succeeded(self, candidate: Candidate) -> None:
        """Synchronous and quick; what must be shared goes out in the background."""

    def failed(self, candidate: Candidate, error: ModelCallError) -> None:
        """Counts only errors with `trips_breaker`; others end a probe without
        a verdict."""

    def released(self, candidate: Candidate) -> None:
        """The call ended without a verdict (the client left)."""


class BudgetExhausted(Exception):
    """No budget is left for this call; `message` says which and when it opens.
    `code`: `budget` where it is spent, `budget_held` where calls under way hold what is
    left, `budget_away` where nobody can tell now. `instead_model_id` is asked in place
    of the candidate, where the budget names a cheaper model."""

    def __init__(
        self,
        message: str,
        wait_s: float | None = None,
        *,
        code: str = "budget",
        opens_at: datetime.datetime | None = None,
        instead_model_id: int | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.wait_s = wait_s
        self.code = code
        self.opens_at = opens_at
        self.instead_model_id = instead_model_id


class Hold(Protocol):
    def settle(self, cost_usd: Decimal | None) -> None:
        """Idempotent. None: not known, the estimate counts."""


class NoHold:
    """The hold of a call that nothing limits."""

    def settle(self, cost_usd: Decimal | None) -> None:
        """Nothing was held."""


NOTHING_HELD: Final = NoHold()


class Budgets(Protocol):
    def rules_for(self, touched: Touched) -> Sequence[BudgetRule]:
        """The budgets that a call falls under, in the order in which they are held;
        from memory. Usually none."""

    async def hold(
        self,
        rules: Sequence[BudgetRule],
        candidate: Candidate,
        estimate_usd: Decimal | None,
    ) -> Hold:
        """Hold of all of them, or of none: raises BudgetExhausted. An estimate of 0 (a
        free model) is never refused; None is a model without a known price."""
