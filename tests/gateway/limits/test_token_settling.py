"""Tokens are charged by estimate; the truth follows when it is known."""

import asyncio

import pytest

from modelhub.gateway.guards import LimitReached
from tests.gateway.limits.limiting import OneStore, limited, limits_over
from tests.gateway.virtual_loop import run_virtually

TOKENS = limited(tokens=6000)
"""900 at once, then 100 a second."""


async def wait_after(limiter, *, settle, times=1):
    """How long 100 tokens wait after 900 were estimated and settled."""
    permit = await limiter.acquire(TOKENS, 900, 0)
    for _ in range(times):
        permit.settle(settle)
    await asyncio.sleep(1)
    begun = asyncio.get_running_loop().time()
    await limiter.acquire(TOKENS, 500, 600)
    return asyncio.get_running_loop().time() - begun


@pytest.mark.parametrize(
    ("settle", "expected_s"),
    [(None, 4), (900, 4), (100, 0), (2900, 24)],
    ids=["not known", "as estimated", "less", "more"],
)
def test_what_was_really_used_decides_when_the_next_call_starts(settle, expected_s):
    async def scene():
        return await wait_after(limits_over(OneStore()), settle=settle)

    assert run_virtually(scene()) == pytest.approx(expected_s, abs=0.1)


def test_settling_twice_counts_once():
    async def scene():
        return await wait_after(limits_over(OneStore()), settle=1900, times=2)

    assert run_virtually(scene()) == pytest.approx(14, abs=0.1)


def test_a_debt_is_felt_by_other_processes():
    async def scene():
        store = OneStore()
        permit = await limits_over(store).acquire(TOKENS, 100, 0)
        permit.settle(6900)
        await asyncio.sleep(0.5)
        with pytest.raises(LimitReached) as caught:
            await limits_over(store).acquire(TOKENS, 100, 1)
        return caught.value

    error = run_virtually(scene())

    assert error.wait_s > 50
    assert "tokens a minute" in error.message


def test_a_call_larger_than_the_bucket_waits_until_it_is_full_and_is_paid_off():
    async def scene():
        limiter, loop = limits_over(OneStore()), asyncio.get_running_loop()
        await limiter.acquire(TOKENS, 500, 0)
        begun = loop.time()
        await limiter.acquire(TOKENS, 5000, 60)
        first_s = loop.time() - begun
        await limiter.acquire(TOKENS, 100, 600)
        return first_s, loop.time() - begun

    first_s, second_s = run_virtually(scene())

    assert first_s == pytest.approx(5, abs=0.1)
    assert second_s == pytest.approx(5 + 42, abs=0.2)
