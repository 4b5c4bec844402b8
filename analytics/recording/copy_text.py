"""Rows in the text form of COPY: https://www.postgresql.org/docs/current/sql-copy.html,
"Text Format". Pure."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Final

NULL: Final = "\\N"
ESCAPES: Final = str.maketrans(
    {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\b": "\\b", "\f": "\\f"}
)


def copy_value(value: object) -> str:
    """One value as it stands between tabs: numbers, UUIDs and moments with their time
    zone as Python writes them, which PostgreSQL reads."""
    if value is None:
        return NULL
    if value is True:
        return "t"
    if value is False:
        return "f"
    if type(value) is uuid.UUID:
        return value.hex
    text = str(value)
    return text if text.isalnum() else text.translate(ESCAPES)


def copy_line(values: Iterable[object]) -> str:
    """A whole row, with the end of its line."""
    return "\t".join(map(copy_value, values)) + "\n"
