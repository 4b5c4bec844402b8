"""A usage file as entries, by its layout. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import BinaryIO, Final

from analytics.intake.entries import Told, csv_entries, json_entries
from analytics.intake.formats import Layout
from analytics.intake.unpacking import PIECE, CutShort, unpacked

START: Final = 64 * 1024


def pieces_of(file: BinaryIO) -> Iterator[bytes]:
    """The bytes of a file, unpacked where they are gzip; as many as there are."""
    return unpacked(iter(lambda: file.read(PIECE), b""), most_bytes=2**50)


def start_of(file: BinaryIO) -> bytes:
    """The first kilobytes, unpacked; `file` is at its beginning again afterwards."""
    found = b""
    try:
        for piece in pieces_of(file):
            found += piece
            if len(found) >= START:
                break
    except CutShort:
        # What was whole can be looked at; reading all of it says so again.
        pass
    file.seek(0)
    return found[:START]


def entries_of(layout: Layout, pieces: Iterable[bytes]) -> Iterator[Told]:
    """Every entry with its columns called as they are to be."""
    if layout.delimiter:
        entries = csv_entries(
            pieces, delimiter=layout.delimiter, encoding=layout.encoding
        )
    else:
        entries = json_entries(pieces)
    if not layout.renamed:
        yield from entries
        return
    renames = dict(layout.renamed)
    for told in entries:
        if isinstance(told.value, dict):
            value = {renames.get(name, name): one for name, one in told.value.items()}
            yield Told(told.line, value, told.problem)
        else:
            yield told
