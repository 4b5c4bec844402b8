"""The seam behind which the relay's HTTP client stands, so that it can be exchanged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol


class RelayFailure(Exception):
    """The transport failed. `code` is one of a NetworkError: refused, reset, dns, tls,
    connect_timeout, address; or `waited` (nothing came in the time given) and
    `malformed` (what came is no HTTP, or is packed wrongly)."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail


@dataclass(frozen=True, slots=True)
class RelayRequest:
    """One POST. `headers` are complete but for what framing needs (host, length)."""

    url: str
    headers: Sequence[tuple[str, str]]
    body: bytes


class RelayReply(Protocol):
    """An answer whose headers have come. Header names are in lower case; the body is
    given unpacked. Whoever got it closes it, on every way out."""

    @property
    def status(self) -> int: ...

    @property
    def headers(self) -> Mapping[str, str]: ...

    async def read(self, patience_s: float) -> bytes:
        """The next bytes as they come; empty at the proper end. Raises RelayFailure."""

    async def body(self, patience_s: float) -> bytes:
        """Everything that is still to come. Raises RelayFailure."""

    def close(self) -> None:
        """Synchronous. Ends the call: a body that was not read to its end breaks the
        connection, at once and also upstream. Twice does nothing."""


class RelayClient(Protocol):
    """Keeps connections, follows no redirect, reads no proxy of the environment, and
    connects only where `registry.addresses` allows. A cancelled `post` ends the call
    upstream at once, also before its headers have come."""

    async def post(
        self, request: RelayRequest, connect_s: float, headers_s: float
    ) -> RelayReply:
        """Return when the headers have come. Raises RelayFailure."""

    async def close(self) -> None: ...
