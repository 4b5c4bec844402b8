"""Rate limits of connections, one line per connection and event loop."""

from __future__ import annotations

import asyncio
import weakref
from collections.abc import Callable

from modelhub.gateway.guards import Permit
from modelhub.gateway.limits.bucket import Rate
from modelhub.gateway.limits.degrading_store import DegradingStore
from modelhub.gateway.limits.line import Line
from modelhub.gateway.limits.store import LimitStore
from registry.resolution.entries import ConnectionEntry


class NoLimit:
    """The permit of a connection without limits."""

    def settle(self, used_tokens: int | None) -> None:
        """Nothing was counted."""


class Counted:
    """A permit that was counted. What was really used is charged when it is known."""

    __slots__ = ("_line", "_rate", "_tokens")

    def __init__(self, line: Line, rate: Rate | None, tokens: int) -> None:
        self._line = line
        self._rate = rate
        self._tokens = tokens

    def settle(self, used_tokens: int | None) -> None:
        rate, self._rate = self._rate, None
        if rate is not None and used_tokens is not None and used_tokens != self._tokens:
            self._line.credit({rate: self._tokens - used_tokens})


class LoopLimits:
    """What belongs to one event loop: its connection to the store, and its lines."""

    def __init__(self, shared: LimitStore) -> None:
        self.store = DegradingStore(shared)
        self._lines: dict[int, Line] = {}

    def line(self, connection_id: int) -> Line:
        line = self._lines.get(connection_id)
        if line is None:
            line = self._lines[connection_id] = Line(connection_id, self.store)
        return line

    def known_line(self, connection_id: int) -> Line | None:
        return self._lines.get(connection_id)

    async def close(self) -> None:
        for line in self._lines.values():
            await line.close()
        await self.store.close()


class SharedRateLimits:
    """The `RateLimits` of a process. It may be used from several event loops; each of
    them calls `close` before it ends."""

    def __init__(self, open_store: Callable[[], LimitStore]) -> None:
        self._open_store = open_store
        self._loops: weakref.WeakKeyDictionary[
            asyncio.AbstractEventLoop, LoopLimits
        ] = weakref.WeakKeyDictionary()
        self._no_limit = NoLimit()

    async def start(self) -> None:
        """Look whether the shared store answers; if not, it is said here already."""
        await self._here().store.check()

    async def close(self) -> None:
        here = self._loops.pop(asyncio.get_running_loop(), None)
        if here is not None:
            await here.close()

    async def acquire(
        self, connection: ConnectionEntry, tokens: int, patience_s: float
    ) -> Permit:
        per_minute = connection.requests_per_minute
        tokens_per_minute = connection.tokens_per_minute
        if per_minute is None and tokens_per_minute is None:
            return self._no_limit
        demand: dict[Rate, float] = {}
        if per_minute is not None:
            demand[Rate("requests", per_minute)] = 1
        token_rate = tokens_per_minute and Rate("tokens", tokens_per_minute)
        if token_rate and tokens > 0:
            demand[token_rate] = tokens
        line = self._here().line(connection.id)
        if demand:
            await line.enter(demand, patience_s)
        return Counted(line, token_rate or None, tokens)

    def load(self, connection: ConnectionEntry) -> float:
        """The used share of the connection's limits in the last minute or so, as this
        event loop knows it; 1 where calls wait. From memory."""
        per_minute = connection.requests_per_minute
        tokens_per_minute = connection.tokens_per_minute
        if per_minute is None and tokens_per_minute is None:
            return 0.0
        here = self._loops.get(asyncio.get_running_loop())
        line = here.known_line(connection.id) if here else None
        if line is None:
            return 0.0
        limits = {"requests": per_minute, "tokens": tokens_per_minute}
        return line.load({name: most for name, most in limits.items() if most})

    def _here(self) -> LoopLimits:
        loop = asyncio.get_running_loop()
        here = self._loops.get(loop)
        if here is None:
            here = self._loops[loop] = LoopLimits(self._open_store())
        return here
