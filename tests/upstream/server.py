"""A provider on loopback: real HTTP/1.1 on a socket, byte for byte as told, so that it
can break in every way that a real one does. Runs in a thread of its own."""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.upstream.replies import Reply

REASONS = {200: "OK", 400: "Bad Request", 401: "Unauthorized", 429: "Too Many Requests"}


@dataclass
class Received:
    """One request as it arrived. `was_cut` is set when the client left early."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    was_cut: bool = False
    is_done: bool = False

    @property
    def json(self) -> dict:
        return json.loads(self.body)


Handler = Callable[[Received], Reply]


@dataclass
class FakeUpstream:
    """`script` answers the next requests, one each; after them `handler` answers every
    further one. `requests` are all that arrived, in order; `open_connections` counts
    the sockets that clients hold."""

    handler: Handler
    script: list[Reply | Handler] = field(default_factory=list)
    requests: list[Received] = field(default_factory=list)
    open_connections: int = 0
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> FakeUpstream:
        ready = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, args=(ready,), daemon=True)
        self._thread.start()
        assert ready.wait(10)
        return self

    def stop(self) -> None:
        """Refuse every further connection and cut the open ones."""
        if self._loop.is_closed():
            return
        self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join(10)

    def restart(self) -> FakeUpstream:
        """Listen again, at the same port."""
        return self.start()

    def _run(self, ready: threading.Event) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._serve(ready))
        finally:
            self._loop.close()

    async def _serve(self, ready: threading.Event) -> None:
        self._stopping = asyncio.Event()
        self._tasks: set[asyncio.Task] = set()
        self._transports: set[asyncio.Transport] = set()
        server = await asyncio.start_server(
            self._accept, "127.0.0.1", self.port, limit=2**26
        )
        self.port = server.sockets[0].getsockname()[1]
        ready.set()
        await self._stopping.wait()
        server.close()
        await asyncio.sleep(0)  # What was just accepted begins.
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        # A task may have been cancelled while it waited for its socket to close.
        for transport in self._transports:
            transport.abort()
        await asyncio.sleep(0.001)

    async def _accept(self, reader, writer) -> None:
        task = asyncio.current_task()
        self._tasks.add(task)
        self._transports.add(writer.transport)
        self.open_connections += 1
        try:
            while (received := await self._read(reader)) is not None:
                if not await self._answer(received, reader, writer):
                    break
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        except asyncio.CancelledError:
            writer.transport.abort()
        finally:
            self.open_connections -= 1
            writer.close()
            # Or the loop may be gone before the socket is.
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()
                self._transports.discard(writer.transport)
            self._tasks.discard(task)

    async def _read(self, reader) -> Received | None:
        head = await reader.readuntil(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        method, path, _ = first.split(" ", 2)
        headers = {
            name.lower(): value.strip()
            for name, _, value in (line.partition(":") for line in lines if line)
        }
        body = b""
        if "content-length" in headers:
            body = await reader.readexactly(int(headers["content-length"]))
        elif headers.get("transfer-encoding") == "chunked":
            body = await _read_chunks(reader)
        received = Received(method, path, headers, body)
        self.requests.append(received)
        return received

    async def _answer(self, received: Received, reader, writer) -> bool:
        """Send the reply; False where the connection ends with it."""
        told = self.script.pop(0) if self.script else self.handler
        reply = told if isinstance(told, Reply) else told(received)
        watch = asyncio.ensure_future(reader.read(1))
        send = asyncio.ensure_future(self._send(reply, writer))
        try:
            done, _ = await asyncio.wait(
                {watch, send}, return_when=asyncio.FIRST_COMPLETED
            )
            if send not in done:
                received.was_cut = True
                return False
            received.is_done = True
            return send.result() and not watch.done()
        except ConnectionError:
            received.was_cut = True
            return False
        finally:
            for task in (watch, send):
                task.cancel()
            await asyncio.gather(watch, send, return_exceptions=True)

    async def _send(self, reply: Reply, writer) -> bool:
        await asyncio.sleep(reply.delay_s)
        if reply.resets_before_headers:
            writer.transport.abort()
            return False
        reason = REASONS.get(reply.status, "Status")
        head = [f"HTTP/1.1 {reply.status} {reason}"]
        head += [f"{name}: {value}" for name, value in reply.headers.items()]
        is_chunked = reply.is_stream
        head.append(
            "transfer-encoding: chunked"
            if is_chunked
            else f"content-length: {reply.content_length}"
        )
        writer.write(("\r\n".join(head) + "\r\n\r\n").encode("latin-1"))
        await writer.drain()
        for number, piece in enumerate(reply.pieces):
            if number == reply.cut_after:
                writer.transport.abort()
                return False
            if number:
                await asyncio.sleep(reply.pause_s)
            if number == reply.silent_after:
                await asyncio.sleep(3600)
            writer.write(_chunk(piece) if is_chunked else piece)
            await writer.drain()
        if is_chunked:
            writer.write(b"0\r\n\r\n")
            await writer.drain()
        return True


def _chunk(piece: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(piece), piece)


async def _read_chunks(reader) -> bytes:
    body = b""
    while True:
        size = int((await reader.readline()).split(b";")[0], 16)
        body += await reader.readexactly(size)
        await reader.readexactly(2)
        if not size:
            return body
