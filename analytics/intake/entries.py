"""The entries of a file or body, one after the other, each with its line. Pure.

Memory stays flat whatever the size. What cannot be read is an entry with a problem;
what comes after it is read on where the form allows that."""

from __future__ import annotations

import codecs
import csv
import json
import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from analytics.intake.unpacking import CutShort

LONGEST: Final = 1024 * 1024
"""Bytes of one line, characters of one element of a list."""
MOST_LINES: Final = 1_000
"""Of one row of CSV: a text in quotation marks may have line breaks."""
SPACE: Final = re.compile(r"[\s,]*")
BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
DECODER: Final = msgspec.json.Decoder()


@dataclass(frozen=True, slots=True)
class Told:
    """`line` counts from 1. `problem` says why there is no `value`."""

    line: int
    value: Any = None
    problem: str = ""


def json_entries(pieces: Iterable[bytes]) -> Iterator[Told]:
    """JSON lines, or one JSON list. Raises CutShort where no more can be read, after
    all that was whole."""
    source = iter(pieces)
    start = b""
    for piece in source:
        start = (start + piece).removeprefix(BYTE_ORDER_MARK)
        if start and not start.isspace():
            break
    whole = _chained(start, source)
    if start.lstrip().startswith(b"["):
        yield from _listed(whole)
    else:
        yield from _lined(whole)


def csv_entries(
    pieces: Iterable[bytes], *, delimiter: str, encoding: str
) -> Iterator[Told]:
    """Rows by the names of the first one. A row with too few or too many fields is
    one with a problem."""
    tape = _Tape(_text_lines(_texts(pieces, encoding)))
    reader = csv.reader(tape, delimiter=delimiter, strict=True)
    header: list[str] | None = None
    while True:
        started = tape.begin()
        try:
            row = next(reader, None)
        except csv.Error as error:
            yield Told(started, None, tape.problem(error))
            tape.back()
            reader = csv.reader(tape, delimiter=delimiter, strict=True)
            continue
        if row is None:
            return
        if header is None:
            header = [name.strip() for name in row]
        elif not any(row):
            continue
        elif len(row) != len(header):
            problem = f"The row has {len(row)} fields, the header {len(header)}."
            yield Told(started, None, problem)
        else:
            yield Told(started, dict(zip(header, row, strict=True)))


class _Tape:
    """Lines for a reader of CSV that can be read again: a quotation mark that is never
    closed costs its own row, not all rows after it."""

    def __init__(self, lines: Iterator[str]) -> None:
        self.lines = lines
        self.again: deque[str] = deque()
        self.taken: list[str] = []
        self.line = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if len(self.taken) >= MOST_LINES:
            raise StopIteration
        found = self.again.popleft() if self.again else next(self.lines)
        self.taken.append(found)
        self.line += 1
        return found

    def begin(self) -> int:
        """A row begins; the number of its first line."""
        self.taken.clear()
        return self.line + 1

    def back(self) -> None:
        """To behind the first line of the row."""
        rest = self.taken[1:]
        self.again.extendleft(reversed(rest))
        self.line -= len(rest)

    def problem(self, error: csv.Error) -> str:
        if len(self.taken) > 1:
            return "A quotation mark is opened in this row and never closed."
        return f"The row cannot be read: {error}."


def _chained(start: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    if start:
        yield start
    yield from rest


def _lined(pieces: Iterable[bytes]) -> Iterator[Told]:
    number, rest, skipping = 0, b"", False
    # Where the pieces end too early, the last line is a piece of one, and not read.
    for piece in pieces:
        *lines, rest = (rest + piece).split(b"\n")
        for line in lines:
            number += 1
            if skipping:
                skipping = False
            elif told := _line(number, line):
                yield told
        if len(rest) > LONGEST and not skipping:
            skipping = True
            yield _too_long(number + 1)
        if skipping:
            rest = b""
    if not skipping and (told := _line(number + 1, rest)):
        yield told


def _line(number: int, line: bytes) -> Told | None:
    if not line or line.isspace():
        return None
    if len(line) > LONGEST:
        return _too_long(number)
    try:
        return Told(number, DECODER.decode(line))
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return Told(number, None, f"This line is no JSON: {_reason(error)}.")


def _too_long(number: int) -> Told:
    return Told(number, None, f"The line is longer than {LONGEST // 2**20} MB.")


def _listed(pieces: Iterable[bytes]) -> Iterator[Told]:
    """The elements of one list. Where one is no JSON, the rest cannot be told apart."""
    decoder = json.JSONDecoder()
    texts = _texts(pieces, "utf-8")
    buffer, line = next(texts, ""), 1
    place = buffer.find("[") + 1
    line += buffer.count("\n", 0, place)
    while True:
        skipped = SPACE.match(buffer, place)
        end = skipped.end() if skipped else place
        line += buffer.count("\n", place, end)
        place = end
        if buffer.startswith("]", place):
            return
        try:
            if place >= len(buffer):
                raise ValueError
            value, end = decoder.raw_decode(buffer, place)
            is_open = end >= len(buffer)
        except ValueError as error:
            is_open, value, reason = True, None, str(error)
        else:
            reason = ""
        if is_open:
            more = next(texts, None) if len(buffer) - place < LONGEST else None
            if more is None:
                if reason or place >= len(buffer):
                    raise CutShort(_list_problem(line, buffer[place:], reason))
            else:
                buffer, place = buffer[place:] + more, 0
                continue
        yield Told(line, value)
        line += buffer.count("\n", place, end)
        place = end


def _list_problem(line: int, rest: str, reason: str) -> str:
    if not rest.strip():
        return "The list ends in the middle: its closing bracket is missing."
    return (
        f"From line {line} on the list is no JSON ({reason}), and the rest of it "
        "cannot be told apart. JSON lines go on after a bad line."
    )


def _text_lines(texts: Iterable[str]) -> Iterator[str]:
    rest = ""
    for text in texts:
        *lines, rest = (rest + text).split("\n")
        for line in lines:
            yield f"{line}\n"
    if rest:
        yield rest


def _texts(pieces: Iterable[bytes], encoding: str) -> Iterator[str]:
    """Raises CutShort where bytes are not of the encoding."""
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for piece in pieces:
            if found := decoder.decode(piece):
                yield found
        if found := decoder.decode(b"", final=True):
            yield found
    except UnicodeDecodeError as error:
        hint = "Say which encoding it is, e.g. cp1252 or utf-16."
        raise CutShort(
            f"The text is not {encoding} ({error.reason}). {hint}"
        ) from error


def _reason(error: Exception) -> str:
    return str(error).removesuffix(".")
