"""Budgets, held before a call and settled after it, from leases of this process."""

from __future__ import annotations

import asyncio
import datetime
import time
from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Protocol

from django.utils import timezone

from analytics.budget_rules import BudgetRule, Rulebook, Touched, in_order, model_limit
from modelhub.gateway.budgets.account import ZERO, Account, Refill
from modelhub.gateway.budgets.holds import Holds, LeasedHold
from modelhub.gateway.budgets.ledger import AWAY, Ledger
from modelhub.gateway.budgets.refusing import cannot_be_checked, exhausted, unpriced
from modelhub.gateway.guards import BudgetExhausted, Hold
from registry.resolution.plan import Candidate

LimitOf = Callable[[int, int], Decimal | None]
"""The monthly limit of an organisation for a model, by their ids."""


class Rules(Protocol):
    """Where the rules of this process come from."""

    current: Rulebook

    def start(self) -> None: ...

    def stop(self) -> None: ...


class LeasedBudgets:
    """The `Budgets` of a process; usable from every thread and event loop.

    While the database is away, leases are spent to their end, and then calls under a
    limit are refused: a limit that nobody can check is not one. A model without a
    known price is refused under a limit, as it would never reach it.
    """

    def __init__(
        self,
        limit_of: LimitOf,
        rules: Rules,
        now: Callable[[], datetime.datetime] = timezone.now,
    ) -> None:
        self._limit_of = limit_of
        self._rules = rules
        self._now = now
        self._ledger = Ledger(now)
        self._accounts: dict[tuple[int, int, int], Account] = {}

    async def start(self) -> None:
        await asyncio.to_thread(self._rules.start)

    async def close(self) -> None:
        with self._ledger.lock:
            self._accounts.clear()
        await asyncio.to_thread(self._ledger.stop)
        await asyncio.to_thread(self._rules.stop)

    def rules_for(self, touched: Touched) -> Sequence[BudgetRule]:
        found = self._rules.current.rules_for(touched)
        if touched.model_id is not None:
            limit = self._limit_of(touched.organization_id, touched.model_id)
            if limit is not None:
                found.append(
                    _limit_rule(touched.organization_id, touched.model_id, limit)
                )
        return in_order(found) if len(found) > 1 else found

    async def hold(
        self,
        rules: Sequence[BudgetRule],
        candidate: Candidate,
        estimate_usd: Decimal | None,
    ) -> Hold:
        """Nothing is locked while the next one is waited for, so that calls under the
        same budgets never wait for each other in a ring."""
        held: list[LeasedHold] = []
        try:
            for rule in rules:
                held.append(await self._hold(rule, candidate.model.id, estimate_usd))
        except BaseException:
            for one in held:
                one.settle(ZERO)
            raise
        return held[0] if len(held) == 1 else Holds(held)

    async def _hold(
        self, rule: BudgetRule, model_id: int, estimate_usd: Decimal | None
    ) -> LeasedHold:
        if rule.is_soft_for(model_id):
            return self._counted(rule, estimate_usd or ZERO)
        if estimate_usd is None:
            raise unpriced(rule)
        while True:
            with self._ledger.lock:
                account = self._account(rule)
                if self._begins(account, estimate_usd):
                    return LeasedHold(self.settled, account, estimate_usd)
                account.waiting_usd += estimate_usd
                answer = self._ledger.request(account, estimate_usd)
            try:
                refill = await asyncio.wrap_future(answer)
            except AWAY as error:
                raise cannot_be_checked(rule) from error
            finally:
                with self._ledger.lock:
                    account.waiting_usd -= estimate_usd
            if self._is_final(refill, estimate_usd):
                raise self._exhausted(account, refill, estimate_usd)

    def known_left(self, rule: BudgetRule) -> Decimal | None:
        """What is left in this window, from memory: as the last lease told. None where
        this process leased nothing of it, and for a budget that stops nobody."""
        with self._ledger.lock:
            account = self._accounts.get(rule.key)
            if account is None or not account.window.holds(self._now()):
                return None
            return account.known_left_usd

    def _counted(self, rule: BudgetRule, estimate_usd: Decimal) -> LeasedHold:
        """A call that the budget does not stop: it needs no lease."""
        with self._ledger.lock:
            account = self._account(rule)
            account.add_call(estimate_usd, time.monotonic())
        return LeasedHold(self.settled, account, estimate_usd)

    def settled(
        self, account: Account, estimate_usd: Decimal, cost_usd: Decimal
    ) -> None:
        with self._ledger.lock:
            account.end(estimate_usd, cost_usd, time.monotonic())
            if cost_usd:
                self._ledger.watch(account)

    def _account(self, rule: BudgetRule) -> Account:
        """The account of this window and this rule; another one ends."""
        now = self._now()
        account = self._accounts.get(rule.key)
        if account is not None:
            is_same = account.rule is rule or account.rule == rule
            if is_same and account.window.holds(now) and not account.is_retired:
                return account
            account.is_retired = True
        account = self._accounts[rule.key] = Account(rule, rule.window_at(now))
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
        self, account: Account, refill: Refill, estimate_usd: Decimal
    ) -> BudgetExhausted:
        return exhausted(
            account.rule, account.window, refill, estimate_usd, self._now()
        )


@lru_cache(maxsize=4096)
def _limit_rule(organization_id: int, model_id: int, limit_usd: Decimal) -> BudgetRule:
    """The same object every time, so that its account is found at once."""
    return model_limit(organization_id, model_id, limit_usd)
