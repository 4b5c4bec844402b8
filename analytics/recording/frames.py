"""Records in a file, one after the other: a mark, the length, a checksum, the bytes.
What was torn by a crash or spoilt by a disk is found and skipped. Pure."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from typing import Final

HEADER: Final = struct.Struct("<4sII")
MARK: Final = b"\xffUR1"
MAX_BODY: Final = 2 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Parsed:
    """The whole records of some bytes. `consumed` bytes are done with, of which
    `skipped` were no record."""

    bodies: list[bytes]
    consumed: int
    skipped: int


def frame(body: bytes) -> bytes:
    """Raises ValueError for a body that is too long to be read back."""
    if len(body) > MAX_BODY:
        raise ValueError(f"A record of {len(body):,} bytes is too long.")
    return HEADER.pack(MARK, len(body), zlib.crc32(body)) + body


def parse(data: bytes, *, is_end: bool) -> Parsed:
    """The records in `data`, which begins at one. At the end of a file (`is_end`) an
    unfinished record is torn; before it, it is left for the next reading."""
    bodies: list[bytes] = []
    position = skipped = 0
    while position < len(data):
        body = _body_at(data, position)
        if body is not None:
            bodies.append(body)
            position += HEADER.size + len(body)
            continue
        if not is_end and _is_unfinished(data, position):
            break
        following = data.find(MARK, position + 1)
        # A mark may be cut in two by the end of what was read.
        rest = len(data) if is_end else max(position + 1, len(data) - len(MARK) + 1)
        until = rest if following < 0 else following
        skipped += until - position
        position = until
    return Parsed(bodies, position, skipped)


def _body_at(data: bytes, position: int) -> bytes | None:
    start = position + HEADER.size
    if start > len(data):
        return None
    mark, length, checksum = HEADER.unpack_from(data, position)
    body = data[start : start + length]
    is_whole = mark == MARK and length <= MAX_BODY and len(body) == length
    return body if is_whole and zlib.crc32(body) == checksum else None


def _is_unfinished(data: bytes, position: int) -> bool:
    """Whether a record may begin here that goes on behind the end of `data`."""
    rest = len(data) - position
    if rest < HEADER.size:
        return MARK.startswith(data[position : position + len(MARK)])
    mark: bytes
    length: int
    mark, length, _ = HEADER.unpack_from(data, position)
    return mark == MARK and length <= MAX_BODY and rest < HEADER.size + length
