"""One HTTP exchange: the request as it came, and the one answer to it."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final

import msgspec

from modelhub.gateway.api.refusals import Refusal, refused
from modelhub.gateway.identifiers import new_id
from modelhub.request_id import ACCEPTABLE

Message = MutableMapping[str, Any]  # As ASGI defines it.
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

MAX_BODY_BYTES: Final = 32 * 2**20
JSON: Final = b"application/json"
Headers = list[tuple[bytes, bytes]]


class ClientLeft(Exception):
    """The client hung up before its request was read."""


class Exchange:
    """`headers` are the client's, in lower case; of one sent twice the first counts.
    `request_id` is ours; `shown_id` the client's own, where it sent a harmless one."""

    def __init__(self, scope: Message, receive: Receive, send: Send) -> None:
        self.method: str = scope["method"]
        self.path: str = scope["path"]
        self.receive = receive
        self._send = send
        self.headers: dict[str, str] = {}
        for name, value in scope["headers"]:
            self.headers.setdefault(name.decode("latin-1"), value.decode("latin-1"))
        self.request_id: uuid.UUID = new_id()
        given = self.headers.get("x-request-id", "")
        self.shown_id = given if ACCEPTABLE.fullmatch(given) else self.request_id.hex
        self.has_begun = False

    async def body(self) -> bytes:
        """The whole body. Raises a refusal for one that is too large, ClientLeft."""
        if int_of(self.headers.get("content-length", "")) > MAX_BODY_BYTES:
            raise too_large()
        message = await self.receive()
        body: bytes = message.get("body", b"")
        if message["type"] == "http.request" and not message.get("more_body"):
            # Chunked bodies come without a length.
            return body if len(body) <= MAX_BODY_BYTES else _raise(too_large())
        pieces = [body]
        size = len(body)
        while message["type"] == "http.request" and message.get("more_body"):
            message = await self.receive()
            pieces.append(message.get("body", b""))
            size += len(pieces[-1])
            if size > MAX_BODY_BYTES:
                raise too_large()
        if message["type"] == "http.disconnect":
            raise ClientLeft
        return b"".join(pieces)

    async def begin(self, status: int, kind: bytes, headers: Headers) -> None:
        self.has_begun = True
        shown = self.shown_id.encode()
        every = [
            (b"content-type", kind),
            (b"x-request-id", shown),
            (b"request-id", shown),
            (b"x-modelhub-request-id", self.request_id.hex.encode()),
            (b"cache-control", b"no-store"),
            *headers,
        ]
        await self._send(
            {"type": "http.response.start", "status": status, "headers": every}
        )

    async def write(self, body: bytes, *, is_last: bool = False) -> None:
        await self._send(
            {"type": "http.response.body", "body": body, "more_body": not is_last}
        )

    async def answer(
        self, body: bytes, headers: Headers | None = None, status: int = 200
    ) -> None:
        length = str(len(body)).encode()
        await self.begin(status, JSON, [(b"content-length", length), *(headers or [])])
        await self.write(b"" if self.method == "HEAD" else body, is_last=True)

    async def answer_json(
        self, document: object, headers: Headers | None = None, status: int = 200
    ) -> None:
        await self.answer(msgspec.json.encode(document), headers, status)


def too_large() -> Refusal:
    most = MAX_BODY_BYTES // 2**20
    return refused(413, "request_too_large", f"A body has at most {most} MB.")


def int_of(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else 0


def _raise(error: Exception) -> bytes:
    raise error
