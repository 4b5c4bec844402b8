"""Where a connection may go: rules for base URLs and for the addresses behind them.

Link-local addresses and those at which clouds keep credentials of the machine are
refused always; loopback and private ranges where the operator says so
(`MODELHUB_ALLOW_PRIVATE_ADDRESSES`, docs/connections.md). A name is judged by what it
resolves to, when it is saved and again when it is connected to
(`registry.provider_client`).
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

MAX_LENGTH: Final = 400
METADATA_NAMES: Final = frozenset(
    {"metadata", "metadata.google.internal", "metadata.goog", "instance-data"}
    | {"instance-data.ec2.internal"}
)
METADATA_ADDRESSES: Final = frozenset(
    map(
        ipaddress.ip_address,
        (
            "100.100.100.200",  # Alibaba
            "168.63.129.16",  # Azure
            "192.0.0.192",  # Oracle
            "fd00:ec2::254",  # Amazon
            "fd00:42::42",  # Scaleway
            "fd20:ce::254",  # Google
        ),
    )
)
LOCAL_SUFFIXES: Final = (
    ".localhost",
    ".local",
    ".internal",
    ".lan",
    ".home.arpa",
)
CARRIES_V4: Final = tuple(
    ipaddress.ip_network(mapped)
    for mapped in ("::/96", "::ffff:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48")
)
"""IPv6 ranges whose last 32 bits are an IPv4 address."""
LABEL: Final = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")


class AddressRefused(ValueError):
    """A connection may not go there; the message says why."""


@dataclass(frozen=True)
class BaseURL:
    """A base URL in one spelling: host in lower case and ASCII, no slash at the end.
    `address` is set where the host is an address and no name, however it is written."""

    scheme: str
    host: str
    port: int | None
    path: str
    address: IPAddress | None

    def __str__(self) -> str:
        is_v6 = isinstance(self.address, ipaddress.IPv6Address)
        host = f"[{self.host}]" if is_v6 else self.host
        port = "" if self.port is None else f":{self.port}"
        return f"{self.scheme}://{host}{port}{self.path}"


def parsed(text: str) -> BaseURL:
    """The base URL that a person typed. Raises AddressRefused in words."""
    text = text.strip()
    if len(text) > MAX_LENGTH:
        raise AddressRefused(f"An address has at most {MAX_LENGTH} characters.")
    if re.search(r"[\x00-\x20\x7f\\]", text):
        raise AddressRefused("An address has no spaces, backslashes or line breaks.")
    parts = _split(text)
    if "@" in parts.netloc:
        raise AddressRefused(
            "Leave user name and password out of the address: a key has its own field."
        )
    if parts.query or parts.fragment or "?" in text or "#" in text:
        raise AddressRefused("A base address has no “?” and no “#”.")
    try:
        port = parts.port
    except ValueError as error:
        raise AddressRefused("The port is a number from 1 to 65535.") from error
    if port == 0:
        raise AddressRefused("The port is a number from 1 to 65535.")
    host, address = _host(parts.hostname or "")
    return BaseURL(parts.scheme, host, port, parts.path.rstrip("/"), address)


def resolved_addresses(host: str) -> list[IPAddress]:
    """What the machine resolves a name to; empty where it knows no such name."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return [ipaddress.ip_address(str(entry[4][0]).split("%")[0]) for entry in found]


def check_address(
    url: str, resolve: Callable[[str], list[IPAddress]] = resolved_addresses
) -> None:
    """Raises AddressRefused where a connection may not go to `url`. A name is resolved
    (this may take seconds); one that is not known is no reason to refuse."""
    base = parsed(url)
    if base.address is not None:
        check_ip(base.address)
        return
    for address in resolve(base.host):
        check_ip(address, name=base.host)


