"""What an uploaded picture is, read from its bytes and not from its name. Pure."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Final

MAX_BYTES: Final = 10 * 2**20
MAX_SIDE_PX: Final = 20_000
PNG: Final = b"\x89PNG\r\n\x1a\n"
# Frames that hold the size; the others of this range are tables.
JPEG_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
JPEG_STANDALONE: Final = frozenset({0x01, *range(0xD0, 0xD9)})


class PictureError(ValueError):
    """The bytes are no picture that models read; the message says why."""


@dataclass(frozen=True)
class Picture:
    media_type: str
    width_px: int
    height_px: int


def picture_of(data: bytes, name: str) -> Picture:
    """Raises PictureError; `name` is for its message."""
    said = name[:80] or "The picture"
    if len(data) > MAX_BYTES:
        raise PictureError(too_large(said, len(data)))
    try:
        found = _read(data)
    except (struct.error, IndexError):
        found = None
    if found is None:
        raise PictureError(
            f"{said} is no picture: it must be a whole PNG, JPEG, GIF or WebP file."
        )
    if not (0 < found.width_px <= MAX_SIDE_PX and 0 < found.height_px <= MAX_SIDE_PX):
        raise PictureError(f"{said} has no side of 1 to {MAX_SIDE_PX:,} pixels.")
    return found


def too_large(name: str, size: int) -> str:
    return (
        f"{name} has {size / 2**20:,.1f} MB; a picture may have up to "
        f"{MAX_BYTES // 2**20} MB. Make it smaller first."
    )


def _read(data: bytes) -> Picture | None:
    if data.startswith(PNG) and data[12:16] == b"IHDR":
        return Picture("image/png", *struct.unpack(">II", data[16:24]))
    if data[:6] in (b"GIF87a", b"GIF89a"):
        return Picture("image/gif", *struct.unpack("<HH", data[6:10]))
    if data.startswith(b"\xff\xd8"):
        return _jpeg(data)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return _webp(data)
    return None


def _jpeg(data: bytes) -> Picture | None:
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF or marker in JPEG_STANDALONE:
            at += 1 if marker == 0xFF else 2
            continue
        if marker in JPEG_FRAMES:
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return Picture("image/jpeg", width, height)
        at += 2 + int(struct.unpack(">H", data[at + 2 : at + 4])[0])
    return None


def _webp(data: bytes) -> Picture | None:
    kind = data[12:16]
    if kind == b"VP8X" and len(data) >= 30:
        width = int.from_bytes(data[24:27], "little") + 1
        height = int.from_bytes(data[27:30], "little") + 1
    elif kind == b"VP8L" and data[20] == 0x2F:
        bits = struct.unpack("<I", data[21:25])[0]
        width, height = (bits & 0x3FFF) + 1, ((bits >> 14) & 0x3FFF) + 1
    elif kind == b"VP8 " and data[23:26] == b"\x9d\x01\x2a":
        width, height = (one & 0x3FFF for one in struct.unpack("<HH", data[26:30]))
    else:
        return None
    return Picture("image/webp", width, height)
