"""What a scorer is set by, described once: forms, documentation and the reading of JSON
are made from it. Pure."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, Final

from analytics.benchmarking.scoring import Scorer

# JSON as Python holds it.
Json = Any

LONGEST_TEXT: Final = 20_000
MOST_TEXTS: Final = 100
LARGEST_WEIGHT: Final = 1_000.0


class ScorerError(ValueError):
    """A scorer that cannot be used. The text is a sentence for whoever wrote it;
    `complaints` are all sentences where several scorers were read at once."""

    def __init__(self, *complaints: str) -> None:
        super().__init__("\n".join(complaints))
        self.complaints = complaints


class FieldType(StrEnum):
    TEXT = "text"
    LONG_TEXT = "long_text"
    TEXTS = "texts"
    NUMBER = "number"
    WHOLE = "whole"
    MONEY = "money"
    TRUTH = "truth"
    CHOICE = "choice"
    JSON = "json"


@dataclass(frozen=True, kw_only=True)
class ScorerField:
    """One setting. TEXTS are a list of texts (in a form one a line); MONEY is read as
    Decimal. Numbers are not below `lowest` nor above `highest`. `default` None: not
    set. `choices` are (value, label)."""

    name: str
    label: str
    type: FieldType
    hint: str = ""
    default: Json = None
    choices: tuple[tuple[str, str], ...] = ()
    lowest: float = 0
    highest: float = 1e15
    is_required: bool = False

    def read(self, value: Json) -> Json:
        """`value` as the scorer takes it. Raises ScorerError."""
        if value is None:
            if self.is_required:
                raise ScorerError(f"“{self.label}” is missing.")
            return self.default
        return READERS[self.type](self, value)


@dataclass(frozen=True, kw_only=True)
class ScorerKind:
    """One way of scoring as people see it. `make` builds the scorer from the values of
    its fields and `weight`. `examples` are JSON that can be read."""

    kind: str
    label: str
    meaning: str
    make: Callable[..., Scorer]
    fields: tuple[ScorerField, ...] = ()
    examples: tuple[Mapping[str, Json], ...] = field(default=())


WEIGHT: Final = ScorerField(
    name="weight",
    label="Weight",
    type=FieldType.NUMBER,
    default=1.0,
    highest=LARGEST_WEIGHT,
    hint="Share in the score of the answer; 0 shows the score without counting it.",
)


def _text(one: ScorerField, value: Json) -> str:
    if not isinstance(value, str):
        raise ScorerError(f"“{one.label}” is a text.")
    if len(value) > LONGEST_TEXT:
        raise ScorerError(f"“{one.label}” has at most {LONGEST_TEXT:,} characters.")
    if one.is_required and not value.strip():
        raise ScorerError(f"“{one.label}” is missing.")
    return value


def _texts(one: ScorerField, value: Json) -> tuple[str, ...]:
    """A single text stands for a list of one."""
    values = [value] if isinstance(value, str) else value
    if not isinstance(values, list | tuple):
        raise ScorerError(f"“{one.label}” is a list of texts.")
    if len(values) > MOST_TEXTS:
        raise ScorerError(f"“{one.label}” has at most {MOST_TEXTS} entries.")
    texts = tuple(_text(one, entry) for entry in values)
    if not all(texts):
        raise ScorerError(f"“{one.label}” has an empty entry, which is in any text.")
    if one.is_required and not texts:
        raise ScorerError(f"“{one.label}” is missing.")
    return texts


def _number(one: ScorerField, value: Json) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        raise ScorerError(f"“{one.label}” is a number.")
    try:
        number = float(value)
    except (ValueError, OverflowError):
        raise ScorerError(f"“{one.label}” is a number.") from None
    _check_range(one, number)
    return number


def _check_range(one: ScorerField, number: float) -> None:
    # Not a number is not between them either.
    if math.isfinite(number) and one.lowest <= number <= one.highest:
        return
    if one.highest >= 1e15:
        raise ScorerError(f"“{one.label}” is a number from {one.lowest:g} on.")
    raise ScorerError(f"“{one.label}” lies between {one.lowest:g} and {one.highest:g}.")


def _whole(one: ScorerField, value: Json) -> int:
    number = _number(one, value)
    if number != int(number):
        raise ScorerError(f"“{one.label}” is a whole number.")
    return int(number)


def _money(one: ScorerField, value: Json) -> Decimal:
    _number(one, value)
    try:
        return Decimal(str(value))
    except InvalidOperation:
        raise ScorerError(f"“{one.label}” is an amount in USD.") from None


def _truth(one: ScorerField, value: Json) -> bool:
    if not isinstance(value, bool):
        raise ScorerError(f"“{one.label}” is true or false.")
    return value


def _choice(one: ScorerField, value: Json) -> str:
    names = [name for name, _ in one.choices]
    if value not in names:
        raise ScorerError(f"“{one.label}” is one of {', '.join(names)}.")
    return str(value)


def _json(one: ScorerField, value: Json) -> Json:
    return value


READERS: Final[Mapping[FieldType, Callable[[ScorerField, Json], Json]]] = {
    FieldType.TEXT: _text,
    FieldType.LONG_TEXT: _text,
    FieldType.TEXTS: _texts,
    FieldType.NUMBER: _number,
    FieldType.WHOLE: _whole,
    FieldType.MONEY: _money,
    FieldType.TRUTH: _truth,
    FieldType.CHOICE: _choice,
    FieldType.JSON: _json,
}
