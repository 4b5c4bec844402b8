"""Answers that fill in a template: a text with named places.

    Name: {{name}}
    Age: {{age:int}}
    Mood: {{mood:good|bad|mixed}}

A place reaches to the first occurrence of the text that follows it, so that checking
takes time in proportion to the answer. `{{note?}}` may be empty, `{{code:/[A-Z]{3}/}}`
must match a pattern, and a name that comes twice stands for the same text.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from registry.structured.checked import (
    LONGEST_DEFINITION,
    Checked,
    InvalidStructureError,
    refused_length,
)
from registry.structured.extraction import FENCE, FENCED
from registry.structured.patterns import Pattern, whole_pattern

PLACE: Final = re.compile(r"\{\{(.*?)\}\}(?!\})", re.S)
NAME: Final = re.compile(r"\s*([A-Za-z_]\w*)\s*(\?)?\s*(?::(.*))?", re.S)
MOST_PLACES: Final = 200
SHOWN: Final = 60


def _number(text: str) -> float:
    number = float(text)
    if not abs(number) < float("inf"):
        raise ValueError
    return number


def _truth(text: str) -> bool:
    words = {"true": True, "yes": True, "false": False, "no": False}
    return words[text.lower()]


def _day(text: str) -> str:
    return datetime.date.fromisoformat(text).isoformat()


def _line(text: str) -> str:
    if "\n" in text:
        raise ValueError
    return text


KINDS: Final[dict[str, tuple[str, Callable[[str], object]]]] = {
    "text": ("a text", str),
    "line": ("one line", _line),
    "int": ("a whole number", int),
    "number": ("a number", _number),
    "bool": ("true or false", _truth),
    "date": ("a day as 2026-11-21", _day),
}


@dataclass(frozen=True)
class Place:
    """One named place; `after` is the text between it and the next one."""

    name: str
    kind: str
    is_optional: bool
    after: str
    choices: tuple[str, ...] = ()
    pattern: Pattern | None = None

    @property
    def meaning(self) -> str:
        if self.choices:
            return f"one of {', '.join(self.choices)}"
        if self.pattern:
            return f"a text that matches {self.kind}"
        return KINDS[self.kind][0]

    def read(self, text: str) -> object:
        """Raises ValueError where `text` is not what belongs here."""
        if not text and self.is_optional:
            return None
        if not text:
            raise ValueError
        if self.choices:
            return self.choices[
                [one.lower() for one in self.choices].index(text.lower())
            ]
        if self.pattern:
            if not self.pattern.is_in(text):
                raise ValueError
            return text
        return KINDS[self.kind][1](text)


class TemplateValidator:
    """Checks against one template; the value is a dict of what stands in its places."""

    def __init__(self, template: str) -> None:
        """Raises InvalidStructureError."""
        if len(template) > LONGEST_DEFINITION:
            message = f"A template has at most {LONGEST_DEFINITION:,} characters."
            raise InvalidStructureError(message)
        self._text = _lines(template).strip()
        parts = PLACE.split(self._text)
        self._before = parts[0].rstrip(" ")
        self.places = [
            _place(inside, after.rstrip(" "))
            for inside, after in zip(parts[1::2], parts[2::2], strict=True)
        ]
        self._check_places()

    @property
    def instruction(self) -> str:
        meanings = {one.name: one.meaning for one in self.places}
        words = "\n".join(f"- {name}: {word}" for name, word in meanings.items())
        blank = PLACE.sub(_named, self._text)
        return (
            "Answer with the template below, filled in, and with nothing else. Keep "
            "its text as it is and replace only what stands in {{…}}:\n"
            f"{words}\n\n"
            f"Template:\n{blank}"
        )

    def check(self, text: str) -> Checked:
        refused = refused_length(text)
        if refused:
            return Checked(problem=refused)
        plain = _lines(text).strip()
        whole = self._filled(plain)
        if whole.is_valid:
            return whole
        for _, inside in FENCE.findall(plain):
            fenced = self._filled(inside.strip())
            if fenced.is_valid:
                return replace(fenced, note=FENCED)
        return whole

    def _filled(self, text: str) -> Checked:
        if not text.startswith(self._before):
            return Checked(problem=f"It does not begin with {_shown(self._before)}.")
        position = len(self._before)
        values: dict[str, object] = {}
        for number, place in enumerate(self.places):
            is_last = number == len(self.places) - 1
            end = _end(text, position, place.after, is_last)
            if end < 0:
                problem = f"{_shown(place.after)} is missing after {place.name}."
                return Checked(problem=problem)
            try:
                value = place.read(text[position:end].strip())
            except (ValueError, KeyError):
                found = _shown(text[position:end].strip())
                problem = f"{place.name} is not {place.meaning}: {found}."
                return Checked(problem=problem)
            if values.setdefault(place.name, value) != value:
                return Checked(problem=f"{place.name} differs where it comes again.")
            position = end + len(place.after)
        return Checked(values, text)

    def _check_places(self) -> None:
        if not self.places:
            raise InvalidStructureError("A template has at least one place: {{name}}.")
        if len(self.places) > MOST_PLACES:
            raise InvalidStructureError(f"A template has at most {MOST_PLACES} places.")
        for place in self.places[:-1]:
            if not place.after:
                message = f"Nothing parts {{{{{place.name}}}}} from the next place."
                raise InvalidStructureError(message)


def _place(inside: str, after: str) -> Place:
    found = NAME.fullmatch(inside)
    if found is None:
        raise InvalidStructureError(f"{_shown(inside)} is no name for a place.")
    name, question, kind = found[1], found[2], (found[3] or "text").strip()
    choices: tuple[str, ...] = ()
    pattern: Pattern | None = None
    if len(kind) > 1 and kind.startswith("/") and kind.endswith("/"):
        pattern = whole_pattern(kind[1:-1])
    elif "|" in kind:
        choices = tuple(one.strip() for one in kind.split("|"))
    elif kind not in KINDS:
        message = f"{{{{{name}}}}} is none of {', '.join(KINDS)}, a|b|c or /pattern/."
        raise InvalidStructureError(message)
    return Place(name, kind, bool(question), after, choices, pattern)


def _end(text: str, position: int, after: str, is_last: bool) -> int:
    """Where the place that begins at `position` ends, or -1."""
    if not is_last:
        return text.find(after, position)
    # The end of an answer has no spaces of its own.
    wanted = after.rstrip()
    end = len(text) - len(wanted)
    return end if text.endswith(wanted) and end >= position else -1


def _named(found: re.Match[str]) -> str:
    name = NAME.fullmatch(found[1])
    return f"{{{{{name[1] if name else found[1]}}}}}"


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n")


def _shown(text: str) -> str:
    return repr(text.strip()[:SHOWN])
