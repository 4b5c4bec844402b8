"""A bound for what a request may send. Django writes a body to disk before any view
sees it, so that nobody needs an account to fill the disk; this looks earlier."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final

MEGABYTE: Final = 2**20
USUAL_BYTES: Final = 64 * MEGABYTE
LARGE_BYTES: Final = 520 * MEGABYTE
LARGE: Final = frozenset({"/usage/import/file/", "/api/usage"})
"""Files of usage: up to 512 MB, and what a form needs around them."""
TOO_LARGE: Final = 413

Application = Callable[[Any, Any, Any], Awaitable[None]]


class BodyTooLarge(Exception):
    """More came than the path takes."""


class BodyLimit:
    """An ASGI application around another one."""

    def __init__(self, application: Application) -> None:
        self._application = application

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self._application(scope, receive, send)
            return
        most = LARGE_BYTES if scope["path"] in LARGE else USUAL_BYTES
        if _said_length(scope) > most:
            await _refuse(send, most)
            return
        came = 0
        has_begun = False

        async def bounded() -> Any:
            nonlocal came
            message = await receive()
            came += len(message.get("body", b""))
            if came > most:
                raise BodyTooLarge
            return message

        async def noting(message: Any) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        try:
            await self._application(scope, bounded, noting)
        except BodyTooLarge:
            if has_begun:
                raise
            await _refuse(send, most)


def _said_length(scope: Any) -> int:
    """0 where the request does not say, or says nonsense: then it is counted."""
    said = dict(scope["headers"]).get(b"content-length", b"")
    return int(said) if said.isdigit() and len(said) < 20 else 0


async def _refuse(send: Any, most: int) -> None:
    text = f"A request may send at most {most // MEGABYTE} MB here.\n".encode()
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(text)).encode()),
        # The rest of the body is not read.
        (b"connection", b"close"),
    ]
    start = {"type": "http.response.start", "status": TOO_LARGE, "headers": headers}
    await send(start)
    await send({"type": "http.response.body", "body": text})
