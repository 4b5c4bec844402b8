"""Regular expressions in time that grows with the text only: a pattern comes from
whoever asks, the text from a model, and Python's own engine can take for ever."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from pydantic_core import SchemaError, SchemaValidator, core_schema

from registry.structured.checked import InvalidStructureError

LONGEST_PATTERN: Final = 2_000


class Pattern:
    """A regular expression of Rust's engine: no look-around and no back-references,
    which no engine can promise to end with."""

    def __init__(self, text: str) -> None:
        """Raises InvalidStructureError."""
        if len(text) > LONGEST_PATTERN:
            message = f"A pattern has at most {LONGEST_PATTERN:,} characters."
            raise InvalidStructureError(message)
        self.text = text
        shape = core_schema.str_schema(pattern=text, regex_engine="rust-regex")
        try:
            self._engine = SchemaValidator(shape)
        except SchemaError as error:
            reason = str(error).strip().splitlines()[-1].strip()
            message = f"The pattern {text[:100]!r} cannot be used: {reason}"
            raise InvalidStructureError(message) from error

    def is_in(self, text: str) -> bool:
        """Whether any part of `text` matches."""
        try:
            return self._engine.isinstance_python(text)
        except UnicodeEncodeError:
            # Half of a surrogate pair, which JSON can hold.
            return False


@lru_cache(maxsize=512)
def pattern(text: str) -> Pattern:
    """Raises InvalidStructureError."""
    return Pattern(text)


@lru_cache(maxsize=512)
def whole_pattern(text: str) -> Pattern:
    """One that must match all of a text. Raises InvalidStructureError."""
    return Pattern(f"^(?:{text})$")
