"""Redis, PostgreSQL and memory say the same of the same questions."""

import asyncio

import pytest
from django.db import connection as database

from modelhub.gateway.limits import open_store
from modelhub.gateway.limits.bucket import Ask, Rate
from modelhub.gateway.limits.memory_store import MemoryStore
from modelhub.gateway.limits.postgres_store import PostgresStore
from modelhub.gateway.limits.redis_store import RedisStore, redis_url
from tests.gateway.limits.limiting import need_redis, redis_store

REQUESTS = Rate("requests", 60)
TOKENS = Rate("tokens", 6000)

STORES = {
    "memory": MemoryStore,
    "redis": redis_store,
    "postgres": PostgresStore,
}


@pytest.fixture(
    params=[
        "memory",
        pytest.param("redis", marks=pytest.mark.service("redis")),
        "postgres",
    ]
)
def open_one(request, transactional_db):
    if request.param == "redis":
        need_redis()
    return STORES[request.param]


def in_store(open_one, script):
    async def run():
        store = open_one()
        try:
            return await script(store)
        finally:
            await store.close()

    return asyncio.run(run())


def wish(requests=1.0, tokens=0.0, extra=0.0):
    asks = [Ask(REQUESTS, requests, requests, extra)]
    return [*asks, Ask(TOKENS, tokens, tokens)] if tokens else asks


def test_a_burst_is_met_and_then_there_is_a_wait(open_one):
    async def script(store):
        return [await store.take(7, wish(), 0.5) for _ in range(11)]

    *met, last = in_store(open_one, script)

    assert [taken.is_refused for taken in met] == [False] * 9 + [True]
    assert last.wait_s == pytest.approx(1, abs=0.3)


def test_who_may_wait_reserves_and_the_next_waits_longer(open_one):
    async def script(store):
        await store.take(7, wish(9), 0)
        return [(await store.take(7, wish(), 60)).wait_s for _ in range(3)]

    assert in_store(open_one, script) == pytest.approx([1, 2, 3], abs=0.3)


def test_all_is_taken_or_nothing(open_one):
    async def script(store):
        await store.take(7, wish(1, 900), 0)
        refused = await store.take(7, wish(5, 800), 1)
        return refused, await store.take(7, wish(8), 0)

    refused, then = in_store(open_one, script)

    assert refused.is_refused
    assert refused.waits_s == pytest.approx((0, 8), abs=0.3)
    assert not then.is_refused


def test_a_lease_is_at_most_half_of_what_is_left(open_one):
    async def script(store):
        return await store.take(7, wish(1, extra=100), 0)

    assert in_store(open_one, script).extras == (4,)


def test_what_comes_back_can_be_taken_again_and_never_overflows(open_one):
    async def script(store):
        await store.take(7, wish(9), 0)
        await store.credit(7, {REQUESTS: 500, TOKENS: -100})
        met = await store.take(7, wish(9, 500), 0)
        return met, await store.take(7, wish(1, 800), 0)

    met, refused = in_store(open_one, script)

    assert not met.is_refused
    assert refused.waits_s == pytest.approx((1, 5), abs=0.5)


def test_of_a_crowd_only_as_many_are_met_as_there_is_room_for(open_one):
    async def script(store):
        return await asyncio.gather(*(store.take(7, wish(), 0) for _ in range(30)))

    crowd = in_store(open_one, script)

    assert sum(not taken.is_refused for taken in crowd) == 9


def test_connections_have_buckets_of_their_own(open_one):
    async def script(store):
        await store.take(7, wish(9), 0)
        return await store.take(8, wish(9), 0)

    assert not in_store(open_one, script).is_refused


@pytest.mark.parametrize(
    ("broker", "kind"),
    [
        ("redis://broker:6379/1", RedisStore),
        ("rediss://broker:6380", RedisStore),
        ("redis+socket:///run/valkey.sock", RedisStore),
        ("amqp://guest@broker//", PostgresStore),
    ],
)
def test_limits_are_kept_where_the_broker_is_if_it_keeps_numbers(db, broker, kind):
    async def scene():
        store = open_store(broker)
        await store.close()
        return store

    assert isinstance(asyncio.run(scene()), kind)


@pytest.mark.parametrize(
    ("broker", "ours"),
    [
        ("redis+socket:///run/valkey.sock", "unix:///run/valkey.sock"),
        ("redis+socket:///v.sock?virtual_host=2", "unix:///v.sock?db=2"),
        ("redis://broker:6379/1", "redis://broker:6379/1"),
    ],
)
def test_celerys_address_of_a_socket_is_understood(broker, ours):
    assert redis_url(broker) == ours


def test_the_table_is_unlogged(db):
    with database.cursor() as cursor:
        cursor.execute(
            "SELECT relpersistence FROM pg_class WHERE relname = 'registry_ratebucket'"
        )
        assert cursor.fetchone() == ("u",)
