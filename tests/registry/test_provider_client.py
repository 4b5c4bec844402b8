"""The client checks where it is really connected to, not only what was saved."""

import asyncio
import gzip
import socket
from contextlib import contextmanager

import httpx2
import pytest

from registry.addresses import AddressRefused
from registry.provider_client import provider_client, refusal_in
from registry.providers.response import MAX_ANSWER_BYTES
from tests.upstream.openai_wire import echo
from tests.upstream.replies import Reply
from tests.upstream.server import FakeUpstream


@pytest.fixture
def upstream():
    server = FakeUpstream(echo).start()
    yield server
    server.stop()


def fetch(url: str) -> httpx2.Response:
    async def get() -> httpx2.Response:
        async with provider_client() as client:
            return await client.get(url)

    return asyncio.run(get())


@contextmanager
def refused():
    with pytest.raises(httpx2.ConnectError) as told:
        yield
    assert isinstance(refusal_in(told.value), AddressRefused)


def resolving(monkeypatch, *answers: str) -> None:
    """The name server's answers to one question after the other."""
    real, left = socket.getaddrinfo, list(answers)

    def answer(host, port, *args, **kwargs):
        if host in ("rebind.example", b"rebind.example"):
            return real(left.pop(0), port, *args, **kwargs)
        return real(host, port, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", answer)


def test_a_loopback_server_is_reached(upstream):
    assert fetch(f"{upstream.url}/v1/models").status_code == 200


def test_an_answer_that_would_fill_the_memory_is_broken_off(upstream):
    bomb = gzip.compress(bytes(MAX_ANSWER_BYTES + 1), 1)
    upstream.script = [Reply(headers={"content-encoding": "gzip"}, pieces=(bomb,))]

    with pytest.raises(httpx2.DecodingError):
        fetch(f"{upstream.url}/v1/models")


def test_loopback_is_refused_where_the_operator_says_so(upstream, settings):
    settings.MODELHUB_ALLOW_PRIVATE_ADDRESSES = False

    with refused():
        fetch(f"{upstream.url}/v1/models")

    assert upstream.requests == []


@pytest.mark.parametrize("host", ["169.254.169.254", "[::ffff:169.254.169.254]"])
def test_a_metadata_address_is_never_connected_to(host):
    with refused():
        fetch(f"http://{host}/latest/meta-data")


def test_a_name_that_leads_to_a_forbidden_address_is_refused(monkeypatch):
    resolving(monkeypatch, "169.254.169.254")

    with refused():
        fetch("http://rebind.example/v1")


def test_a_name_that_changes_between_check_and_connection_is_refused(
    monkeypatch, upstream, settings
):
    settings.MODELHUB_ALLOW_PRIVATE_ADDRESSES = False
    resolving(monkeypatch, "93.184.215.14", "127.0.0.1")

    with refused():
        fetch(f"http://rebind.example:{upstream.port}/v1/models")

    assert upstream.requests == []


def test_a_redirect_is_not_followed(upstream):
    upstream.script.append(
        Reply(status=307, headers={"location": "http://169.254.169.254/"})
    )

    assert fetch(f"{upstream.url}/v1/models").status_code == 307


def test_a_proxy_of_the_environment_is_not_used(upstream, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")

    assert fetch(f"{upstream.url}/v1/models").status_code == 200


def test_a_cookie_of_one_call_does_not_go_with_the_next(upstream):
    async def twice() -> None:
        async with provider_client() as client:
            await client.get(f"{upstream.url}/v1/models")
            await client.get(f"{upstream.url}/v1/models")

    biscuit = Reply(headers={"set-cookie": "who=me; Path=/"}, pieces=(b"{}",))
    upstream.script.append(biscuit)

    asyncio.run(twice())

    assert "cookie" not in upstream.requests[1].headers
