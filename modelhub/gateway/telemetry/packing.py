"""Bodies that come packed, unpacked as far as is sensible. Pure."""

from __future__ import annotations

import zlib
from typing import Final

from modelhub.gateway.api.refusals import refused

MOST_BYTES: Final = 64 * 2**20
"""Unpacked. The largest body of an exporter's 512 spans with prompts is far smaller."""
GZIP_OR_ZLIB: Final = zlib.MAX_WBITS | 32
PACKED: Final = frozenset({"gzip", "x-gzip", "deflate"})
CHUNK: Final = 4 * 2**20


def unpacked(body: bytes, encoding: str) -> bytes:
    """Raises a refusal: 400 for a body that is broken or cut, 413 for one that grows
    too large (seen before it is there), 415 for an unknown encoding."""
    word = encoding.strip().lower()
    if word in ("", "identity"):
        return body
    if word not in PACKED:
        message = f"Content-Encoding {word[:40]!r} is not known: send gzip or nothing."
        raise refused(415, "unsupported_encoding", message)
    unpacker = zlib.decompressobj(GZIP_OR_ZLIB)
    pieces, size, rest = [], 0, body
    try:
        while rest and not unpacker.eof:
            piece = unpacker.decompress(rest, CHUNK)
            size += len(piece)
            if size > MOST_BYTES:
                most = MOST_BYTES // 2**20
                message = f"Unpacked, a body has at most {most} MB."
                raise refused(413, "request_too_large", message)
            pieces.append(piece)
            rest = unpacker.unconsumed_tail
    except zlib.error as error:
        message = "The packed body is broken."
        raise refused(400, "invalid_body", message) from error
    if not unpacker.eof:
        raise refused(400, "invalid_body", "The packed body is cut.")
    return b"".join(pieces)
