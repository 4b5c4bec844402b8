"""A document read from a file, with the line of everything in it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

Path = tuple[str | int, ...]
"""From the root to a value: keys of mappings, places in lists."""
MAX_BYTES: Final = 1024 * 1024
MAX_DEPTH: Final = 12
MAX_VALUES: Final = 50_000


@dataclass(frozen=True, order=True)
class Problem:
    """Something that is wrong in a document, for a person. `line` is 0 where it has no
    place in a file."""

    line: int
    text: str

    def __str__(self) -> str:
        return f"Line {self.line}: {self.text}" if self.line else self.text


class Unreadable(Exception):
    """The document cannot be used; `problems` is everything that is wrong with it."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__("\n".join(map(str, self.problems)))


@dataclass(frozen=True)
class LinedDocument:
    """Plain values (texts, numbers, booleans, None, lists, dicts with text keys) and
    the line on which each begins. Decimals stay exact. `problems` were met on the way
    and must be told with whatever else is wrong."""

    value: Any  # whatever the file says
    lines: Mapping[Path, int] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    def line_of(self, path: Path) -> int:
        """The line of a value, or of the nearest one that it is missing in."""
        for length in range(len(path), -1, -1):
            if path[:length] in self.lines:
                return self.lines[path[:length]]
        return 0


def is_storable(text: str) -> bool:
    """Whether a database can hold the text: no NUL, no half of a surrogate pair."""
    return "\x00" not in text and not any("\ud800" <= one <= "\udfff" for one in text)


def text_of(content: bytes, most_bytes: int = MAX_BYTES) -> str:
    """The text of a file. Raises Unreadable unless it is UTF-8 of bearable size."""
    if len(content) > most_bytes:
        most = most_bytes // 1_000_000
        raise Unreadable([Problem(0, f"The file is larger than {most} MB.")])
    if not content.strip():
        raise Unreadable([Problem(0, "The file is empty.")])
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Unreadable([Problem(0, "The file is UTF-16 text. Save it as UTF-8.")])
    if b"\x00" in content:
        raise Unreadable([Problem(0, "The file is not text: it holds NUL bytes.")])
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise Unreadable([Problem(line, "The file is not UTF-8 text.")]) from error
