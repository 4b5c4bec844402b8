"""Connections with limits, and the stores that limits are kept in."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Mapping, Sequence
from uuid import uuid4

import pytest

from modelhub.gateway.limits.bucket import Ask, Rate, Taken
from modelhub.gateway.limits.limits import SharedRateLimits
from modelhub.gateway.limits.memory_store import MemoryStore
from modelhub.gateway.limits.redis_store import RedisStore
from registry.providers.adapter import Endpoint
from registry.resolution.entries import ConnectionEntry

REDIS_URL = "redis://127.0.0.1:6379/15"


def limited(
    requests: int | None = None, tokens: int | None = None, pk: int = 1
) -> ConnectionEntry:
    return ConnectionEntry(
        id=pk,
        organization_id=1,
        label="Test",
        endpoint=Endpoint("openai", "openai", "http://127.0.0.1"),
        requests_per_minute=requests,
        tokens_per_minute=tokens,
    )


class OneStore(MemoryStore):
    """The shared store of several limiters on one (virtual) loop. Each question takes
    a moment, as it would over a wire."""

    def __init__(self, latency_s: float = 0.001) -> None:
        super().__init__(lambda: asyncio.get_running_loop().time())
        self.latency_s = latency_s
        self.questions = 0

    async def take(
        self, connection_id: int, asks: Sequence[Ask], max_wait_s: float
    ) -> Taken:
        self.questions += 1
        await asyncio.sleep(self.latency_s)
        return await super().take(connection_id, asks, max_wait_s)

    async def credit(self, connection_id: int, amounts: Mapping[Rate, float]) -> None:
        await asyncio.sleep(self.latency_s)
        await super().credit(connection_id, amounts)


def limits_over(store: MemoryStore) -> SharedRateLimits:
    return SharedRateLimits(lambda: store)


def redis_store(prefix: str = "") -> RedisStore:
    return RedisStore(REDIS_URL, prefix or f"modelhub-test:{uuid4().hex[:8]}")


def need_redis() -> None:
    try:
        socket.create_connection(("127.0.0.1", 6379), timeout=1).close()
    except OSError:
        pytest.skip("no redis answers on 127.0.0.1:6379")


def most_in_a_minute(starts: Sequence[tuple[float, float]]) -> float:
    """The largest sum of amounts in any 60 seconds of (moment, amount)."""
    ordered = sorted(starts)
    most = total = 0.0
    first = 0
    for moment, amount in ordered:
        total += amount
        while ordered[first][0] <= moment - 60:
            total -= ordered[first][1]
            first += 1
        most = max(most, total)
    return most
