"""Buckets of this process alone: what is left when the shared store is away."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence

from modelhub.gateway.limits.bucket import Ask, Level, Rate, Taken, credit, take


class MemoryStore:
    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._levels: dict[tuple[int, str], Level] = {}

    async def take(
        self, connection_id: int, asks: Sequence[Ask], max_wait_s: float
    ) -> Taken:
        keys = [(connection_id, ask.rate.resource) for ask in asks]
        levels = [self._levels.get(key) for key in keys]
        new, taken = take(levels, asks, self._clock(), max_wait_s)
        self._levels.update(zip(keys, new, strict=True))
        return taken

    async def credit(self, connection_id: int, amounts: Mapping[Rate, float]) -> None:
        now_s = self._clock()
        for rate, amount in amounts.items():
            key = (connection_id, rate.resource)
            self._levels[key] = credit(self._levels.get(key), rate, amount, now_s)

    async def check(self) -> None:
        """Memory always answers."""

    async def close(self) -> None:
        """Nothing is open."""
