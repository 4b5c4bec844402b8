"""Bytes as they come, gzip or not, with a bound on what they become. Pure."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from typing import Final

GZIP: Final = b"\x1f\x8b"
PIECE: Final = 256 * 1024
WITH_GZIP_HEADER: Final = 31
MOST_BYTES: Final = 1024 * 1024 * 1024


class CutShort(Exception):
    """The data cannot be read on from here; what came before it is good. The text is
    for a person."""


class TooLarge(CutShort):
    """There is more than is read at once."""


def unpacked(pieces: Iterable[bytes], most_bytes: int = MOST_BYTES) -> Iterator[bytes]:
    """The same bytes, unpacked where they are gzip (by their first two bytes, whatever
    a header says). Raises CutShort where gzip is broken or ends in the middle, and
    TooLarge; both after all that was whole."""
    source = iter(pieces)
    start = b""
    for piece in source:
        start += piece
        if len(start) >= len(GZIP):
            break
    whole = _chained(start, source)
    total = 0
    for piece in _gunzipped(whole) if start.startswith(GZIP) else whole:
        total += len(piece)
        if total > most_bytes:
            most = most_bytes // 2**20
            raise TooLarge(f"There is more than {most:,} MB: send it in parts.")
        yield piece


def _chained(start: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    if start:
        yield start
    yield from rest


def _gunzipped(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Also several gzip members in a row, as `cat` makes them."""
    engine, is_begun = zlib.decompressobj(WITH_GZIP_HEADER), False
    for piece in pieces:
        waiting, out = piece, b""
        while waiting or len(out) == PIECE:
            is_begun = True
            try:
                out = engine.decompress(waiting, PIECE)
            except zlib.error as error:
                raise CutShort(f"The gzip data is damaged ({error}).") from error
            yield out
            waiting = engine.unconsumed_tail
            if engine.eof:
                waiting, out = engine.unused_data, b""
                engine, is_begun = zlib.decompressobj(WITH_GZIP_HEADER), False
    if is_begun:
        raise CutShort("The gzip data ends in the middle.")
