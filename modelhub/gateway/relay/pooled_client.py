"""The relay's client: kept connections of one event loop, the freshest first."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Final

from modelhub.gateway.relay.client import RelayFailure, RelayRequest
from modelhub.gateway.relay.connecting import Origin, connect, target_of
from modelhub.gateway.relay.http_connection import HttpConnection

IDLE_S: Final = 30.0
"""Longer than this no connection is kept: providers close theirs after a minute."""
MOST_IDLE: Final = 256
JUST_USED_S: Final = 0.01
"""Within this no provider closes a connection, and looking would cost time."""


class PooledReply:
    """A RelayReply on one connection, which it gives back."""

    __slots__ = ("_client", "_connection", "_origin", "headers", "status")

    def __init__(
        self, client: PooledClient, origin: Origin, connection: HttpConnection
    ) -> None:
        self._client = client
        self._origin = origin
        self._connection: HttpConnection | None = connection
        self.status = connection.status
        self.headers: Mapping[str, str] = connection.headers

    async def read(self, patience_s: float) -> bytes:
        if self._connection is None:
            return b""
        piece = await self._connection.read(patience_s)
        if not piece:
            self.close()
        return piece

    async def body(self, patience_s: float) -> bytes:
        loop = asyncio.get_running_loop()
        until = loop.time() + patience_s
        pieces = []
        while piece := await self.read(until - loop.time()):
            pieces.append(piece)
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            self._client.take_back(self._origin, connection)


class PooledClient:
    """A RelayClient. It belongs to the event loop that it is first used on."""

    def __init__(self) -> None:
        self._idle: dict[Origin, list[HttpConnection]] = {}
        self._open: set[HttpConnection] = set()
        self._sweep: asyncio.TimerHandle | None = None
        self._is_closed = False

    @property
    def open_connections(self) -> int:
        return sum(1 for one in self._open if one.is_usable)

    async def post(
        self, request: RelayRequest, connect_s: float, headers_s: float
    ) -> PooledReply:
        target = target_of(request.url)
        head = _head(target.origin, target.path, request)
        loop = asyncio.get_running_loop()
        until = loop.time() + headers_s
        connection = self._kept(target.origin, loop.time())
        if connection is None:
            connection = await self._connected(target.origin, min(connect_s, headers_s))
        is_kept = connection.calls > 0
        try:
            connection.send(head, request.body)
            await connection.headers_come(until - loop.time())
        except BaseException as failure:
            connection.break_off()
            if is_kept and isinstance(failure, RelayFailure):
                self._forget(target.origin)
            raise
        return PooledReply(self, target.origin, connection)

    def take_back(self, origin: Origin, connection: HttpConnection) -> None:
        if self._is_closed or not connection.may_be_kept:
            connection.break_off()
            return
        idle = self._idle.setdefault(origin, [])
        if len(idle) >= MOST_IDLE:
            connection.break_off()
            return
        loop = asyncio.get_running_loop()
        connection.idle_since = loop.time()
        idle.append(connection)
        if self._sweep is None:
            self._sweep = loop.call_later(IDLE_S, self._drop_idle)

    async def close(self) -> None:
        """Break every connection and wait until all are gone."""
        self._is_closed = True
        if self._sweep is not None:
            self._sweep.cancel()
            self._sweep = None
        self._idle.clear()
        leaving = list(self._open)
        for connection in leaving:
            connection.break_off()
        for connection in leaving:
            await connection.closed

    async def _connected(self, origin: Origin, within_s: float) -> HttpConnection:
        if self._is_closed:
            raise RelayFailure("reset", "the gateway is stopping")
        connection = await connect(origin, within_s)
        self._open.add(connection)
        connection.closed.add_done_callback(lambda _: self._open.discard(connection))
        return connection

    def _kept(self, origin: Origin, now: float) -> HttpConnection | None:
        idle = self._idle.get(origin)
        while idle:
            connection = idle.pop()
            was_just_used = now - connection.idle_since < JUST_USED_S
            if was_just_used and connection.is_usable:
                return connection
            if connection.is_quiet:
                return connection
            connection.break_off()
        return None

    def _forget(self, origin: Origin) -> None:
        """A kept connection was dead: its neighbours will be too."""
        for connection in self._idle.pop(origin, ()):
            connection.break_off()

    def _drop_idle(self) -> None:
        loop = asyncio.get_running_loop()
        oldest = loop.time() - IDLE_S
        for origin, idle in list(self._idle.items()):
            fresh = [one for one in idle if one.idle_since > oldest and one.is_usable]
            for connection in idle:
                if connection not in fresh:
                    connection.break_off()
            if fresh:
                self._idle[origin] = fresh
            else:
                del self._idle[origin]
        self._sweep = loop.call_later(IDLE_S, self._drop_idle) if self._idle else None


def _head(origin: Origin, path: str, request: RelayRequest) -> bytes:
    lines = [f"POST {path} HTTP/1.1\r\nhost: {origin.host_header}\r\n"]
    for name, value in request.headers:
        if "\r" in value or "\n" in value or "\0" in value:
            raise RelayFailure("malformed_header", name)
        lines.append(f"{name}: {value}\r\n")
    lines.append(f"content-length: {len(request.body)}\r\n\r\n")
    try:
        return "".join(lines).encode("latin-1")
    except UnicodeEncodeError as error:
        raise RelayFailure("malformed_header") from error
