"""The calls of one process that want one connection, first come, first served."""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Final

from modelhub.gateway.guards import LimitReached
from modelhub.gateway.limits.bucket import Rate, Taken
from modelhub.gateway.limits.lease import Lease
from modelhub.gateway.limits.store import LimitStore

MAX_WAITERS: Final = 200
REFUSAL_KEPT_S: Final = 0.25
"""So long a refusal speaks for calls like it, before the store is asked again."""
CREDIT_AFTER_S: Final = 0.2

Demand = Mapping[Rate, float]


@dataclass(slots=True, eq=False)
class Waiter:
    demand: Demand
    deadline_s: float
    turn: asyncio.Future[None]
    dues_s: dict[Rate, float] = field(default_factory=dict)
    timer: asyncio.TimerHandle | None = None

    @property
    def due_s(self) -> float:
        return max(self.dues_s.values())


@dataclass(frozen=True, slots=True)
class Refusal:
    """The store's last word: no room before `free_s` for a call of this demand."""

    demand: Demand
    free_s: float
    until_s: float
    rate: Rate

    def speaks_for(self, demand: Demand, now_s: float, deadline_s: float) -> bool:
        return (
            now_s < self.until_s
            and deadline_s < self.free_s
            and all(demand.get(rate, 0) >= need for rate, need in self.demand.items())
        )


