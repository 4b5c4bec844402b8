"""What one call holds, of one budget or of several."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

from modelhub.gateway.budgets.account import Account

Settled = Callable[[Account, Decimal, Decimal], None]
"""Told of an account, the estimate and the cost of a call that is over."""


class LeasedHold:
    __slots__ = ("_account", "_estimate_usd", "_settled")

    def __init__(
        self, settled: Settled, account: Account, estimate_usd: Decimal
    ) -> None:
        self._settled = settled
        self._account: Account | None = account
        self._estimate_usd = estimate_usd

    def settle(self, cost_usd: Decimal | None) -> None:
        account, self._account = self._account, None
        if account is not None:
            cost = self._estimate_usd if cost_usd is None else cost_usd
            self._settled(account, self._estimate_usd, cost)


class Holds:
    """Of several budgets, settled together."""

    __slots__ = ("_held",)

    def __init__(self, held: Sequence[LeasedHold]) -> None:
        self._held = held

    def settle(self, cost_usd: Decimal | None) -> None:
        for one in self._held:
            one.settle(cost_usd)
