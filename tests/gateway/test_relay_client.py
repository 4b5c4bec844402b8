"""The relay's HTTP client: kept connections, honest failures, and calls that end."""

import asyncio
import gzip
import socket
import struct
import time

import pytest

from modelhub.gateway.relay.client import RelayFailure, RelayRequest
from modelhub.gateway.relay.pooled_client import PooledClient
from registry.providers.response import MAX_ANSWER_BYTES
from tests.gateway.relaying import with_client
from tests.upstream.openai_wire import completion, echo, stream
from tests.upstream.replies import RESET, SILENCE, json_reply

PACKED = {"content-encoding": "gzip"}
HEADERS = [("content-type", "application/json")]


def ask(url: str, body: bytes = b'{"model": "gpt-x"}') -> RelayRequest:
    return RelayRequest(f"{url}/chat/completions", HEADERS, body)


async def whole(client: PooledClient, request: RelayRequest, patience_s=2.0) -> bytes:
    reply = await client.post(request, 1, patience_s)
    try:
        return await reply.body(patience_s)
    finally:
        reply.close()


def failure_of(url: str, patience_s: float = 2.0) -> str:
    async def use(client: PooledClient) -> str:
        with pytest.raises(RelayFailure) as failed:
            await whole(client, ask(url), patience_s)
        return failed.value.code

    return with_client(use)


def test_a_connection_is_used_again(upstream):
    seen = []

    async def use(client: PooledClient) -> None:
        for _ in range(5):
            await whole(client, ask(upstream.url))
            seen.append(client.open_connections)

    with_client(use)

    assert seen == [1] * 5


def test_a_refused_connection_is_told(upstream):
    upstream.stop()

    assert failure_of(upstream.url) == "refused"


def test_a_host_without_an_address_is_told(upstream):
    assert failure_of("http://no-such-host.invalid") == "dns"


def test_a_metadata_address_is_never_connected_to():
    assert failure_of("http://169.254.169.254") == "address"


def test_a_reset_before_headers_is_told(upstream):
    upstream.script = [RESET]

    assert failure_of(upstream.url) == "reset"


def test_silence_ends_with_the_patience(upstream):
    upstream.script = [SILENCE]

    assert failure_of(upstream.url, patience_s=0.05) == "waited"


def test_a_cut_body_is_no_answer(upstream):
    upstream.script = [json_reply({"a": 1}).but(pieces=(b'{"a"', b":1}"), cut_after=1)]

    assert failure_of(upstream.url) == "reset"


def failure_after(said: bytes, *, resets: bool = False) -> str:
    """The failure of a call that is answered with just these bytes."""
    server = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{server.getsockname()[1]}"

    async def use(client: PooledClient) -> str:
        waiting = asyncio.create_task(whole(client, ask(url)))
        loop = asyncio.get_running_loop()
        accepted, _ = await loop.run_in_executor(None, server.accept)
        accepted.sendall(said)
        if resets:
            await asyncio.sleep(0.05)  # What was sent arrives before the reset.
            at_once = struct.pack("ii", 1, 0)
            accepted.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, at_once)
            accepted.close()
        with pytest.raises(RelayFailure) as failed:
            await waiting
        accepted.close()
        return failed.value.code

    with server:
        return with_client(use)


def test_what_is_no_http_is_told():
    assert failure_after(b"SSH-2.0-OpenSSH_9.9\r\n\r\n") == "malformed"


def test_a_reset_is_no_end_of_a_body_without_a_length():
    begun = b'HTTP/1.1 200 OK\r\n\r\n{"id": 1}'

    assert failure_after(begun, resets=True) == "reset"


def test_a_cancelled_call_ends_upstream_before_its_headers(upstream):
    upstream.script = [SILENCE]

    async def use(client: PooledClient) -> None:
        call = asyncio.create_task(whole(client, ask(upstream.url)))
        while not upstream.requests:
            await asyncio.sleep(0.01)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        for _ in range(100):
            if upstream.requests[0].was_cut:
                return
            await asyncio.sleep(0.01)

    with_client(use)

    assert upstream.requests[0].was_cut


def test_a_reply_closed_early_breaks_its_connection(upstream):
    upstream.script = [stream("a", "b").but(silent_after=2)]

    async def use(client: PooledClient) -> int:
        reply = await client.post(ask(upstream.url), 1, 1)
        await reply.read(1)
        reply.close()
        await asyncio.sleep(0.05)
        return client.open_connections

    assert with_client(use) == 0


def test_a_gzipped_answer_is_unpacked(upstream):
    packed = gzip.compress(completion().pieces[0])
    upstream.script = [completion().but(pieces=(packed,), headers=PACKED)]

    async def use(client: PooledClient) -> bytes:
        return await whole(client, ask(upstream.url))

    assert with_client(use) == completion().pieces[0]


@pytest.mark.parametrize(
    "packed",
    [b"no gzip at all", gzip.compress(b"abc" * 99)[:-9]],
    ids=["none", "cut"],
)
def test_a_broken_gzip_is_told(upstream, packed):
    upstream.script = [completion().but(pieces=(packed,), headers=PACKED)]

    assert failure_of(upstream.url) == "malformed"


def test_an_answer_that_would_fill_the_memory_is_broken_off(upstream):
    bomb = gzip.compress(bytes(MAX_ANSWER_BYTES + 1), 1)
    upstream.script = [completion().but(pieces=(bomb,), headers=PACKED)]

    assert failure_of(upstream.url) == "malformed"


def test_ten_megabytes_go_both_ways(upstream):
    text = "x" * 10_000_000
    upstream.script = [json_reply({"text": text})]

    async def use(client: PooledClient) -> bytes:
        return await whole(client, ask(upstream.url, text.encode()), 10)

    assert len(with_client(use)) > len(text)
    assert len(upstream.requests[0].body) == len(text)


def test_after_a_kept_connection_died_a_fresh_one_is_made(upstream):
    async def use(client: PooledClient) -> bytes:
        await whole(client, ask(upstream.url))
        upstream.stop()
        upstream.restart()
        time.sleep(0.02)  # The event loop has not heard of the end yet.
        return await whole(client, ask(upstream.url))

    assert b"Hello there." in with_client(use)
    assert upstream.handler is echo
