"""Budgets, held before a call and settled after it, from leases of this process."""

from __future__ import annotations

import asyncio
import datetime
import time
from collections.abc import Callable
from decimal import Decimal
from typing import Final

from django.utils import timezone

from analytics.models import BudgetScope
from analytics.months import Month
from analytics.services.budgets import BudgetKey
from modelhub.gateway.budgets.account import ZERO, Account, Refill
from modelhub.gateway.budgets.ledger import AWAY, Ledger
from modelhub.gateway.guards import NOTHING_HELD, BudgetExhausted, Hold
from registry.resolution.plan import Candidate

LimitOf = Callable[[int, int], Decimal | None]
"""The monthly limit of an organisation for a model, by their ids."""
AWAY_WAIT_S: Final = 2.0
CENT: Final = Decimal("0.01")


class LeasedHold:
    __slots__ = ("_account", "_budgets", "_estimate_usd")

    def __init__(
        self, budgets: LeasedBudgets, account: Account, estimate_usd: Decimal
    ) -> None:
        self._budgets = budgets
        self._account: Account | None = account
        self._estimate_usd = estimate_usd

    def settle(self, cost_usd: Decimal | None) -> None:
        account, self._account = self._account, None
        if account is not None:
            cost = self._estimate_usd if cost_usd is None else cost_usd
            self._budgets.settled(account, self._estimate_usd, cost)


class LeasedBudgets:
    """The `Budgets` of a process; usable from every thread and event loop.

    While the database is away, leases are spent to their end, and then calls under a
    limit are refused: a limit that nobody can check is not one. A model without a
    known price is refused under a limit, as it would never reach it.
    """

    def __init__(
        self,
        limit_of: LimitOf,
        now: Callable[[], datetime.datetime] = timezone.now,
    ) -> None:
        self._limit_of = limit_of
        self._now = now
        self._ledger = Ledger(now)
        self._accounts: dict[BudgetKey, Account] = {}

    async def start(self) -> None:
        """Nothing to do: the first call under a limit begins."""

    async def close(self) -> None:
        with self._ledger.lock:
            self._accounts.clear()
        await asyncio.to_thread(self._ledger.stop)

    async def hold(
        self,
        organization_id: int,
        candidate: Candidate,
        estimate_usd: Decimal | None,
    ) -> Hold:
        limit = self._limit_of(organization_id, candidate.model.id)
        if limit is None:
            return NOTHING_HELD
        if estimate_usd is None:
            raise BudgetExhausted(
                f"has a monthly limit of ${limit:,.2f} that cannot be kept: its "
                "price is not known; enter a price, or take the limit away"
            )
        key = BudgetKey(organization_id, BudgetScope.MODEL.value, candidate.model.id)
        while True:
            with self._ledger.lock:
                account = self._account(key, limit)
                if self._begins(account, estimate_usd):
                    return LeasedHold(self, account, estimate_usd)
                account.waiting_usd += estimate_usd
                answer = self._ledger.request(account, estimate_usd)
            try:
                refill = await asyncio.wrap_future(answer)
            except AWAY as error:
                text = (
                    f"has a monthly limit of ${limit:,.2f} that cannot be checked now"
                )
                raise BudgetExhausted(text, AWAY_WAIT_S) from error
            finally:
                with self._ledger.lock:
                    account.waiting_usd -= estimate_usd
            if self._is_final(refill, estimate_usd):
                raise self._exhausted(limit, refill.left_usd, estimate_usd)

    def settled(
        self, account: Account, estimate_usd: Decimal, cost_usd: Decimal
    ) -> None:
        with self._ledger.lock:
            account.end(estimate_usd, cost_usd, time.monotonic())
            if cost_usd:
                self._ledger.watch(account)

    def _account(self, key: BudgetKey, limit_usd: Decimal) -> Account:
        """The account of this month and this limit; another one ends."""
        month = Month.of(self._now())
        account = self._accounts.get(key)
        if account is not None:
            is_same = account.month == month and account.limit_usd == limit_usd
            if is_same and not account.is_retired:
                return account
            account.is_retired = True
        account = self._accounts[key] = Account(key, month, limit_usd)
        return account

    @staticmethod
    def _begins(account: Account, estimate_usd: Decimal) -> bool:
        """A free call is never refused, and asks nobody."""
        now_s = time.monotonic()
        if estimate_usd <= ZERO:
            account.add_call(estimate_usd, now_s)
            return True
        return account.begin(estimate_usd, now_s)

    @staticmethod
    def _is_final(refill: Refill, estimate_usd: Decimal) -> bool:
        """Whether the refusal holds for this call too: it may need less than the call
        that asked."""
        is_refused = not refill.is_granted and not refill.is_lost
        return is_refused and refill.left_usd < estimate_usd

    def _exhausted(
        self, limit: Decimal, left: Decimal, estimate: Decimal
    ) -> BudgetExhausted:
        now = self._now()
        opens = Month.of(now).end
        state = "used up"
        if left >= CENT:
            state = f"all but ${left:,.2f} used up, and may cost ${estimate:,.4f}"
        text = f"has its monthly limit of ${limit:,.2f} {state}; it opens {opens:%d %b}"
        return BudgetExhausted(text, (opens - now).total_seconds())
