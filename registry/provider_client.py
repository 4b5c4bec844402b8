"""The HTTP client with which providers are called. It checks the address that it is
really connected to, so that a name that resolved to something harmless when it was
saved cannot lead elsewhere later."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import AsyncGenerator, Iterable
from contextlib import aclosing
from functools import lru_cache
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any, Final

import httpcore2
import httpx2

from registry.addresses import AddressRefused, IPAddress, check_ip
from registry.providers.response import MAX_ANSWER_BYTES

KEEPALIVE_S: Final = 30.0


def provider_client(max_connections: int = 200) -> httpx2.AsyncClient:
    """A client for adapters; whoever makes it closes it (`async with`). It follows no
    redirect, reads no proxy or .netrc of the environment and keeps no cookie: a key
    goes to the address of its connection and nowhere else."""
    return httpx2.AsyncClient(
        transport=GuardedTransport(max_connections),
        trust_env=False,
        follow_redirects=False,
        # One client serves many organisations.
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
    )


def refusal_in(error: BaseException) -> AddressRefused | None:
    """The refused address behind an error of the client, if that was the cause."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, AddressRefused):
            return cause
        cause = cause.__cause__ or cause.__context__
    return None


class BoundedResponse(httpx2.Response):
    """Unpacked it has a bound, so that no server can fill the memory."""

    async def aiter_bytes(
        self, chunk_size: int | None = None
    ) -> AsyncGenerator[bytes, None]:
        size = 0
        async with aclosing(super().aiter_bytes(chunk_size)) as pieces:
            async for piece in pieces:
                size += len(piece)
                if size > MAX_ANSWER_BYTES:
                    raise httpx2.DecodingError("The answer is too large.")
                yield piece


class GuardedTransport(httpx2.AsyncHTTPTransport):
    """httpx's transport on connections that are checked."""

    def __init__(self, max_connections: int) -> None:
        # The parent would build a pool that knows nothing of the check.
        self._pool = httpcore2.AsyncConnectionPool(
            ssl_context=_ssl_context(),
            max_connections=max_connections,
            max_keepalive_connections=max_connections,
            keepalive_expiry=KEEPALIVE_S,
            network_backend=GuardedBackend(),
        )

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        response = await super().handle_async_request(request)
        return BoundedResponse(
            response.status_code,
            headers=response.headers,
            stream=response.stream,
            extensions=response.extensions,
        )


class GuardedBackend(httpcore2.AnyIOBackend):
    """Refuses to connect to what `registry.addresses` forbids. A refusal is a
    ConnectError with AddressRefused as its cause."""

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,  # as httpcore types it
    ) -> httpcore2.AsyncNetworkStream:
        try:
            for address in await _resolved(host, timeout):
                check_ip(address, name=host)
            stream = await super().connect_tcp(
                host, port, timeout, local_address, socket_options
            )
            try:
                # A name may resolve to something else a moment later.
                check_ip(_peer(stream), name=host)
            except AddressRefused:
                await stream.aclose()
                raise
        except AddressRefused as refused:
            raise httpcore2.ConnectError(str(refused)) from refused
        return stream


async def _resolved(host: str, timeout: float | None) -> list[IPAddress]:
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(timeout):
            found = await loop.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except TimeoutError as error:
        message = f"The name {host} was not resolved in time."
        raise httpcore2.ConnectTimeout(message) from error
    except OSError as error:
        raise httpcore2.ConnectError(str(error)) from error
    return [_address(str(entry[4][0])) for entry in found]


def _peer(stream: httpcore2.AsyncNetworkStream) -> IPAddress:
    return _address(str(stream.get_extra_info("server_addr")[0]))


def _address(text: str) -> IPAddress:
    return ipaddress.ip_address(text.split("%")[0])


@lru_cache(maxsize=1)  # reading the certificates takes 20 ms
def _ssl_context() -> ssl.SSLContext:
    return httpx2.create_ssl_context()
