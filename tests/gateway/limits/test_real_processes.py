"""Real processes over the real Redis: together they keep one limit."""

import subprocess
import sys
import time
from uuid import uuid4

import pytest

from modelhub.gateway.limits.bucket import Rate
from tests.gateway.limits.limiting import need_redis

SECONDS = 1.5
PER_MINUTE = 1200
WORKER = f"""
import asyncio, sys, time
import django
django.setup()
from modelhub.gateway.guards import LimitReached
from tests.gateway.limits.limiting import limited, limits_over, redis_store

async def main():
    limiter, count = limits_over(redis_store(sys.argv[1])), 0
    connection = limited({PER_MINUTE})
    await limiter.start()
    print("ready", flush=True)
    sys.stdin.readline()
    end = time.monotonic() + {SECONDS}
    while time.monotonic() < end:
        try:
            await limiter.acquire(connection, 1, 0.05)
            count += 1
        except LimitReached:
            await asyncio.sleep(0.005)
    await limiter.close()
    print(count)

asyncio.run(main())
"""


@pytest.mark.service("redis")
def test_processes_share_one_limit():
    need_redis()
    prefix = f"modelhub-test:{uuid4().hex[:8]}"
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", WORKER, prefix],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    for worker in workers:
        assert worker.stdout.readline() == "ready\n"
    begun = time.monotonic()
    for worker in workers:
        worker.stdin.write("go\n")
        worker.stdin.flush()

    counts = [int(worker.communicate(timeout=20)[0]) for worker in workers]

    rate, took_s = Rate("requests", PER_MINUTE), time.monotonic() - begun
    assert sum(counts) <= rate.capacity + rate.per_second * (took_s + 1)
    assert sum(counts) >= rate.capacity + rate.per_second * SECONDS * 0.5
