"""Opens connections to providers: names are resolved here, and no address is connected
to that `registry.addresses` forbids."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

import httpx2

from modelhub.gateway.relay.client import RelayFailure
from modelhub.gateway.relay.http_connection import HttpConnection
from registry.addresses import AddressRefused, check_ip


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a connection leads, and as whom it announces itself."""

    is_tls: bool
    host: str
    port: int

    @property
    def host_header(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        usual = 443 if self.is_tls else 80
        return host if self.port == usual else f"{host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Target:
    origin: Origin
    path: str


@lru_cache(maxsize=1024)
def target_of(url: str) -> Target:
    """Raises RelayFailure (address) for what is no http address."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise RelayFailure("address", "it is no address") from error
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise RelayFailure("address", "it is no http address")
    is_tls = parts.scheme == "https"
    query = f"?{parts.query}" if parts.query else ""
    path = (parts.path or "/") + query
    return Target(Origin(is_tls, parts.hostname, port or (443 if is_tls else 80)), path)


async def connect(origin: Origin, within_s: float) -> HttpConnection:
    """A fresh connection. Raises RelayFailure."""
    timer = asyncio.timeout(within_s)
    try:
        async with timer:
            addresses = await _addresses(origin)
            return await _first_that_answers(origin, addresses)
    except TimeoutError as error:
        raise RelayFailure("connect_timeout") from error


async def _addresses(origin: Origin) -> list[str]:
    """Every address of the host, all of them allowed. Raises RelayFailure."""
    try:
        ipaddress.ip_address(origin.host)
        found, name = [origin.host], ""
    except ValueError:
        found, name = await _resolved(origin), origin.host
    try:
        for address in found:
            check_ip(ipaddress.ip_address(address.split("%")[0]), name=name)
    except AddressRefused as refused:
        raise RelayFailure("address", str(refused)) from refused
    return found


async def _resolved(origin: Origin) -> list[str]:
    loop = asyncio.get_running_loop()
    try:
        entries = await loop.getaddrinfo(
            origin.host, origin.port, type=socket.SOCK_STREAM
        )
    except (OSError, UnicodeError) as error:
        raise RelayFailure("dns") from error
    return list(dict.fromkeys(str(entry[4][0]) for entry in entries))


async def _first_that_answers(origin: Origin, addresses: list[str]) -> HttpConnection:
    loop = asyncio.get_running_loop()
    made: Callable[[], HttpConnection] = lambda: HttpConnection(loop)  # noqa: E731
    failure = RelayFailure("dns")
    for address in addresses:
        try:
            _, connection = await loop.create_connection(
                made,
                address,
                origin.port,
                ssl=_tls() if origin.is_tls else None,
                server_hostname=origin.host if origin.is_tls else None,
            )
        except ssl.SSLError as error:
            raise RelayFailure("tls") from error
        except ConnectionRefusedError:
            failure = RelayFailure("refused")
        except ConnectionError:
            failure = RelayFailure("reset")
        except OSError:
            failure = RelayFailure("refused")
        else:
            return connection
    raise failure


@lru_cache(maxsize=1)  # Reading the certificates takes 20 ms.
def _tls() -> ssl.SSLContext:
    context = httpx2.create_ssl_context()
    context.set_alpn_protocols(["http/1.1"])
    return context
