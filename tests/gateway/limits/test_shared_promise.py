"""Many processes, one limit: no minute holds more than the limit and its burst."""

import asyncio
import random

from hypothesis import given, settings
from hypothesis import strategies as st

from modelhub.gateway.guards import LimitReached
from modelhub.gateway.limits.bucket import Rate
from tests.gateway.limits.limiting import (
    OneStore,
    limited,
    limits_over,
    most_in_a_minute,
)
from tests.gateway.virtual_loop import run_virtually

PROCESSES = 3


async def use(per_minute, tokens_per_minute, *, seed, calls_per_second, seconds):
    """Calls from several limiters over one store: what started, and when."""
    store = OneStore()
    limiters = [limits_over(store) for _ in range(PROCESSES)]
    connection = limited(per_minute, tokens_per_minute)
    loop, chance, started = asyncio.get_running_loop(), random.Random(seed), []

    async def call(limiter, tokens, patience_s):
        try:
            await limiter.acquire(connection, tokens, patience_s)
        except LimitReached:
            return
        started.append((loop.time(), tokens))

    async with asyncio.TaskGroup() as group:
        end = loop.time() + seconds
        while loop.time() < end:
            tokens, patience_s = chance.randint(1, 100), chance.choice([0, 1, 8])
            task = group.create_task(call(chance.choice(limiters), tokens, patience_s))
            if chance.random() < 0.1:
                loop.call_later(chance.random(), task.cancel)
            # Silence now and then, so that buckets fill and leases expire.
            pause = 15 if chance.random() < 0.002 else 0
            await asyncio.sleep(pause + chance.expovariate(calls_per_second))
    return started


@settings(max_examples=15, deadline=None)
@given(
    per_minute=st.sampled_from([1, 7, 60, 300, 1200]),
    load=st.sampled_from([0.5, 1, 3]),
    seed=st.integers(0, 2**32),
)
def test_no_minute_holds_more_requests_than_the_limit_and_its_burst(
    per_minute, load, seed
):
    started = run_virtually(
        use(
            per_minute,
            None,
            seed=seed,
            calls_per_second=per_minute / 60 * load,
            seconds=130,
        )
    )

    allowed = per_minute + Rate("requests", per_minute).burst
    assert most_in_a_minute([(at, 1) for at, _ in started]) <= allowed


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 2**32), tokens_per_minute=st.sampled_from([1000, 30_000]))
def test_requests_and_tokens_are_both_kept_when_either_may_bind(
    seed, tokens_per_minute
):
    started = run_virtually(
        use(300, tokens_per_minute, seed=seed, calls_per_second=8, seconds=130)
    )

    assert most_in_a_minute([(at, 1) for at, _ in started]) <= 300 + 50
    allowed = tokens_per_minute + Rate("tokens", tokens_per_minute).burst
    assert most_in_a_minute(started) <= allowed


def test_a_limit_that_is_wanted_is_also_used_up():
    started = run_virtually(use(1200, None, seed=4, calls_per_second=60, seconds=120))

    assert most_in_a_minute([(at, 1) for at, _ in started]) >= 1200 * 0.95
