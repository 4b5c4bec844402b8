"""Bodies that come packed (gzip, deflate), unpacked piece by piece."""

from __future__ import annotations

import zlib
from typing import Final, Protocol

from modelhub.gateway.relay.client import RelayFailure

GZIP_OR_ZLIB: Final = zlib.MAX_WBITS | 32
KNOWN: Final = frozenset({"gzip", "x-gzip", "deflate"})
ACCEPTED: Final = "gzip, deflate"


class Unpacking(Protocol):
    def feed(self, piece: bytes, most: int) -> bytes:
        """The piece unpacked, as far as `most` bytes go; raises RelayFailure."""

    def finish(self) -> None:
        """Raises RelayFailure where the packed body is not complete."""


class Deflated:
    """A body packed with gzip or zlib."""

    def __init__(self) -> None:
        self._unpacker = zlib.decompressobj(GZIP_OR_ZLIB)

    def feed(self, piece: bytes, most: int) -> bytes:
        try:
            return self._unpacker.decompress(piece, most)
        except zlib.error as error:
            raise RelayFailure("malformed", "its packed body is broken") from error

    def finish(self) -> None:
        if not self._unpacker.eof:
            raise RelayFailure("malformed", "its packed body is cut")


def unpacking_for(encoding: str) -> Unpacking | None:
    """What unpacks a `Content-Encoding`; None where there is nothing to unpack. Raises
    RelayFailure for one that nobody asked for."""
    word = encoding.strip().lower()
    if word in ("", "identity"):
        return None
    if word in KNOWN:
        return Deflated()
    raise RelayFailure("malformed", f"it is packed as {word[:40]}")
