"""How a version of a prompt is named in words: `CODE_GENERATOR@production`, or
`CODE_GENERATOR@7`. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

PRODUCTION: Final = "production"
LATEST: Final = "latest"
"""Always the newest version; nobody can move it."""
LARGEST_NUMBER: Final = 2**31 - 1


@dataclass(frozen=True, slots=True)
class PromptReference:
    """A prompt's `name` with the `number` of a version or, where that is 0, a
    `label`."""

    name: str
    label: str = PRODUCTION
    number: int = 0

    @classmethod
    def parse(cls, text: str) -> PromptReference:
        """The name alone means its production version."""
        name, at, which = text.strip().partition("@")
        which = which.strip()
        digits = which.removeprefix("v")
        if digits.isascii() and digits.isdecimal():
            number = int(digits) if len(digits) <= 10 else LARGEST_NUMBER
            return cls(name.strip(), "", min(number, LARGEST_NUMBER))
        return cls(name.strip(), which if at and which else PRODUCTION)

    def __str__(self) -> str:
        return f"{self.name}@{self.label or self.number}"
