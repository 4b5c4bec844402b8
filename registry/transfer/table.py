"""A file's rows before anybody knows what they mean."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

MAX_BYTES: Final = 5 * 1024 * 1024
MAX_ROWS: Final = 5_000
MAX_DEPTH: Final = 12
"""How deep lists and mappings may nest; a price needs seven."""
MAX_DIGITS: Final = 40


class UnreadableFile(Exception):
    """The file cannot be read; the text is one sentence for a person."""


@dataclass(frozen=True)
class Table:
    """Rows by column, each with the line on which it begins. A column that a row does
    not have is absent from its mapping."""

    rows: list[dict[str, Any]]
    lines: list[int]

    @property
    def columns(self) -> list[str]:
        """Every column of any row, in the order of their first use."""
        return list(dict.fromkeys(column for row in self.rows for column in row))


def collect(entries: Iterator[tuple[int, Any]]) -> Table:
    """The (line, row) pairs as a table. Raises UnreadableFile where an entry is no
    mapping from text, or where there are too many or none."""
    rows: list[dict[str, Any]] = []
    lines: list[int] = []
    for line, row in entries:
        if not isinstance(row, Mapping):
            raise UnreadableFile(f"Line {line}: a mapping of columns was expected.")
        if len(rows) == MAX_ROWS:
            raise UnreadableFile(
                f"The file has more than {MAX_ROWS:,} rows; split it into parts."
            )
        rows.append(dict(row))
        lines.append(line)
    if not rows:
        raise UnreadableFile("The file holds no rows.")
    return Table(rows, lines)


def as_text(content: bytes) -> str:
    """The file as text. Raises UnreadableFile unless it is UTF-8 of a fair size."""
    if len(content) > MAX_BYTES:
        size = MAX_BYTES // 1024 // 1024
        raise UnreadableFile(f"The file is larger than {size} MB; split it into parts.")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise UnreadableFile("The file is UTF-16 text. Save it as UTF-8.")
    if b"\x00" in content:
        raise UnreadableFile("The file is not text: it holds NUL bytes.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise UnreadableFile(
            f"Line {line}: the file is not UTF-8 text. In a spreadsheet, save it as "
            "“CSV UTF-8”."
        ) from error


def whole_number(text: str) -> int:
    if len(text) > MAX_DIGITS:
        raise UnreadableFile(f"A number has more than {MAX_DIGITS} digits.")
    return int(text)
