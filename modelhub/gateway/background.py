"""One event loop in a thread of its own, with the gateway in it: callers in Python may
come from any thread and any loop, and share its connections, limits and snapshot."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from functools import cache
from typing import Any, Final, TypeVar

from modelhub.gateway.process import Parts, open_parts

T = TypeVar("T")
STOP_S: Final = 5.0


class Background:
    """The thread. It is started with the first use and ends with the process: then
    leases run out by themselves, and the recorder sees to its own records."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._parts: Parts | None = None
        self._opening = asyncio.Lock()
        self._thread = threading.Thread(
            target=self.loop.run_forever, name="gateway", daemon=True
        )
        self._thread.start()

    def submit(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        """Run `work` in the loop; its result comes through the future."""
        return asyncio.run_coroutine_threadsafe(work, self.loop)

    async def parts(self) -> Parts:
        """The gateway and what belongs to it; only inside the loop."""
        async with self._opening:
            if self._parts is None:
                self._parts = await open_parts()
        return self._parts

    def close(self) -> None:
        """Write what is recorded and close every connection."""
        if self.loop.is_closed():
            return
        if self._parts is not None:
            self.submit(self._parts.close()).result(STOP_S)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(STOP_S)
        self.loop.close()


@cache
def _background_of(process_id: int) -> Background:
    return Background()


def background() -> Background:
    """The one of this process: a forked child has its own."""
    return _background_of(os.getpid())


def close_background() -> None:
    """Close what was opened and forget it; the next use opens it anew."""
    if _background_of.cache_info().currsize:
        background().close()
        _background_of.cache_clear()
