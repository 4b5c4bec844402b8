"""Asks a server as often as told and says how long that took: `python -m
modelhub.bench.load '{"port": …}'` prints one JSON document."""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from dataclasses import asdict, dataclass, field
from typing import Final

SENT_AT: Final = re.compile(rb"@(\d+) ")
END: Final = b"0\r\n\r\n"


@dataclass(frozen=True)
class Load:
    """`count` requests over `concurrency` connections. `body_bytes` is about the size
    of each; `path`, `model` and `token` say who is asked."""

    port: int
    path: str
    model: str
    token: str
    count: int
    concurrency: int
    body_bytes: int = 1_000
    is_stream: bool = False

    @property
    def request(self) -> bytes:
        said = "a word " * (max(0, self.body_bytes - 200) // 7)
        message = {"role": "user", "content": said or "Hello"}
        document = {"model": self.model, "max_tokens": 64, "messages": [message]}
        if self.is_stream:
            document["stream"] = True
        body = json.dumps(document).encode()
        head = (
            f"POST {self.path} HTTP/1.1\r\nhost: 127.0.0.1:{self.port}\r\n"
            f"authorization: Bearer {self.token}\r\ncontent-type: application/json\r\n"
            f"content-length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body


@dataclass
class Taken:
    """Milliseconds of each request; of streams also to the first piece (`first_ms`)
    and from sending to arrival of each piece (`piece_ms`)."""

    requests_ms: list[float] = field(default_factory=list)
    first_ms: list[float] = field(default_factory=list)
    piece_ms: list[float] = field(default_factory=list)
    failures: int = 0
    seconds: float = 0.0


class Caller(asyncio.Protocol):
    """One connection that asks again as soon as it is answered."""

    def __init__(
        self, load: Load, taken: Taken, left: list[int], done: asyncio.Future[None]
    ) -> None:
        self._load = load
        self._request = load.request
        self._taken = taken
        self._left = left
        self._done = done
        self._received = bytearray()
        self._length = -1
        self._has_piece = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: asyncio.Transport = transport  # type: ignore[assignment]  # TCP; uvloop's own class
        self._ask()

    def connection_lost(self, error: Exception | None) -> None:
        if not self._done.done():
            self._done.set_result(None)

    def data_received(self, data: bytes) -> None:
        now = time.monotonic_ns()
        if self._load.is_stream:
            self._note_pieces(data, now)
        self._received += data
        if self._is_complete():
            self._note(now)
            self._ask()

    def _ask(self) -> None:
        if not self._left[0]:
            self._transport.close()
            return
        self._left[0] -= 1
        self._received.clear()
        self._length, self._has_piece = -1, False
        self._started = time.monotonic_ns()
        self._transport.write(self._request)

    def _is_complete(self) -> bool:
        if self._length < 0:
            gap = self._received.find(b"\r\n\r\n")
            if gap < 0:
                return False
            found = re.search(rb"content-length: (\d+)", self._received[:gap], re.I)
            self._length = gap + 4 + int(found[1]) if found else 0
        if self._length:
            return len(self._received) >= self._length
        return self._received.endswith(END)

    def _note_pieces(self, data: bytes, now: int) -> None:
        for sent_at in SENT_AT.findall(data):
            self._taken.piece_ms.append((now - int(sent_at)) / 1e6)
            if not self._has_piece:
                self._has_piece = True
                self._taken.first_ms.append((now - self._started) / 1e6)

    def _note(self, now: int) -> None:
        self._taken.requests_ms.append((now - self._started) / 1e6)
        if not self._received.startswith(b"HTTP/1.1 200"):
            self._taken.failures += 1


async def put(load: Load) -> Taken:
    """Raises OSError where nobody listens."""
    loop = asyncio.get_running_loop()
    taken, left = Taken(), [load.count]
    waits = []
    started = time.monotonic()
    for _ in range(load.concurrency):
        done: asyncio.Future[None] = loop.create_future()
        await loop.create_connection(
            lambda done=done: Caller(load, taken, left, done),  # type: ignore[misc]  # a default that binds
            "127.0.0.1",
            load.port,
        )
        waits.append(done)
    await asyncio.gather(*waits)
    taken.seconds = time.monotonic() - started
    return taken


if __name__ == "__main__":
    import uvloop

    told = uvloop.run(put(Load(**json.loads(sys.argv[1]))))
    print(json.dumps(asdict(told)))  # noqa: T201  # its answer
