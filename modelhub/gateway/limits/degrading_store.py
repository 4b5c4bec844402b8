"""The shared store, and this process's own buckets while that one is away."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from typing import Final

from modelhub.gateway.limits.bucket import Ask, Rate, Taken
from modelhub.gateway.limits.memory_store import MemoryStore
from modelhub.gateway.limits.store import LimitStore, StoreUnreachable

RETRY_S: Final = 1.0

logger = logging.getLogger(__name__)


class DegradingStore:
    """While the shared store does not answer, each process keeps the whole limit for
    itself: calls go on, and the provider's own limit stands behind ours. It is said
    once, looked after each second, and said once more when it is over."""

    def __init__(self, shared: LimitStore) -> None:
        self._shared = shared
        self._own = MemoryStore()
        self._return: asyncio.Task[None] | None = None

    async def take(
        self, connection_id: int, asks: Sequence[Ask], max_wait_s: float
    ) -> Taken:
        if self._return is None:
            try:
                return await self._shared.take(connection_id, asks, max_wait_s)
            except StoreUnreachable as error:
                self._degrade(error)
        return await self._own.take(connection_id, asks, max_wait_s)

    async def credit(self, connection_id: int, amounts: Mapping[Rate, float]) -> None:
        if self._return is None:
            try:
                return await self._shared.credit(connection_id, amounts)
            except StoreUnreachable as error:
                self._degrade(error)
        return await self._own.credit(connection_id, amounts)

    async def check(self) -> None:
        if self._return is None:
            try:
                await self._shared.check()
            except StoreUnreachable as error:
                self._degrade(error)

    async def close(self) -> None:
        if self._return is not None:
            self._return.cancel()
            await asyncio.gather(self._return, return_exceptions=True)
        await self._shared.close()

    def _degrade(self, error: StoreUnreachable) -> None:
        if self._return is None:
            logger.error(
                "The shared store of rate limits does not answer (%s): each process "
                "keeps the limits by itself until it does.",
                error,
            )
            self._return = asyncio.create_task(self._wait_for_return())

    async def _wait_for_return(self) -> None:
        while True:
            await asyncio.sleep(RETRY_S)
            try:
                await self._shared.check()
            except StoreUnreachable:
                continue
            logger.info("The shared store of rate limits answers again.")
            self._return = None
            return