class Line:
    """Belongs to one event loop. `asking` have not asked the store yet, `waiting` have
    reserved and know when their turn is."""

    def __init__(self, connection_id: int, store: LimitStore) -> None:
        self._connection_id = connection_id
        self._store = store
        self._loop = asyncio.get_running_loop()
        self._leases: defaultdict[str, Lease] = defaultdict(Lease)
        self._asking: deque[Waiter] = deque()
        self._waiting: list[Waiter] = []
        self._refusal: Refusal | None = None
        self._credits: dict[Rate, float] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._is_asked = False
        self._credit_timer: asyncio.TimerHandle | None = None

    async def enter(self, demand: Demand, patience_s: float) -> None:
        """Return when it is this call's turn. Raises LimitReached."""
        now_s = self._loop.time()
        for rate, need in demand.items():
            self._leases[rate.resource].note(need, now_s)
        if not self._asking and not self._waiting and self._spend(demand, now_s):
            return
        deadline_s = now_s + patience_s
        self._refuse_early(demand, now_s, deadline_s)
        waiter = Waiter(demand, deadline_s, self._loop.create_future())
        self._asking.append(waiter)
        if not self._is_asked:
            self._is_asked = True
            self._begin(self._ask_in_order())
        try:
            await waiter.turn
        except asyncio.CancelledError:
            self._leave(waiter)
            raise

    def load(self, limits: Mapping[str, int]) -> float:
        """The share of these limits per minute that was used of late; 1 while calls
        wait, or the store has just refused one."""
        now_s = self._loop.time()
        said = self._refusal
        if self._waiting or (said is not None and now_s < said.until_s):
            return 1.0
        shares = [
            self._leases[resource].of_late(now_s) / most
            for resource, most in limits.items()
            if resource in self._leases
        ]
        return max(shares, default=0.0)

    def credit(self, amounts: Demand) -> None:
        """Give back (or charge, where negative) in the background."""
        for rate, amount in amounts.items():
            self._credits[rate] = self._credits.get(rate, 0.0) + amount
        if self._credit_timer is None:
            self._credit_timer = self._loop.call_later(CREDIT_AFTER_S, self._pay_out)

    async def close(self) -> None:
        if self._credit_timer is not None:
            self._credit_timer.cancel()
            self._pay_out()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _spend(self, demand: Demand, now_s: float) -> bool:
        leases = [(self._leases[rate.resource], need) for rate, need in demand.items()]
        if any(lease.left(now_s) < need for lease, need in leases):
            return False
        for lease, need in leases:
            lease.spend(need)
        return True

    def _refuse_early(self, demand: Demand, now_s: float, deadline_s: float) -> None:
        said = self._refusal
        if said is not None and said.speaks_for(demand, now_s, deadline_s):
            raise refused(said.rate, said.free_s - now_s)
        if len(self._asking) + len(self._waiting) >= MAX_WAITERS:
            last_s = self._waiting[-1].due_s if self._waiting else now_s
            text = f"has {MAX_WAITERS} calls waiting at its connection already"
            raise LimitReached(text, max(0.0, last_s - now_s))

    async def _ask_in_order(self) -> None:
        try:
            while self._asking:
                await self._ask_for(self._asking[0])
        except BaseException as error:
            for waiter in self._asking:
                if not waiter.turn.done():
                    waiter.turn.set_exception(error)
            self._asking.clear()
            raise
        finally:
            self._is_asked = False

    async def _ask_for(self, waiter: Waiter) -> None:
        now_s = self._loop.time()
        if waiter.turn.done():
            self._asking.popleft()
            return
        if not self._waiting and self._spend(waiter.demand, now_s):
            self._asking.popleft()
            waiter.turn.set_result(None)
            return
        asks = [
            self._leases[rate.resource].ask(rate, need, now_s)
            for rate, need in waiter.demand.items()
        ]
        patience_s = max(0.0, waiter.deadline_s - now_s)
        taken = await self._store.take(self._connection_id, asks, patience_s)
        self._asking.popleft()
        now_s = self._loop.time()
        if taken.is_refused:
            self._refuse(waiter, taken, now_s)
            return
        for ask, extra in zip(asks, taken.extras, strict=True):
            lease = self._leases[ask.rate.resource]
            if taken.wait_s or ask.missing:
                lease.renew(extra, now_s)
            else:
                lease.spend(ask.whole)
        if waiter.turn.done():
            self.credit(waiter.demand)
        elif taken.wait_s:
            self._wait(waiter, taken, now_s)
        else:
            waiter.turn.set_result(None)

    def _refuse(self, waiter: Waiter, taken: Taken, now_s: float) -> None:
        pairs = zip(taken.waits_s, waiter.demand, strict=True)
        wait_s, rate = max(pairs, key=lambda pair: pair[0])
        self._refusal = Refusal(
            waiter.demand, now_s + wait_s, now_s + REFUSAL_KEPT_S, rate
        )
        if not waiter.turn.done():
            waiter.turn.set_exception(refused(rate, wait_s))

    def _wait(self, waiter: Waiter, taken: Taken, now_s: float) -> None:
        for rate, wait_s in zip(waiter.demand, taken.waits_s, strict=True):
            waiter.dues_s[rate] = now_s + wait_s
        self._waiting.append(waiter)
        self._set_timer(waiter)

    def _set_timer(self, waiter: Waiter) -> None:
        if waiter.timer is not None:
            waiter.timer.cancel()
        waiter.timer = self._loop.call_at(waiter.due_s, self._call_up, waiter)

    def _call_up(self, waiter: Waiter) -> None:
        self._waiting.remove(waiter)
        if waiter.turn.done():
            self.credit(waiter.demand)
        else:
            waiter.turn.set_result(None)

    def _leave(self, waiter: Waiter) -> None:
        """The call was cancelled. What it had reserved goes to those behind it: each
        of them is due earlier by what it would have taken."""
        if waiter in self._waiting:
            at = self._waiting.index(waiter)
            del self._waiting[at]
            if waiter.timer is not None:
                waiter.timer.cancel()
            for later in self._waiting[at:]:
                for rate, need in waiter.demand.items():
                    if rate in later.dues_s:
                        later.dues_s[rate] -= need / rate.per_second
                self._set_timer(later)
            self.credit(waiter.demand)
        elif not waiter.turn.cancelled() and waiter.turn.exception() is None:
            self.credit(waiter.demand)

    def _pay_out(self) -> None:
        self._credit_timer = None
        amounts, self._credits = self._credits, {}
        self._begin(self._store.credit(self._connection_id, amounts))

    def _begin(self, work: Coroutine[object, object, None]) -> None:
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def refused(rate: Rate, wait_s: float) -> LimitReached:
    text = (
        f"is at its connection's limit of {rate.per_minute:,} {rate.resource} a "
        f"minute; there is room in {wait_s:.1f} s"
    )
    return LimitReached(text, wait_s)
