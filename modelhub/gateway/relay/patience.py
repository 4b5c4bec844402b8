"""How long a relayed stream is waited for, at each point of it."""

from __future__ import annotations

import asyncio
from typing import Final

from registry.providers.adapter import Timeouts
from registry.providers.timers import CLOSING_S

USAGE_S: Final = 0.5
"""How long the usage may still follow a finish reason."""


class StreamPatience:
    """Starts with the call. `had_content` is set by whoever reads."""

    def __init__(self, timeouts: Timeouts) -> None:
        self._timeouts = timeouts
        self._loop = asyncio.get_running_loop()
        self._started = self._loop.time()
        self._closing_until: float | None = None
        self.had_content = False

    @property
    def headers_s(self) -> float:
        """Headers are due with the first token."""
        return min(self._timeouts.first_token, self._timeouts.total)

    def finished(self, *, has_usage: bool) -> None:
        """The finish reason came: what still follows has little time."""
        self._closing_until = self._loop.time() + (CLOSING_S if has_usage else USAGE_S)

    def next(self) -> tuple[float, str]:
        """Seconds to wait for the next piece, and the word for having waited them."""
        now = self._loop.time()
        if self._closing_until is not None:
            return max(0.0, self._closing_until - now), "idle"
        total = self._started + self._timeouts.total - now
        if self.had_content:
            limit, code = self._timeouts.idle, "idle"
        else:
            limit = self._started + self._timeouts.first_token - now
            code = "first_token"
        return (limit, code) if limit < total else (max(0.0, total), "total")
