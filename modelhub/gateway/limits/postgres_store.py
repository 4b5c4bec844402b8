"""Buckets in PostgreSQL, where the broker is one that keeps no numbers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Final

from psycopg import AsyncConnection, Error
from psycopg_pool import AsyncConnectionPool

from modelhub.gateway.database import connection_words
from modelhub.gateway.limits.bucket import Ask, Level, Rate, Taken, credit, take
from modelhub.gateway.limits.store import StoreUnreachable

POOL_SIZE: Final = 2
TIMEOUT_S: Final = 1.0

# The row is locked first; the clock is read after that, so that it never runs back.
LOCK: Final = """
    SELECT requests_level, requests_at, tokens_level, tokens_at
    FROM registry_ratebucket WHERE connection_id = %(id)s FOR UPDATE
"""
ADD: Final = """
    INSERT INTO registry_ratebucket (connection_id) VALUES (%(id)s)
    ON CONFLICT (connection_id) DO NOTHING
"""
CLOCK: Final = "SELECT extract(epoch FROM clock_timestamp())::float8"
WRITE: Final = """
    UPDATE registry_ratebucket SET
        requests_level = %(requests_level)s, requests_at = %(requests_at)s,
        tokens_level = %(tokens_level)s, tokens_at = %(tokens_at)s
    WHERE connection_id = %(id)s
"""


class PostgresStore:
    def __init__(self) -> None:
        self._pool: AsyncConnectionPool[AsyncConnection] = AsyncConnectionPool(
            connection_words(),
            min_size=0,
            max_size=POOL_SIZE,
            timeout=TIMEOUT_S,
            open=False,
            # Nothing prepared: a pooler may lend another session to each transaction.
            kwargs={
                "autocommit": True,
                "connect_timeout": 2,
                "prepare_threshold": None,
            },
        )

    async def take(
        self, connection_id: int, asks: Sequence[Ask], max_wait_s: float
    ) -> Taken:
        async with self._bucket(connection_id) as (levels, now_s):
            known = [levels.get(ask.rate.resource) for ask in asks]
            new, taken = take(known, asks, now_s, max_wait_s)
            for ask, level in zip(asks, new, strict=True):
                levels[ask.rate.resource] = level
        return taken

    async def credit(self, connection_id: int, amounts: Mapping[Rate, float]) -> None:
        async with self._bucket(connection_id) as (levels, now_s):
            for rate, amount in amounts.items():
                known = levels.get(rate.resource)
                levels[rate.resource] = credit(known, rate, amount, now_s)

    async def check(self) -> None:
        async with self._connection() as connection:
            await connection.execute("SELECT 1")

    async def close(self) -> None:
        await self._pool.close()

    @asynccontextmanager
    async def _bucket(
        self, connection_id: int
    ) -> AsyncIterator[tuple[dict[str, Level], float]]:
        """The levels of a connection, locked; what the block leaves in them is kept."""
        async with self._connection() as connection, connection.transaction():
            levels = await _locked(connection, connection_id)
            now = await (await connection.execute(CLOCK)).fetchone()
            yield levels, now[0] if now else 0.0
            await connection.execute(WRITE, _columns(connection_id, levels))

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[AsyncConnection]:
        try:
            async with asyncio.timeout(TIMEOUT_S):
                await self._pool.open()
                async with self._pool.connection() as connection:
                    yield connection
        except (Error, TimeoutError) as error:
            raise StoreUnreachable(type(error).__name__) from error


async def _locked(connection: AsyncConnection, connection_id: int) -> dict[str, Level]:
    key = {"id": connection_id}
    row = await (await connection.execute(LOCK, key)).fetchone()
    if row is None:
        await connection.execute(ADD, key)
        row = await (await connection.execute(LOCK, key)).fetchone()
    if row is None:
        return {}
    stored = (("requests", *row[:2]), ("tokens", *row[2:]))
    return {
        resource: Level(amount, at_s)
        for resource, amount, at_s in stored
        if amount is not None
    }


def _columns(connection_id: int, levels: Mapping[str, Level]) -> dict[str, object]:
    columns: dict[str, object] = {"id": connection_id}
    for resource in ("requests", "tokens"):
        level = levels.get(resource)
        columns[f"{resource}_level"] = level and level.amount
        columns[f"{resource}_at"] = level and level.at_s
    return columns
