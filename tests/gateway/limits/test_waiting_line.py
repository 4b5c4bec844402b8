"""Who must wait stands in line, knows for how long, and leaves no hole."""

import asyncio
import time

import pytest

from modelhub.gateway.guards import LimitReached
from modelhub.gateway.limits.line import MAX_WAITERS
from tests.gateway.limits.limiting import OneStore, limited, limits_over
from tests.gateway.virtual_loop import run_virtually

SLOW = limited(requests=6)
"""One at once, then one each ten seconds."""


async def begin(limiter, connection, count, patience_s=600.0):
    """`count` calls in order; (their tasks, the list of who started and when)."""
    loop, started = asyncio.get_running_loop(), []
    begun = loop.time()

    async def call(number):
        await limiter.acquire(connection, 10, patience_s)
        started.append((number, round(loop.time() - begun)))

    tasks = [asyncio.create_task(call(number)) for number in range(count)]
    await asyncio.sleep(0.5)
    return tasks, started


def test_calls_start_in_the_order_they_came_and_evenly():
    async def scene():
        tasks, started = await begin(limits_over(OneStore()), SLOW, 4)
        await asyncio.gather(*tasks)
        return started

    assert run_virtually(scene()) == [(0, 0), (1, 10), (2, 20), (3, 30)]


def test_a_wait_that_cannot_be_met_is_refused_at_once_with_its_length():
    async def scene():
        limiter, loop = limits_over(OneStore()), asyncio.get_running_loop()
        await limiter.acquire(SLOW, 10, 0)
        before = loop.time()
        with pytest.raises(LimitReached) as caught:
            await limiter.acquire(SLOW, 10, 9)
        return caught.value, loop.time() - before

    error, took_s = run_virtually(scene())

    assert error.wait_s == pytest.approx(10, abs=0.1)
    assert "6 requests a minute" in error.message
    assert took_s < 0.1


def test_a_refused_call_takes_nothing():
    async def scene():
        limiter, loop = limits_over(OneStore()), asyncio.get_running_loop()
        await limiter.acquire(SLOW, 10, 0)
        for _ in range(20):
            with pytest.raises(LimitReached):
                await limiter.acquire(SLOW, 10, 1)
        before = loop.time()
        await limiter.acquire(SLOW, 10, 60)
        return loop.time() - before

    assert run_virtually(scene()) == pytest.approx(10, abs=0.2)


def test_many_refusals_ask_the_store_a_few_times_only():
    async def scene():
        store = OneStore()
        limiter = limits_over(store)
        await limiter.acquire(SLOW, 10, 0)
        for _ in range(500):
            with pytest.raises(LimitReached):
                await limiter.acquire(SLOW, 10, 0)
        return store.questions

    assert run_virtually(scene()) <= 4


def test_who_stands_behind_a_cancelled_call_moves_up():
    async def scene():
        tasks, started = await begin(limits_over(OneStore()), SLOW, 4)
        tasks[1].cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return started

    assert run_virtually(scene()) == [(0, 0), (2, 10), (3, 20)]


def test_the_place_of_a_cancelled_last_call_is_free_again():
    async def scene():
        limiter, loop = limits_over(OneStore()), asyncio.get_running_loop()
        tasks, _ = await begin(limiter, SLOW, 3)
        tasks[2].cancel()
        await asyncio.sleep(1)
        begun = loop.time()
        await limiter.acquire(SLOW, 10, 60)
        await asyncio.gather(*tasks, return_exceptions=True)
        return loop.time() - begun

    assert run_virtually(scene()) == pytest.approx(18.5, abs=0.3)


def test_a_line_has_an_end():
    async def scene():
        limiter = limits_over(OneStore())
        await limiter.acquire(SLOW, 10, 0)
        tasks, _ = await begin(limiter, SLOW, MAX_WAITERS, patience_s=1e6)
        with pytest.raises(LimitReached, match="calls waiting") as caught:
            await limiter.acquire(SLOW, 10, 1e6)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return caught.value.wait_s

    assert run_virtually(scene()) > 1900


def test_a_connection_without_limits_asks_nobody():
    async def scene():
        store = OneStore()
        limiter = limits_over(store)
        begun = time.perf_counter()
        for _ in range(1000):
            (await limiter.acquire(limited(), 10, 0)).settle(5)
        return store.questions, time.perf_counter() - begun

    questions, took_s = asyncio.run(scene())

    assert questions == 0
    assert took_s < 0.1


def test_a_busy_process_asks_the_store_seldom():
    async def scene():
        store = OneStore()
        limiter = limits_over(store)
        fast = limited(requests=600_000, tokens=60_000_000)
        for _ in range(2000):
            await limiter.acquire(fast, 20, 1)
            await asyncio.sleep(0.002)
        return store.questions

    assert run_virtually(scene()) < 100
