"""The shared store goes away and comes back."""

import asyncio
import logging

import pytest

from modelhub.gateway.guards import LimitReached
from modelhub.gateway.limits import open_store
from modelhub.gateway.limits.store import StoreUnreachable
from tests.gateway.limits.limiting import OneStore, limited, limits_over
from tests.gateway.virtual_loop import run_virtually

CONNECTION = limited(requests=6)


class Unsteady(OneStore):
    is_away = False

    async def take(self, connection_id, asks, max_wait_s):
        await self.check()
        return await super().take(connection_id, asks, max_wait_s)

    async def check(self):
        if self.is_away:
            raise StoreUnreachable("ConnectionError")


def test_calls_go_on_within_this_process_and_it_is_said_once(caplog):
    async def scene():
        store = Unsteady()
        limiter = limits_over(store)
        store.is_away = True
        await limiter.start()
        await limiter.acquire(CONNECTION, 1, 0)
        for _ in range(5):
            with pytest.raises(LimitReached):
                await limiter.acquire(CONNECTION, 1, 0)
        await limiter.close()

    with caplog.at_level(logging.INFO):
        run_virtually(scene())

    assert [record.levelname for record in caplog.records] == ["ERROR"]


def test_the_shared_store_is_used_again_by_itself(caplog):
    async def scene():
        store = Unsteady()
        limiter = limits_over(store)
        store.is_away = True
        await limiter.acquire(CONNECTION, 1, 0)
        store.is_away = False
        await asyncio.sleep(1.5)
        await limiter.acquire(CONNECTION, 1, 0)
        await limiter.close()
        return store.questions

    with caplog.at_level(logging.INFO):
        assert run_virtually(scene()) == 1

    assert "answers again" in caplog.text


@pytest.mark.parametrize("broker", ["redis://127.0.0.1:1", "redis+socket:///no.sock"])
def test_a_redis_that_refuses_delays_nobody(broker):
    async def scene():
        limiter = limits_over(open_store(broker))
        await limiter.acquire(CONNECTION, 1, 0)
        await limiter.close()

    asyncio.run(asyncio.wait_for(scene(), timeout=1))
