"""A client that leaves ends the call upstream; one that waits hears signs of life."""

import asyncio
import time

import httpx
import pytest

from modelhub.gateway.api.events import KEEP_ALIVE, EventStream
from modelhub.gateway.api.exchange import Exchange
from tests.upstream.openai_wire import stream
from tests.upstream.replies import SILENCE

HELLO = {"model": "feature:chat", "messages": [{"role": "user", "content": "Hi"}]}


def leave(site, asked: dict, after_lines: int) -> None:
    """Ask, read so many lines, and hang up."""
    headers = {"authorization": f"Bearer {site.token}"}
    with (
        httpx.Client(timeout=0.7) as client,
        client.stream(
            "POST", f"{site.url}/v1/chat/completions", json=asked, headers=headers
        ) as answer,
    ):
        for number, _ in enumerate(answer.iter_lines()):
            if number >= after_lines:
                return


def was_cut(site) -> bool:
    received = site.upstreams["openai"].requests[0]
    until = time.monotonic() + 2
    while not received.was_cut and time.monotonic() < until:
        time.sleep(0.02)
    return received.was_cut


def test_leaving_in_mid_stream_ends_the_call_upstream(gateway_site):
    slow = stream(*["word"] * 200).but(pause_s=0.05)
    gateway_site.upstreams["openai"].script = [slow]

    leave(gateway_site, HELLO | {"stream": True}, after_lines=4)

    assert was_cut(gateway_site)


@pytest.mark.parametrize("is_stream", [True, False])
def test_leaving_before_the_answer_ends_the_call_upstream(gateway_site, is_stream):
    gateway_site.upstreams["openai"].script = [SILENCE]

    with pytest.raises(httpx.ReadTimeout):
        leave(gateway_site, HELLO | {"stream": is_stream}, after_lines=1)

    assert was_cut(gateway_site)


def exchange(sent: list) -> Exchange:
    async def receive():
        return {"type": "http.disconnect"}

    async def send(message) -> None:
        sent.append(message)

    scope = {"method": "POST", "path": "/v1/chat/completions", "headers": []}
    return Exchange(scope, receive, send)


def test_a_client_that_waits_hears_signs_of_life():
    sent: list = []

    async def wait() -> None:
        events = EventStream(exchange(sent), keep_alive_s=0.02)
        await asyncio.sleep(0.07)
        events.close()

    asyncio.run(wait())

    assert sent[0]["status"] == 200
    assert len(sent) >= 3
    assert {message["body"] for message in sent[1:]} == {KEEP_ALIVE}


def test_a_client_that_is_spoken_to_hears_no_signs_of_life():
    sent: list = []

    async def talk() -> None:
        events = EventStream(exchange(sent), keep_alive_s=0.1)
        for _ in range(8):
            await events.write(b"data: x\n\n")
            await asyncio.sleep(0.02)
        await events.end(None)

    asyncio.run(talk())

    assert KEEP_ALIVE not in [message.get("body") for message in sent]
    assert sent[-1]["more_body"] is False
