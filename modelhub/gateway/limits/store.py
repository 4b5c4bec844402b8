"""Where the levels of the buckets are kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from modelhub.gateway.limits.bucket import Ask, Rate, Taken


class StoreUnreachable(Exception):
    """The shared store does not answer; the text says why, without a password."""


class LimitStore(Protocol):
    """The buckets of all connections, by connection id. It belongs to one event loop.
    Every method raises StoreUnreachable only."""

    async def take(
        self, connection_id: int, asks: Sequence[Ask], max_wait_s: float
    ) -> Taken: ...

    async def credit(self, connection_id: int, amounts: Mapping[Rate, float]) -> None:
        """Give back what was not used, or charge (a negative amount) what was used
        beyond the estimate."""

    async def check(self) -> None:
        """Return if the store answers."""

    async def close(self) -> None: ...
