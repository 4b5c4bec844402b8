"""Accounts of a process and their rows in the database: refilled, told, given back.
Everything here but `request` runs in the clerk's thread."""

from __future__ import annotations

import datetime
import logging
import os
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from decimal import Decimal

from django.db import DatabaseError, InterfaceError

from analytics.budget_rules import SWITCH
from analytics.budget_windows import INSTANT
from analytics.services.budget_actions import switch_if_used_up
from analytics.services.budget_windows import open_budget
from analytics.services.budgets import lease, settle
from modelhub.gateway.budgets.account import Account, Refill
from modelhub.gateway.budgets.clerk import Clerk

AWAY = (DatabaseError, InterfaceError)

logger = logging.getLogger(__name__)


class Ledger:
    """`lock` guards every account; it is never held while the database is asked."""

    def __init__(self, now: Callable[[], datetime.datetime]) -> None:
        self.lock = threading.Lock()
        self._now = now
        self._clerk = Clerk(self.tell_all)
        self._accounts: set[Account] = set()
        self._is_away = False
        self._process = f"{socket.gethostname()[:50]}:{os.getpid()}"

    def request(self, account: Account, estimate_usd: Decimal) -> Future[Refill]:
        """Ask for what a call lacks; called with `lock` held. One question at a time
        for each account."""
        if account.refill is None:
            self._accounts.add(account)
            answer: Future[Refill] = Future()
            # Many wait for it: one that leaves must not take it from the others.
            answer.set_running_or_notify_cancel()
            account.refill = answer
            self._clerk.do(lambda: self._refill(account, estimate_usd, answer))
        return account.refill

    def watch(self, account: Account) -> None:
        """Tell the database of it from now on; called with `lock` held."""
        if account not in self._accounts:
            self._accounts.add(account)
            self._clerk.do(self.tell_all)

    def stop(self) -> None:
        """Tell everything and give every lease back that nobody uses."""
        with self.lock:
            accounts = list(self._accounts)
            for account in accounts:
                account.is_retired = True
        if accounts:
            self._clerk.do(self.tell_all)
        self._clerk.stop()

    def tell_all(self) -> None:
        with self.lock:
            accounts = list(self._accounts)
        for account in accounts:
            try:
                self._tell(account)
            except AWAY as error:
                self._note(error)
                return
            self._is_away = False

    def _refill(
        self, account: Account, estimate_usd: Decimal, answer: Future[Refill]
    ) -> None:
        try:
            refill = self._lease(account, estimate_usd)
        except AWAY as error:
            self._note(error)
            self._answer(account, answer, error)
        except BaseException as error:
            self._answer(account, answer, error)
            raise
        else:
            self._answer(account, answer, refill)

    def _answer(
        self, account: Account, answer: Future[Refill], said: Refill | BaseException
    ) -> None:
        with self.lock:
            account.refill = None
        if isinstance(said, Refill):
            answer.set_result(said)
        else:
            answer.set_exception(said)

    def _lease(self, account: Account, estimate_usd: Decimal) -> Refill:
        asked_s, at = time.monotonic(), self._now()
        self._open(account)
        with self.lock:
            need = account.missing_usd(estimate_usd)
            want = account.missing_usd(max(estimate_usd, account.waiting_usd))
        assert account.budget_id is not None  # noqa: S101  # for mypy
        result = lease(
            budget_id=account.budget_id,
            hold_id=account.hold_id,
            process=self._process,
            need_usd=need,
            want_usd=want,
            at=at,
        )
        with self.lock:
            if result.is_lost:
                account.is_retired = True
            elif result.is_granted:
                account.leased_usd = result.amount_usd
                account.renewed_s = asked_s
            if not result.is_lost:
                account.beside_usd = result.left_usd
            room = result.left_usd + max(account.free_usd, Decimal(0))
            untold = account.spent_usd - account.stored_usd
        return Refill(
            result.is_granted, room, result.is_lost, result.unspent_usd - untold
        )

    def _open(self, account: Account) -> None:
        if account.budget_id is None:
            # The window that the call began in, whatever the time is now.
            starts_at, ends_at = account.window.starts_at, account.window.ends_at
            at = max(starts_at, self._now())
            if ends_at is not None and at >= ends_at:
                at = ends_at - INSTANT
            account.budget_id = open_budget(rule=account.rule, at=at).pk

    def _tell(self, account: Account) -> None:
        now_s = time.monotonic()
        with self.lock:
            is_last, spent = account.is_done(now_s), account.spent_usd
            is_due = is_last or account.is_to_be_told(now_s)
            if is_last:
                account.is_retired = True
                self._accounts.discard(account)
        if not is_due:
            return
        try:
            was_open = self._settle(account, spent, is_last=is_last)
        except AWAY:
            with self.lock:
                self._accounts.add(account)
            raise
        with self.lock:
            account.stored_usd = spent
            account.renewed_s = now_s
            account.is_retired = account.is_retired or not was_open

    def _settle(self, account: Account, spent: Decimal, *, is_last: bool) -> bool:
        if account.budget_id is None and not spent:
            return True
        self._open(account)
        assert account.budget_id is not None  # noqa: S101  # for mypy
        was_open = settle(
            budget_id=account.budget_id,
            hold_id=account.hold_id,
            process=self._process,
            spent_usd=spent,
            at=self._now(),
            is_last=is_last,
        )
        if account.rule.on_limit == SWITCH:
            switch_if_used_up(account.budget_id, self._now())
        return was_open

    def _note(self, error: Exception) -> None:
        if not self._is_away:
            self._is_away = True
            words = " ".join(str(error).split())
            logger.error("Budgets cannot be reached: %s", words)
