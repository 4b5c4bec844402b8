"""Notices that a client left, and ends what was done for it."""

from __future__ import annotations

import asyncio
from typing import Final

from modelhub.gateway.api.exchange import Receive

WATCH_AFTER_S: Final = 0.2
"""Answers that are quicker than this are worth no watching."""


class Departure:
    """Cancels the task that it is made in when the client leaves. `has_happened` tells
    that cancellation apart from others."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._loop = asyncio.get_running_loop()
        self._task = asyncio.current_task()
        self._watch: asyncio.Task[None] | None = None
        self._timer = self._loop.call_later(WATCH_AFTER_S, self._begin)
        self.has_happened = False

    def close(self) -> None:
        self._timer.cancel()
        if self._watch is not None:
            self._watch.cancel()

    def _begin(self) -> None:
        self._watch = self._loop.create_task(self._wait())

    async def _wait(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self.has_happened = True
        if self._task is not None:
            self._task.cancel()
