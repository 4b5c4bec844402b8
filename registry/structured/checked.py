"""What every kind of structure has in common: a text is checked, and the problem is a
sentence that a model can act on. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol

from registry.providers.errors import InvalidRequestError

LONGEST_ANSWER: Final = 4_000_000
"""Characters; a longer answer is not checked but refused."""
LONGEST_DEFINITION: Final = 262_144
"""Characters of a schema or template."""


class InvalidStructureError(InvalidRequestError):
    """The schema or template itself cannot be used; the message says why."""

    def __init__(self, message: str) -> None:
        super().__init__(message, code="invalid_schema")


@dataclass(frozen=True, slots=True)
class Checked:
    """`value` is what the text says where it follows the structure (`problem` is empty
    then), and `text` the document alone. `note` says what had to be mended to read it,
    for the trace."""

    value: object = None
    text: str = ""
    problem: str = ""
    note: str = ""

    @property
    def is_valid(self) -> bool:
        return not self.problem


class Validator(Protocol):
    """One structure. `instruction` tells a model in words what to write."""

    @property
    def instruction(self) -> str: ...

    def check(self, text: str) -> Checked:
        """Never raises, whatever the text is."""


def refused_length(text: str) -> str:
    """The problem of a text that is empty or too long, or nothing."""
    if not text.strip():
        return "The answer is empty."
    if len(text) > LONGEST_ANSWER:
        return f"The answer is longer than {LONGEST_ANSWER:,} characters."
    return ""
