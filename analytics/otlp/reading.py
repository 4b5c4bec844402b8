"""Reads attributes of a span and remembers which meant what. Pure."""

from __future__ import annotations

import math
from typing import Final

from analytics.otlp.spans import Attributes, Value, clean

MOST_TOKENS: Final = 2**31 - 1


class Unreadable(ValueError):
    """An attribute holds what it cannot; the text names it, for a person."""


class Reader:
    """`used` is each attribute that was read, with the field that it went into."""

    __slots__ = ("attributes", "used")

    def __init__(self, attributes: Attributes) -> None:
        self.attributes = attributes
        self.used: dict[str, str] = {}

    def value(self, field: str, *names: str) -> tuple[str, Value] | None:
        """The first of `names` that is there. Older names of the same are used up
        with it: they say nothing more."""
        found, said = None, self.attributes.get
        for name in names:
            value = said(name)
            if value is not None:
                self.used[name] = field
                found = found or (name, value)
        return found

    def text(self, field: str, *names: str) -> str:
        found = self.value(field, *names)
        return clean(str(found[1]).strip()) if found else ""

    def count(self, field: str, *names: str) -> int | None:
        """A number of tokens. Raises Unreadable."""
        found = self.value(field, *names)
        if found is None:
            return None
        name, value = found
        if type(value) is int and 0 <= value <= MOST_TOKENS:
            return value
        if isinstance(value, str):
            text = value.strip()
            value = int(text) if text.isascii() and text.isdigit() else text
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if type(value) is not int:
            raise Unreadable(f"{name} is no whole number: {str(value)[:40]!r}.")
        if value < 0:
            raise Unreadable(f"{name} is negative: {value}.")
        if value > MOST_TOKENS:
            raise Unreadable(f"{name} is more than one call can use: {value:,}.")
        return value

    def number(self, field: str, *names: str) -> float | None:
        """A finite number. Raises Unreadable."""
        found = self.value(field, *names)
        if found is None:
            return None
        name, value = found
        try:
            number = float(value)  # type: ignore[arg-type]  # a tuple raises too
        except (TypeError, ValueError):
            number = math.nan
        if not math.isfinite(number):
            raise Unreadable(f"{name} is no number: {str(value)[:40]!r}.")
        return number

    def words(self, field: str, *names: str) -> list[str]:
        """A list of words; also one that was sent as a single text."""
        found = self.value(field, *names)
        if found is None:
            return []
        value = found[1]
        if isinstance(value, tuple):
            return [clean(str(one)) for one in value if one is not None]
        text = clean(str(value)).strip("[]")
        return [one.strip(" \"'") for one in text.split(",")]
