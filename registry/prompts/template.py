"""Texts with variables. A variable stands in the text as `{{name}}`; `\\{{` stands for
the two braces themselves, and a backslash before either is doubled. Values are put in
as they are: nothing in them is ever read as a template. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

MAX_TEXT_BYTES: Final = 200_000
MAX_RENDERED_CHARACTERS: Final = 2_000_000
MAX_VARIABLES: Final = 100
MAX_NAME_LENGTH: Final = 60
MAX_DESCRIPTION_LENGTH: Final = 400
MAX_DEFAULT_LENGTH: Final = 10_000
SHOWN_LENGTH: Final = 40

NAME: Final = re.compile(rf"[A-Za-z_][A-Za-z0-9_]{{0,{MAX_NAME_LENGTH - 1}}}")
# A run of backslashes is read from its beginning only, so that no text is slow to read.
MARK: Final = re.compile(
    r"(?<!\\)(?P<slashes>\\*)\{\{(?:[ \t]*(?P<name>" + NAME.pattern + r")[ \t]*\}\})?"
)
BRACES: Final = re.compile(r"(?<!\\)(\\*)\{\{")


class TemplateError(Exception):
    """The text cannot be read or rendered. `line` counts from 1; 0 is no line."""

    def __init__(self, message: str, line: int = 0) -> None:
        super().__init__(f"Line {line}: {message}" if line else message)
        self.line = line


class MissingVariables(TemplateError):
    """Required variables that were not given."""

    def __init__(self, names: Sequence[str], prompt: str = "") -> None:
        self.names = tuple(names)
        said = " and ".join(names)
        needed = "variable" if len(names) == 1 else "variables"
        whose = f"The prompt {prompt}" if prompt else "The prompt"
        super().__init__(f"{whose} needs a value for the {needed} {said}.")


@dataclass(frozen=True, slots=True)
class Variable:
    """A declared variable. Without a `default` a value must be given."""

    name: str
    description: str = ""
    default: str | None = None

    @property
    def is_required(self) -> bool:
        return self.default is None

    def as_json(self) -> dict[str, str | None]:
        return {
            "name": self.name,
            "description": self.description,
            "default": self.default,
        }


@dataclass(frozen=True, slots=True)
class Reference:
    """A place in the text where the value of a variable goes."""

    name: str
    line: int


@dataclass(frozen=True, slots=True)
class Template:
    """A text taken apart. Make it with `Template.of`."""

    pieces: tuple[str | Reference, ...]
    variables: tuple[Variable, ...]
    size: int

    @classmethod
    def of(cls, text: str, variables: Iterable[Variable] = ()) -> Template:
        """Raises TemplateError for braces that are no variable."""
        return cls(tuple(pieces_of(text)), tuple(variables), len(text.encode()))

    @property
    def names(self) -> tuple[str, ...]:
        """The variables in the text, each once, in their order."""
        found = (one.name for one in self.pieces if isinstance(one, Reference))
        return tuple(dict.fromkeys(found))

    def missing(self, given: Mapping[str, object]) -> tuple[str, ...]:
        """Variables of the text that have neither a value nor a default."""
        defaults = {one.name for one in self.variables if one.default is not None}
        return tuple(
            name for name in self.names if name not in given and name not in defaults
        )

    def render(self, given: Mapping[str, object], prompt: str = "") -> str:
        """The text with the values of `given`: texts, numbers or booleans. What is
        given beyond the variables is passed over, so that a version may drop one.

        Raises MissingVariables, and TemplateError for another kind of value and for a
        result that is too long. `prompt` is its name, for the message.
        """
        absent = self.missing(given)
        if absent:
            raise MissingVariables(absent, prompt)
        values = {
            one.name: one.default for one in self.variables if one.default is not None
        }
        names = self.names
        values |= {name: _text(name, given[name]) for name in names if name in given}
        said = [
            one if isinstance(one, str) else values[one.name] for one in self.pieces
        ]
        if sum(map(len, said)) > MAX_RENDERED_CHARACTERS:
            message = (
                "With these values the prompt has more than "
                f"{MAX_RENDERED_CHARACTERS:,} characters."
            )
            raise TemplateError(message)
        return "".join(said)


def render(
    text: str, variables: Iterable[Variable], given: Mapping[str, object]
) -> str:
    """`Template.render` of a text that is used once."""
    return Template.of(text, variables).render(given)


def escaped(text: str) -> str:
    """A template that renders to `text`, whatever that holds."""
    return BRACES.sub(lambda found: rf"{found.group(1) * 2}\{{{{", text)


def pieces_of(text: str) -> Iterator[str | Reference]:
    """Raises TemplateError for `{{` that neither names a variable nor is escaped."""
    position, line = 0, 1
    for found in MARK.finditer(text):
        before = text[position : found.start()]
        line += before.count("\n")
        slashes = found["slashes"]
        is_literal = len(slashes) % 2 == 1
        if before:
            yield before
        if half := slashes[: len(slashes) // 2]:
            yield half
        if is_literal:
            yield found.group()[len(slashes) :]
        elif found["name"] is None:
            raise TemplateError(_no_variable(text, found.end("slashes")), line)
        else:
            yield Reference(found["name"], line)
        position = found.end()
    if rest := text[position:]:
        yield rest


def variables_from(document: object) -> tuple[Variable, ...]:
    """Variables as they are stored, or as a file or a form states them: names alone,
    or objects with name, description and default. Raises TemplateError."""
    if not isinstance(document, list):
        raise TemplateError("Variables are a list.")
    return tuple(_variable(one) for one in document)


def _variable(entry: Any) -> Variable:  # Any: somebody's JSON
    if isinstance(entry, str):
        return Variable(entry)
    if not isinstance(entry, dict) or not isinstance(entry.get("name"), str):
        raise TemplateError("A variable has a name, a description and a default.")
    name, description = entry["name"], entry.get("description") or ""
    default = entry.get("default")
    if not isinstance(description, str):
        raise TemplateError(f"The description of {shown(name)} is no text.")
    return Variable(
        name, description, None if default is None else _text(name, default)
    )


def _text(name: str, value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, bool | int | float):
        return json.dumps(value)
    raise TemplateError(f"The value of {shown(name)} must be a text or a number.")


def _no_variable(text: str, at: int) -> str:
    there = text[at : at + SHOWN_LENGTH].splitlines()[0]
    return (
        f"“{there}” names no variable. Write {{{{name}}}} with letters, digits and "
        "underscores, or \\{{ for the braces themselves."
    )


def shown(name: str) -> str:
    """A name for a message, however long it is."""
    return name if len(name) <= SHOWN_LENGTH else f"{name[:SHOWN_LENGTH]}…"
