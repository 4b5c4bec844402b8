"""A stream of server-sent events to one client, with signs of life in its silences."""

from __future__ import annotations

import asyncio
from typing import Final

from modelhub.gateway.api.exchange import Exchange, Headers
from modelhub.gateway.api.told import told_comment
from modelhub.gateway.call import Result
from registry.providers.response import StreamChunk

KEEP_ALIVE_S: Final = 15.0
KEEP_ALIVE: Final = b": keep-alive\n\n"
KIND: Final = b"text/event-stream; charset=utf-8"
UNBUFFERED: Final[Headers] = [(b"x-accel-buffering", b"no")]


class EventStream:
    """Headers go out with the first event or the first keep-alive; `headers` are
    added to them. After keep-alives an error can only be an event."""

    def __init__(self, exchange: Exchange, keep_alive_s: float = KEEP_ALIVE_S) -> None:
        self._exchange = exchange
        self._keep_alive_s = keep_alive_s
        self._loop = asyncio.get_running_loop()
        self._written_at = self._loop.time()
        self._sign: asyncio.Task[None] | None = None
        self._timer = self._loop.call_later(keep_alive_s, self._look)
        self._is_over = False
        self.headers: Headers = []

    async def write(self, event: bytes | StreamChunk) -> None:
        if not isinstance(event, bytes):
            message = "An event over HTTP is bytes."
            raise TypeError(message)
        self._written_at = self._loop.time()
        await self._begin()
        await self._exchange.write(event)

    async def end(self, result: Result | None) -> None:
        """The last comment, and no more."""
        self.close()
        await self._begin()
        comment = told_comment(result) if result is not None else b""
        await self._exchange.write(comment, is_last=True)

    async def fail(self, event: bytes) -> None:
        self.close()
        await self._exchange.write(event, is_last=True)

    def close(self) -> None:
        self._is_over = True
        self._timer.cancel()
        if self._sign is not None:
            self._sign.cancel()

    async def _begin(self) -> None:
        if not self._exchange.has_begun:
            await self._exchange.begin(200, KIND, [*UNBUFFERED, *self.headers])

    def _look(self) -> None:
        silent_s = self._loop.time() - self._written_at
        left_s = self._keep_alive_s - silent_s
        if left_s <= 0:
            self._sign = self._loop.create_task(self._live())
            left_s = self._keep_alive_s
        self._timer = self._loop.call_later(left_s, self._look)

    async def _live(self) -> None:
        if not self._is_over:
            await self.write(KEEP_ALIVE)
