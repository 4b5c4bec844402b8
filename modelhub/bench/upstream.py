"""A provider for measurements: `python -m modelhub.bench.upstream PORT`. It speaks just
enough of OpenAI's chat completions, as quickly as Python can, and tells in each piece
of a stream when it was sent."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from typing import Any, Final

CHUNKS: Final = 20
PAUSE_S: Final = 0.002
USAGE: Final = {"prompt_tokens": 250, "completion_tokens": 20, "total_tokens": 270}
FRAME: Final = {"id": "chatcmpl-1", "created": 1760000000, "model": "bench"}


def whole_answer() -> bytes:
    message = {"role": "assistant", "content": "word " * 20, "refusal": None}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    document = {**FRAME, "object": "chat.completion", "choices": [choice]}
    body = json.dumps({**document, "usage": USAGE}).encode()
    head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"
    return f"{head}content-length: {len(body)}\r\n\r\n".encode() + body


def _event(**changes: Any) -> bytes:  # Any: OpenAI's JSON
    document = {**FRAME, "object": "chat.completion.chunk", **changes}
    data = b"data: %b\n\n" % json.dumps(document).encode()
    return b"%x\r\n%b\r\n" % (len(data), data)


def _word() -> bytes:
    delta = {"content": f"@{time.monotonic_ns()} "}
    return _event(choices=[{"index": 0, "delta": delta, "finish_reason": None}])


def closing() -> bytes:
    stop = {"index": 0, "delta": {}, "finish_reason": "stop"}
    done = b"data: [DONE]\n\n"
    last = b"%x\r\n%b\r\n0\r\n\r\n" % (len(done), done)
    return _event(choices=[stop]) + _event(choices=[], usage=USAGE) + last


STREAM_HEAD: Final = (
    b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n"
    b"transfer-encoding: chunked\r\n\r\n"
)


class Provider(asyncio.Protocol):
    """One connection. Requests come one after the other, with a length."""

    def __init__(self, answer: bytes, ending: bytes) -> None:
        self._answer = answer
        self._ending = ending
        self._received = bytearray()
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]  # TCP; uvloop's own class

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, gap, body = self._received.partition(b"\r\n\r\n")
        if not gap or len(body) < _length(head):
            return
        self._received.clear()
        if b'"stream":true' in body or b'"stream": true' in body:
            self._write(STREAM_HEAD)
            self._say(CHUNKS)
        else:
            self._write(self._answer)

    def _say(self, left: int) -> None:
        if not left:
            self._write(self._ending)
            return
        self._write(_word())
        asyncio.get_running_loop().call_later(PAUSE_S, self._say, left - 1)

    def _write(self, data: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(data)


def _length(head: bytes | bytearray) -> int:
    for line in bytes(head).lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.partition(b":")[2])
    return 0


async def serve(port: int) -> None:
    answer, ending = whole_answer(), closing()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: Provider(answer, ending), "127.0.0.1", port
    )
    await server.serve_forever()


if __name__ == "__main__":
    import uvloop

    uvloop.run(serve(int(sys.argv[1])))
