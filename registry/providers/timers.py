"""The timers of one call: how long to wait for headers, the first content, the next
piece and the whole. Every adapter waits through them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Final

from registry.providers.adapter import Timeouts
from registry.providers.errors import ModelCallError
from registry.providers.transport_failures import error_from_transport, network_error

CLOSING_S: Final = 0.5
"""How long a stream that had its finish reason may still bring its usage."""


class CallTimers:
    """Starts with the call. Each wait ends at its own limit or at `total`, whichever
    comes first, as a NetworkError with the code of that limit; other failures of the
    transport become their error too."""

    def __init__(
        self, provider: str, timeouts: Timeouts, secrets: Sequence[str] = ()
    ) -> None:
        self._provider = provider
        self._timeouts = timeouts
        self._secrets = secrets
        self._started = self._now()
        self._had_content = False

    @property
    def elapsed_ms(self) -> float:
        return (self._now() - self._started) * 1000

    def content_came(self) -> None:
        """From now on silence is `idle`, no longer `first_token`."""
        self._had_content = True

    @asynccontextmanager
    async def whole(self, code: str = "silence") -> AsyncIterator[None]:
        """A wait that only `total` ends: for headers (silence) or a body (total)."""
        async with self._wait(None, code):
            yield

    @asynccontextmanager
    async def headers(self) -> AsyncIterator[None]:
        """The wait for the headers of a stream: they are due with the first token."""
        async with self._wait(self._first_token_left(), "silence"):
            yield

    @asynccontextmanager
    async def piece(self) -> AsyncIterator[None]:
        """The wait for the next piece of a stream."""
        if self._had_content:
            async with self._wait(self._timeouts.idle, "idle"):
                yield
        else:
            async with self._wait(self._first_token_left(), "first_token"):
                yield

    @asynccontextmanager
    async def closing(self) -> AsyncIterator[None]:
        """The wait for what may still follow a finish reason; ends in TimeoutError."""
        timer = asyncio.timeout(min(CLOSING_S, max(0.0, self._total_left())))
        try:
            async with timer:
                yield
        except Exception as error:
            if timer.expired():
                raise
            raise error_from_transport(self._provider, error, self._secrets) from error

    @asynccontextmanager
    async def _wait(self, limit_s: float | None, code: str) -> AsyncIterator[None]:
        total_left = self._total_left()
        is_total = limit_s is None or total_left <= limit_s
        within_s = max(0.0, total_left if is_total else limit_s or 0.0)
        timer = asyncio.timeout(within_s)
        try:
            async with timer:
                yield
        except ModelCallError:
            raise
        except TimeoutError as error:
            if timer.expired():
                raise self._expired(code, is_total, limit_s) from None
            raise error_from_transport(self._provider, error) from error
        except Exception as error:
            # Raises again what is no failure of the transport.
            raise error_from_transport(self._provider, error, self._secrets) from error

    def _expired(
        self, code: str, is_total: bool, limit_s: float | None
    ) -> ModelCallError:
        if is_total and limit_s is not None:
            code = "total" if code != "silence" else code
        waited = self._timeouts.total if is_total else self._waited(code)
        return network_error(self._provider, code, waited)

    def _waited(self, code: str) -> float:
        is_idle = code == "idle"
        return self._timeouts.idle if is_idle else self._timeouts.first_token

    def _first_token_left(self) -> float:
        return self._timeouts.first_token - (self._now() - self._started)

    def _total_left(self) -> float:
        return self._timeouts.total - (self._now() - self._started)

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()
