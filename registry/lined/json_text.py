"""JSON with lines. The standard decoder says nothing of places, so that objects and
lists are walked here and only texts and numbers are left to it."""

from __future__ import annotations

import bisect
import json
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

from registry.lined.document import (
    MAX_DEPTH,
    MAX_VALUES,
    LinedDocument,
    Path,
    Problem,
    Unreadable,
    is_storable,
)

SPACE: Final = re.compile(r"[ \t\r\n]*")
NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")
WORDS: Final = {"true": True, "false": False, "null": None}
MAX_DIGITS: Final = 40
SCAN: Final[Callable[[str, int], tuple[str, int]]] = json.decoder.scanstring  # type: ignore[attr-defined]  # missing in the stubs


def lined_json(text: str, most_values: int = MAX_VALUES) -> LinedDocument:
    """The value of a JSON text. Names that are there twice are among its problems.
    Raises Unreadable with the place of the first thing that is not JSON."""
    walk = _Walk(text, most_values)
    try:
        value = walk.value((), 0)
        if walk.skip() != len(text):
            raise _Broken("there is more after the end of the document")
    except _Broken as error:
        walk.note(str(error))
        raise Unreadable(walk.problems) from error
    return LinedDocument(value, walk.lines, tuple(walk.problems))


class _Broken(Exception):
    """The text is not JSON from here on."""


class _Walk:
    def __init__(self, text: str, most_values: int) -> None:
        self.text = text
        self.most_values = most_values
        self.place = 0
        self.values = 0
        self.lines: dict[Path, int] = {}
        self.problems: list[Problem] = []
        self.starts = [0, *(match.end() for match in re.finditer("\n", text))]

    def line(self) -> int:
        return bisect.bisect_right(self.starts, self.place)

    def note(self, problem: str) -> None:
        if self.place >= len(self.text.rstrip()):
            problem = "the file ends in the middle: it was cut"
        self.problems.append(
            Problem(self.line(), f"The JSON cannot be read: {problem}.")
        )

    def skip(self) -> int:
        match = SPACE.match(self.text, self.place)
        self.place = match.end() if match else self.place
        return self.place

    def next(self) -> str:
        self.skip()
        return self.text[self.place : self.place + 1]

    def value(self, path: Path, depth: int) -> Any:
        sign = self.next()
        self.lines.setdefault(path, self.line())
        self.values += 1
        if depth > MAX_DEPTH:
            raise _Broken(f"it nests deeper than {MAX_DEPTH} levels")
        if self.values > self.most_values:
            raise _Broken(f"it has more than {self.most_values:,} values")
        if sign == "{":
            return self.object(path, depth)
        if sign == "[":
            return self.list(path, depth)
        return self.string() if sign == '"' else self.scalar()

    def object(self, path: Path, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        self.place += 1
        if self.next() == "}":
            self.place += 1
            return found
        while True:
            if self.next() != '"':
                raise _Broken("a name in quotes was expected")
            line, key = self.line(), self.string()
            if self.next() != ":":
                raise _Broken("a colon was expected")
            self.place += 1
            is_twice = key in found
            if is_twice:
                before = self.lines[(*path, key)]
                text = f"“{key}” is there twice: on line {before} already."
                self.problems.append(Problem(line, text))
            self.lines.setdefault((*path, key), line)
            value = self.value((*path, key), depth + 1)
            found.setdefault(key, value)
            if self.ends("}"):
                return found

    def list(self, path: Path, depth: int) -> list[Any]:
        found: list[Any] = []
        self.place += 1
        if self.next() == "]":
            self.place += 1
            return found
        while True:
            found.append(self.value((*path, len(found)), depth + 1))
            if self.ends("]"):
                return found

    def ends(self, closing: str) -> bool:
        """Past a comma (False) or the closing bracket (True)."""
        sign = self.next()
        if sign not in {",", closing} or not sign:
            raise _Broken(f"a comma or {closing} was expected")
        self.place += 1
        return sign == closing

    def string(self) -> str:
        begin = self.place
        try:
            text, self.place = SCAN(self.text, self.place + 1)
        except json.JSONDecodeError as error:
            is_open = error.msg.startswith("Unterminated")
            self.place = len(self.text) if is_open else begin
            raise _Broken("a text is not closed or not valid") from error
        if not is_storable(text):
            raise _Broken("a text holds signs that no text can hold")
        return text

    def scalar(self) -> Any:
        for word, value in WORDS.items():
            if self.text.startswith(word, self.place):
                self.place += len(word)
                return value
        match = NUMBER.match(self.text, self.place)
        if match is None:
            raise _Broken("a value was expected")
        if len(match.group()) > MAX_DIGITS:
            raise _Broken(f"a number has more than {MAX_DIGITS} digits")
        self.place = match.end()
        is_whole = match.group(1) is None and match.group(2) is None
        return int(match.group()) if is_whole else Decimal(match.group())
