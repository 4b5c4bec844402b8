"""Texts that are sent while they are made."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from itertools import islice
from typing import Final

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest

AT_ONCE: Final = 200
"""Lines that are sent together."""


def streamed(
    request: HttpRequest, lines: Iterator[str]
) -> Iterator[str] | AsyncIterator[str]:
    """`lines` as the server wants them: an asynchronous one gathers all lines of a
    plain iterator before it sends the first. Making a line must not wait for anything.
    """
    chunks = _together(lines)
    return _in_turns(chunks) if isinstance(request, ASGIRequest) else chunks


def streamed_in_turns(
    request: HttpRequest, lines: Iterator[str]
) -> Iterator[str] | AsyncIterator[str]:
    """The same for lines that wait for the database now and then."""
    chunks = _together(lines)
    return _in_a_thread(chunks) if isinstance(request, ASGIRequest) else chunks


async def _in_a_thread(chunks: Iterator[str]) -> AsyncIterator[str]:
    def following() -> str:
        return next(chunks, "")

    while chunk := await sync_to_async(following)():
        yield chunk


def _together(lines: Iterator[str]) -> Iterator[str]:
    while several := list(islice(lines, AT_ONCE)):
        yield "".join(several)


async def _in_turns(chunks: Iterator[str]) -> AsyncIterator[str]:
    for chunk in chunks:
        yield chunk
        await asyncio.sleep(0)