def check_ip(address: IPAddress, name: str = "") -> None:
    """Raises AddressRefused for an address that is out of bounds, also where it is
    wrapped in IPv6. `name` is the name that led to it."""
    where = f"{name} leads to {address}, which" if name else f"{address}"
    for inner in (address, *_wrapped(address)):
        if inner in METADATA_ADDRESSES or inner.is_link_local:
            message = (
                f"{where} is link-local or a cloud's metadata service: "
                "connections never go there."
            )
            raise AddressRefused(message)
        if inner.is_multicast or inner.is_unspecified or _is_reserved(inner):
            raise AddressRefused(f"{where} is no address that a server can have.")
        if not inner.is_global and not settings.MODELHUB_ALLOW_PRIVATE_ADDRESSES:
            message = (
                f"{where} is loopback or private, which the operator does not allow "
                "(MODELHUB_ALLOW_PRIVATE_ADDRESSES)."
            )
            raise AddressRefused(message)


def is_local(url: str) -> bool:
    """Whether this is surely a machine of one's own: a loopback or private address, a
    name without a dot, or one that is only used inside (.local, .internal, …). Asks
    no name server; False for what is no address at all."""
    try:
        base = parsed(url)
    except AddressRefused:
        return False
    if base.address is not None:
        inner: list[IPAddress] = list(_wrapped(base.address)) or [base.address]
        return all(not one.is_global for one in inner)
    return "." not in base.host or base.host.endswith(LOCAL_SUFFIXES)


def is_this_machine(url: str) -> bool:
    """Whether this is surely the very machine that asks: a loopback address."""
    try:
        base = parsed(url)
    except AddressRefused:
        return False
    if base.address is not None:
        inner: list[IPAddress] = list(_wrapped(base.address)) or [base.address]
        return all(one.is_loopback for one in inner)
    return base.host == "localhost" or base.host.endswith(".localhost")


def _split(text: str) -> SplitResult:
    try:
        parts = urlsplit(text)
    except ValueError as error:
        raise AddressRefused("This is no address.") from error
    if parts.scheme not in {"http", "https"} or "://" not in text:
        raise AddressRefused("An address begins with http:// or https://.")
    return parts


def _host(written: str) -> tuple[str, IPAddress | None]:
    """The host in ASCII, with its address if it is one. Raises AddressRefused."""
    if "%" in written:
        raise AddressRefused("An address has no “%” in its host.")
    if ":" in written:
        return _v6(written)
    try:
        # Also folds wide digits and full stops, behind which an address could hide.
        host = written.encode("idna").decode("ascii").lower().removesuffix(".")
    except UnicodeError as error:
        raise AddressRefused("The host in this address is no name.") from error
    try:
        # Reads 2130706433, 0x7f.1 and 0177.0.0.1 as the system does when connecting.
        v4 = ipaddress.IPv4Address(socket.inet_aton(host))
    except OSError:
        v4 = None
    if v4 is not None:
        return str(v4), v4
    if host in METADATA_NAMES:
        message = f"{host} is a cloud's metadata service: connections never go there."
        raise AddressRefused(message)
    labels = host.split(".")
    if not all(map(LABEL.fullmatch, labels)) or labels[-1].isdigit():
        raise AddressRefused("The host in this address is no name.")
    return host, None


def _v6(written: str) -> tuple[str, IPAddress]:
    try:
        address = ipaddress.IPv6Address(written)
    except ValueError as error:
        raise AddressRefused("The host in this address is no IPv6 address.") from error
    return str(address), address


def _wrapped(address: IPAddress) -> Iterator[ipaddress.IPv4Address]:
    """IPv4 addresses that an IPv6 address carries and that a router may unwrap."""
    if not isinstance(address, ipaddress.IPv6Address):
        return
    last = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    if int(address) > 1 and any(address in network for network in CARRIES_V4):
        yield last
    if address.sixtofour:
        yield address.sixtofour
    if address.teredo:
        yield from address.teredo


def _is_reserved(address: IPAddress) -> bool:
    """Beyond use: 0.0.0.0/8 leads to the machine itself on Linux, 240/4 nowhere."""
    if isinstance(address, ipaddress.IPv4Address):
        return address.is_reserved or address in ipaddress.ip_network("0.0.0.0/8")
    return address.is_site_local
