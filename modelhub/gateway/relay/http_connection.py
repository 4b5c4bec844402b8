"""One HTTP/1.1 connection to a provider: one call at a time, on the event loop itself,
with no thread and no task in between."""

from __future__ import annotations

import asyncio
import select
from typing import Final, cast

import httptools

from modelhub.gateway.relay.client import RelayFailure
from modelhub.gateway.relay.unpacking import Unpacking, unpacking_for
from registry.providers.response import MAX_ANSWER_BYTES

HIGH_WATER_BYTES: Final = 2**20
"""So much unread body stops the reading; half of it starts it again."""
MAX_HEADER_BYTES: Final = 2**18
JOINED_BYTES: Final = 2**16
"""A body up to this size is sent in one piece with its head."""


class HttpConnection(asyncio.Protocol):
    """Idle → sending → headers known → body complete → idle. Whatever breaks this
    order closes the connection."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._transport: asyncio.Transport | None = None
        self._waiter: asyncio.Future[None] | None = None
        self.closed = loop.create_future()
        self.idle_since = 0.0
        self.calls = 0
        self._begin()

    def _begin(self) -> None:
        self._parser = httptools.HttpResponseParser(self)
        self.status = 0
        self.headers: dict[str, str] = {}
        self._header_bytes = 0
        self._has_headers = False
        self._is_complete = False
        self._is_kept = False
        self._pieces: list[bytes] = []
        self._unread = self._size = 0
        self._is_paused = False
        self._failure: RelayFailure | None = None
        self._unpacking: Unpacking | None = None
        self._is_packed = False

    # The call

    @property
    def is_usable(self) -> bool:
        transport = self._transport
        return transport is not None and not transport.is_closing()

    @property
    def may_be_kept(self) -> bool:
        """Whether the next call may use it: the last one came to its proper end."""
        return self._is_complete and self._is_kept and self.is_usable

    @property
    def is_quiet(self) -> bool:
        """Whether nothing has arrived on it that the loop did not see yet. What arrives
        between two calls is mostly the end."""
        if self._transport is None or not self.is_usable:
            return False
        poll = select.poll()
        poll.register(self._transport.get_extra_info("socket").fileno(), select.POLLIN)
        return not poll.poll(0)

    def send(self, request: bytes, body: bytes) -> None:
        self._begin()
        self.calls += 1
        if self._transport is None:
            self._fail("reset")
        elif len(body) < JOINED_BYTES:
            self._transport.write(request + body)
        else:
            self._transport.writelines((request, body))

    async def headers_come(self, patience_s: float) -> None:
        while not self._has_headers:
            self._raise_failure()
            await self._wait(patience_s)

    async def read(self, patience_s: float) -> bytes:
        """The bytes that have come; empty at the end. Raises RelayFailure."""
        while not self._pieces:
            if self._is_complete:
                return b""
            self._raise_failure()
            await self._wait(patience_s)
        pieces = self._pieces
        self._pieces = []
        self._unread = 0
        if self._is_paused:
            self._resume()
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def break_off(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    def _raise_failure(self) -> None:
        if self._failure is not None:
            raise self._failure

    async def _wait(self, patience_s: float) -> None:
        """Until something comes. Raises RelayFailure (`waited`) where nothing does."""
        waiter = self._waiter = self._loop.create_future()
        timer = self._loop.call_later(max(0.0, patience_s), self._expire, waiter)
        try:
            await waiter
        finally:
            timer.cancel()
            self._waiter = None

    @staticmethod
    def _expire(waiter: asyncio.Future[None]) -> None:
        if not waiter.done():
            waiter.set_exception(RelayFailure("waited"))

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def _fail(self, code: str, detail: str = "") -> None:
        if self._failure is None and not self._is_complete:
            self._failure = RelayFailure(code, detail)
        self._wake()

    def _resume(self) -> None:
        self._is_paused = False
        if self._transport is not None and not self._transport.is_closing():
            self._transport.resume_reading()

    # What the transport calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's are no subclass of asyncio.Transport.
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        if self._is_complete or not self.calls:
            # Nobody asked: a server that speaks out of turn is not listened to.
            self._is_kept = False
            self.break_off()
            return
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            cause = error.__context__
            told = cause if isinstance(cause, RelayFailure) else None
            self._fail("malformed", told.detail if told else "it is no HTTP")
            self.break_off()
        else:
            self._wake()

    def eof_received(self) -> bool:
        return False

    def connection_lost(self, error: Exception | None) -> None:
        # A reset is no proper end, though bytes may be all that was to come.
        is_end = error is None and self._has_headers and not self._is_complete
        if is_end and self._ends_with_connection:
            self._finish()
        self._fail("reset")
        if not self.closed.done():
            self.closed.set_result(None)

    @property
    def _ends_with_connection(self) -> bool:
        chunked = self.headers.get("transfer-encoding", "").lower().endswith("chunked")
        return not chunked and "content-length" not in self.headers

    # What the parser calls

    def on_header(self, name: bytes, value: bytes) -> None:
        self._header_bytes += len(name) + len(value)
        if self._header_bytes > MAX_HEADER_BYTES:
            raise RelayFailure("malformed", "its headers do not end")
        self.headers.setdefault(name.decode("latin-1").lower(), value.decode("latin-1"))

    def on_headers_complete(self) -> None:
        status = self._parser.get_status_code()
        if 100 <= status < 200:
            self.headers = {}
            return
        self.status = status
        self._is_kept = self._parser.should_keep_alive()
        self._unpacking = unpacking_for(self.headers.get("content-encoding", ""))
        self._has_headers = True

    def on_body(self, piece: bytes) -> None:
        if self._unpacking is not None:
            self._is_packed = True
            piece = self._unpacking.feed(piece, MAX_ANSWER_BYTES - self._size + 1)
        if not piece:
            return
        self._size += len(piece)
        if self._size > MAX_ANSWER_BYTES:
            raise RelayFailure("malformed", "its answer is too large")
        self._pieces.append(piece)
        self._unread += len(piece)
        if self._unread > HIGH_WATER_BYTES and not self._is_paused:
            self._is_paused = True
            if self._transport is not None:
                self._transport.pause_reading()

    def on_message_complete(self) -> None:
        if self._has_headers:
            self._finish()

    def _finish(self) -> None:
        if self._unpacking is not None and self._is_packed:
            try:
                self._unpacking.finish()
            except RelayFailure as failure:
                self._fail(failure.code, failure.detail)
                return
        self._is_complete = True
