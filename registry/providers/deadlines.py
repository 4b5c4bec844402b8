"""The time that one call has. Every wait of it stands under one of these."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import httpx2

from registry.providers.adapter import Timeouts
from registry.providers.transport_failures import network_error

AFTER_FINISH_S: Final = 0.5
"""How long a stream that named its finish reason may take to close."""
AFTER_CLOSE_S: Final = 0.05
"""How long its connection is waited for after that, so that it can be used again."""


class Deadlines:
    """Begins when it is made, in a running event loop. Each context manager raises
    NetworkError with the code of the timer that ran out."""

    def __init__(self, provider: str, timeouts: Timeouts) -> None:
        self._provider = provider
        self._timeouts = timeouts
        self._loop = asyncio.get_running_loop()
        self._began = self._loop.time()

    @property
    def elapsed_ms(self) -> float:
        return (self._loop.time() - self._began) * 1000

    @property
    def http(self) -> httpx2.Timeout:
        """Of the HTTP client's own timers only that of connecting: the rest is here."""
        connect = self._timeouts.connect
        return httpx2.Timeout(None, connect=connect, pool=connect)

    @asynccontextmanager
    async def headers(self, *, is_stream: bool = False) -> AsyncIterator[None]:
        """Until the provider says anything at all."""
        limits = self._timeouts
        wait_s = min(limits.total, limits.first_token) if is_stream else limits.total
        async with self._until(self._began + wait_s, "silence"):
            yield

    @asynccontextmanager
    async def body(self) -> AsyncIterator[None]:
        """Until a whole answer is read."""
        async with self._until(self._began + self._timeouts.total, "total"):
            yield

    @asynccontextmanager
    async def piece(self, *, has_content: bool) -> AsyncIterator[None]:
        """Until the next piece of a stream."""
        if has_content:
            ends_at, code = self._loop.time() + self._timeouts.idle, "idle"
        else:
            ends_at, code = self._began + self._timeouts.first_token, "first_token"
        total_at = self._began + self._timeouts.total
        if total_at < ends_at:
            ends_at, code = total_at, "total"
        async with self._until(ends_at, code):
            yield

    @asynccontextmanager
    async def closing(self, *, is_closed: bool) -> AsyncIterator[None]:
        """Until a stream that is complete ends."""
        wait_s = AFTER_CLOSE_S if is_closed else AFTER_FINISH_S
        async with self._until(self._loop.time() + wait_s, "idle"):
            yield

    @asynccontextmanager
    async def _until(self, ends_at: float, code: str) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout_at(ends_at) as timer:
                yield
        except TimeoutError as error:
            if not timer.expired():
                raise
            waited_s = round(self._loop.time() - self._began, 1)
            raise network_error(self._provider, code, waited_s) from error
