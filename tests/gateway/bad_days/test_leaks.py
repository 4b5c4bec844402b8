"""Some hundreds of faulty calls leave nothing behind: no connection, descriptor, thread
or memory."""

import gc
import itertools
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import psutil
import pytest

from tests.gateway.bad_days.asking import HELLO, STREAMS, WHOLE
from tests.upstream.replies import HTML, RESET

CALLS = 400
THREADS = 8
MOST_GROWTH_MB = 8


def faulty(wire):
    """A handler that does well twice, and then badly in one more way, so that no
    circuit opens."""
    cut = wire.stream().but(cut_after=4)
    faults = itertools.cycle(
        [RESET, HTML, cut, wire.error(500), wire.error(400), wire.error(404)]
    )
    turn = itertools.count()
    lock = threading.Lock()

    def answer(received):
        with lock:
            if next(turn) % 3 == 2:
                return next(faults)
        if received.json.get("stream"):
            return wire.stream(*["word"] * 20)
        return wire.completion("word" * 1000)

    return answer


def call(asker, client: httpx.Client, number: int) -> None:
    ways = (*WHOLE, *STREAMS)
    way = ways[number % len(ways)]
    path = "/v1/messages" if way.sdk == "anthropic" else "/v1/chat/completions"
    model = f"{asker.model(way).rpartition('-')[0]}-{10 + number % 40}"
    asked = {"model": model, "messages": HELLO, "max_tokens": 9}
    asked["stream"] = way.is_stream
    with client.stream("POST", path, json=asked) as answer:
        if way.is_stream and number % 3 == 0:
            next(answer.iter_lines(), "")
            return  # Gone in the middle of it.
        answer.read()


def state(asker) -> tuple[float, int, int]:
    process = psutil.Process(asker.site.process.pid)
    memory = process.memory_info().rss / 2**20
    return memory, process.num_fds(), process.num_threads()


@pytest.fixture
def many_calls(asker):
    """Make so many calls, and wait until their connections are gone."""
    for way in WHOLE:
        asker.upstream(way).handler = faulty(way.wire)
    headers = {"authorization": f"Bearer {asker.site.token}"}

    def make() -> None:
        with (
            httpx.Client(
                base_url=asker.site.url, headers=headers, timeout=20
            ) as client,
            ThreadPoolExecutor(THREADS) as threads,
        ):
            list(threads.map(lambda one: call(asker, client, one), range(CALLS)))
        gc.collect()
        time.sleep(0.5)

    return make


def test_faulty_calls_leave_nothing_behind(asker, many_calls):
    many_calls()
    memory, files, threads = state(asker)

    many_calls()

    grown, more_files, more_threads = state(asker)
    assert grown - memory < MOST_GROWTH_MB
    assert more_files <= files + THREADS
    assert more_threads <= threads + 2
    for upstream in asker.site.upstreams.values():
        # Kept ones: of the relay, and of the adapters' client.
        assert upstream.open_connections <= 2 * THREADS
        assert all(one.is_done or one.was_cut for one in upstream.requests)
