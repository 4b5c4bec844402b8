"""What the network did is told in words and by one code."""

import asyncio
import socket
import ssl

import httpx2
import pytest

from registry.addresses import AddressRefused
from registry.providers.adapter import ModelTraits
from registry.providers.errors import AuthenticationError, ModelUnavailableError
from registry.providers.transport_failures import error_from_transport, parse_json
from tests.registry.providers.dialects import HELLO, PATIENT


def caused(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("exception", "code"),
    [
        (caused(httpx2.ConnectError("x"), ConnectionRefusedError()), "refused"),
        (caused(httpx2.ConnectError("x"), ConnectionResetError(104, "x")), "reset"),
        (caused(httpx2.ConnectError("x"), socket.gaierror(-2, "x")), "dns"),
        (httpx2.ConnectError("[Errno -2] Name or service not known"), "dns"),
        (caused(httpx2.ConnectError("x"), ssl.SSLCertVerificationError("x")), "tls"),
        (httpx2.ConnectTimeout("x"), "connect_timeout"),
        (httpx2.PoolTimeout("x"), "connect_timeout"),
        (httpx2.ReadTimeout("x"), "silence"),
        (httpx2.ReadError("x"), "reset"),
        (httpx2.RemoteProtocolError("Server disconnected"), "reset"),
        (httpx2.UnsupportedProtocol("x"), "address"),
        (ConnectionResetError(), "reset"),
        (TimeoutError(), "total"),
    ],
)
def test_an_exception_becomes_a_network_error(exception, code):
    error = error_from_transport("acme", exception)

    assert (error.kind, error.code) == ("network", code)
    assert error.message.startswith("acme ")


def test_a_refused_address_says_why():
    refused = AddressRefused("169.254.0.1 is a link-local address.")

    error = error_from_transport("acme", caused(httpx2.ConnectError("x"), refused))

    assert (error.code, error.message) == ("address", str(refused))


def test_what_cannot_be_read_is_malformed():
    broken = httpx2.DecodingError("x")

    assert type(error_from_transport("acme", broken)) is ModelUnavailableError
    with pytest.raises(ModelUnavailableError, match="cut or broken"):
        parse_json("acme", b'{"choices": [')
    with pytest.raises(ModelUnavailableError, match="empty"):
        parse_json("acme", b"")
    with pytest.raises(ModelUnavailableError, match="web page"):
        parse_json("acme", b"<!DOCTYPE html><title>Sign in</title>")


def test_a_header_that_cannot_be_sent_is_not_shown():
    illegal = httpx2.LocalProtocolError("Illegal header value b'my-secret\\n'")

    error = error_from_transport("acme", illegal)

    assert type(error) is AuthenticationError
    assert "my-secret" not in error.message


def test_a_fault_of_ours_stays_visible():
    with pytest.raises(KeyError):
        error_from_transport("acme", KeyError("x"))


def test_nesting_that_never_ends_is_malformed():
    with pytest.raises(ModelUnavailableError):
        parse_json("acme", b"[" * 200_000)


def test_a_name_that_does_not_exist_is_told(calls, monkeypatch):
    async def unknown(*_, **__):
        raise socket.gaierror(-2, "Name or service not known")

    async def work(adapter):
        monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", unknown)
        await adapter.generate(ModelTraits("model-x"), HELLO, PATIENT)

    with pytest.raises(Exception, match="was not found") as caught:
        calls.run(work, base_url="http://no-such-host.example")

    assert caught.value.code == "dns"
