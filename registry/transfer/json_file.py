"""JSON in and out: a list of objects."""

import json
import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from registry.transfer.table import (
    MAX_DEPTH,
    Table,
    UnreadableFile,
    as_text,
    collect,
    whole_number,
)

QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
BRACKET = re.compile(r"[\[\]{}]")
SPACE = re.compile(r"[ \t\r\n]*")


def read_json(content: bytes) -> Table:
    """Rows of a JSON list of objects. Numbers stay exact. Raises UnreadableFile."""
    text = as_text(content)
    _refuse_depth(text)
    decoder = json.JSONDecoder(
        parse_float=Decimal,
        parse_int=whole_number,
        parse_constant=_no_number,
        object_pairs_hook=_once,
    )
    try:
        return collect(_entries(text, decoder))
    except json.JSONDecodeError as error:
        raise UnreadableFile(
            f"Line {error.lineno}: the JSON cannot be read: {error.msg}."
        ) from error
    except ValueError as error:
        raise UnreadableFile(f"The JSON cannot be read: {error}") from error


def _entries(text: str, decoder: json.JSONDecoder) -> Iterator[tuple[int, Any]]:
    """Each entry with its line: the list is walked by hand, its entries are not."""
    place, line = _skip(text, 0), 1
    if text[place : place + 1] != "[":
        raise UnreadableFile("A list of objects was expected: [{…}, {…}].")
    place, seen = _skip(text, place + 1), 0
    closed = text[place : place + 1] == "]"
    while not closed:
        line += text.count("\n", seen, place)
        seen = place
        entry, place = decoder.raw_decode(text, place)
        yield line, entry
        place = _skip(text, place)
        closed = text[place : place + 1] == "]"
        if not closed:
            if text[place : place + 1] != ",":
                raise json.JSONDecodeError("Expecting ',' or ']'", text, place)
            place = _skip(text, place + 1)
    if _skip(text, place + 1) != len(text):
        raise json.JSONDecodeError("Extra data after the list", text, place + 1)


def _skip(text: str, place: int) -> int:
    match = SPACE.match(text, place)
    return match.end() if match else place


def _refuse_depth(text: str) -> None:
    depth = 0
    for bracket in BRACKET.findall(QUOTED.sub("", text)):
        depth += 1 if bracket in "[{" else -1
        if depth > MAX_DEPTH:
            raise UnreadableFile(f"The file nests deeper than {MAX_DEPTH} levels.")


def _no_number(word: str) -> None:
    raise ValueError(f"{word} is not a number. Leave out what is not known.")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"An object has the column {twice} twice.")
    return found


def write_json(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    documents = [dict(zip(columns, row, strict=True)) for row in rows]
    return json.dumps(documents, indent=2, ensure_ascii=False, default=str) + "\n"
