"""What the gateway is measured with: a provider that costs nothing, and a load."""

import asyncio

import pytest

from modelhub.bench.load import Load, Taken, put
from modelhub.bench.upstream import CHUNKS, Provider, closing, whole_answer


def loaded(**fields) -> Taken:
    async def run() -> Taken:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(
            lambda: Provider(whole_answer(), closing()), "127.0.0.1", 0
        )
        port = server.sockets[0].getsockname()[1]
        asked = {"count": 20, "concurrency": 4, "path": "/v1/chat/completions"}
        try:
            return await put(Load(port=port, model="m", token="t", **asked | fields))
        finally:
            server.close()
            await server.wait_closed()

    return asyncio.run(run())


@pytest.mark.parametrize("size", [300, 100_000])
def test_each_request_is_timed(size):
    taken = loaded(body_bytes=size)

    assert len(taken.requests_ms) == 20
    assert taken.failures == 0
    assert taken.piece_ms == []


def test_each_piece_of_a_stream_is_timed():
    taken = loaded(is_stream=True, count=4)

    assert len(taken.first_ms) == 4
    assert len(taken.piece_ms) == 4 * CHUNKS
    assert min(taken.piece_ms) >= 0


def test_the_size_of_a_body_is_about_what_was_asked():
    load = Load(1, "/", "m", "t", 1, 1, body_bytes=100_000)

    assert 99_000 < len(load.request) < 101_000
