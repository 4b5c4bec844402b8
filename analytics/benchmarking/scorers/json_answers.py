"""Scorers of answers in JSON. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from analytics.benchmarking.scorers.answer_scorer import AnswerScorer, shortened
from analytics.benchmarking.scorers.fields import (
    FieldType,
    ScorerError,
    ScorerField,
    ScorerKind,
)
from analytics.benchmarking.scoring import Answered, CaseFacts, Score
from registry.structured.checked import InvalidStructureError, refused_length
from registry.structured.extraction import json_texts
from registry.structured.json_schema import read_json, validator_of

# JSON as Python holds it.
Json = Any
MOST_TOLD: Final = 3


class NoJsonError(ValueError):
    """There is no JSON in the text; the message is a sentence."""


def json_in(text: str) -> Json:
    """The document in what a model wrote, code fences and chatter left out. Raises
    NoJsonError."""
    refused = refused_length(text)
    if refused:
        raise NoJsonError(refused)
    unread = ""
    for part, _ in json_texts(text):
        try:
            return read_json(part)
        except ValueError as error:
            unread = unread or f"The answer is not JSON: {error}."
    raise NoJsonError(unread)


@dataclass(frozen=True, kw_only=True)
class JsonEqual(AnswerScorer):
    kind: ClassVar[str] = "json_equal"
    tolerance: float = 1e-9
    ignore_extra: bool = False
    ignore_order: bool = False
    partial: bool = False

    def lacks(self, case: CaseFacts) -> str:
        if case.expected is None:
            return "The case says no expected JSON."
        try:
            _expected_json(case.expected)
        except NoJsonError:
            return "What the case expects is not JSON."
        return ""

    def of(self, case: CaseFacts, answered: Answered) -> Score:
        expected = _expected_json(case.expected)
        try:
            said = json_in(answered.text)
        except NoJsonError as error:
            return self.told(False, str(error))
        # A tree that is too deep for one is too deep for the other.
        try:
            compared = list(self._compared(expected, said, "$"))
        except RecursionError:
            return self.told(False, "The answer is nested too deeply.")
        wrong = [one for one in compared if one]
        share = 1 - len(wrong) / len(compared)
        note = " ".join(wrong[:MOST_TOLD])
        return self.told(
            share if self.partial else not wrong, note, right_share=round(share, 6)
        )

    def _compared(self, expected: Json, said: Json, place: str) -> Iterator[str]:
        """A sentence for each value that differs, nothing for each that is right."""
        if isinstance(expected, dict) and isinstance(said, dict):
            yield from self._objects(expected, said, place)
        elif isinstance(expected, list) and isinstance(said, list):
            yield from self._lists(expected, said, place)
        elif self._is_same(expected, said):
            yield ""
        else:
            yield f"{place} is {_short(said)}, expected is {_short(expected)}."

    def _objects(
        self, expected: Mapping[str, Json], said: Mapping[str, Json], place: str
    ) -> Iterator[str]:
        # An empty object is a value too.
        yield ""
        for name, value in expected.items():
            if name in said:
                yield from self._compared(value, said[name], f"{place}.{name}")
            else:
                yield f"{place}.{name} is missing."
        if not self.ignore_extra:
            for name in said.keys() - expected.keys():
                yield f"{place}.{name} is not expected."

    def _lists(
        self, expected: list[Json], said: list[Json], place: str
    ) -> Iterator[str]:
        if len(expected) == len(said):
            yield ""
        else:
            yield f"{place} has {len(said)} entries, expected are {len(expected)}."
        if self.ignore_order:
            expected, said = _sorted(expected), _sorted(said)
        for number, (one, other) in enumerate(zip(expected, said, strict=False)):
            yield from self._compared(one, other, f"{place}[{number}]")

    def _is_same(self, expected: Json, said: Json) -> bool:
        if _is_number(expected) and _is_number(said):
            if expected == said:
                return True
            try:
                return math.isclose(expected, said, rel_tol=0.0, abs_tol=self.tolerance)
            except OverflowError:
                return False
        return type(expected) is type(said) and bool(expected == said)


def _expected_json(value: Json) -> Json:
    """What is expected; a text may hold JSON, or be the JSON text itself."""
    if not isinstance(value, str):
        return value
    if value.strip()[:1] in "{[":
        return json_in(value)
    try:
        return read_json(value)
    except ValueError:
        return value


def _is_number(value: Json) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _sorted(values: list[Json]) -> list[Json]:
    return sorted(values, key=_order)


def _order(value: Json) -> tuple[str, float, str]:
    """Numbers by size, so that those within the tolerance stay beside each other; all
    else by what it says, whatever the order of its keys."""
    if _is_number(value):
        return "number", float(value), ""
    if isinstance(value, dict):
        return "object", 0.0, repr([(k, _order(value[k])) for k in sorted(value)])
    if isinstance(value, list):
        return "list", 0.0, repr([_order(one) for one in value])
    return type(value).__name__, 0.0, str(value)


def _short(value: Json) -> str:
    return shortened(repr(value), 60)


@dataclass(frozen=True, kw_only=True)
class JsonSchema(AnswerScorer):
    kind: ClassVar[str] = "json_schema"
    schema: Mapping[str, Json] | None = None

    def __post_init__(self) -> None:
        if self.schema is not None:
            _check_schema(self.schema)

    def lacks(self, case: CaseFacts) -> str:
        if self.schema is not None:
            return ""
        if case.response_schema is None:
            return "Neither the scorer nor the case says a JSON Schema."
        try:
            _check_schema(case.response_schema)
        except ScorerError as error:
            return str(error)
        return ""

    def of(self, case: CaseFacts, answered: Answered) -> Score:
        schema = self.schema if self.schema is not None else case.response_schema
        checked = validator_of(schema or {}).check(answered.text)
        return self.told(checked.is_valid, checked.problem)


def _check_schema(schema: Json) -> None:
    if not isinstance(schema, Mapping):
        raise ScorerError("A JSON Schema is an object.")
    try:
        validator_of(schema)
    except InvalidStructureError as error:
        raise ScorerError(str(error)) from error


def _truth(name: str, label: str, hint: str) -> ScorerField:
    return ScorerField(
        name=name, label=label, type=FieldType.TRUTH, default=False, hint=hint
    )


KINDS: Final = (
    ScorerKind(
        kind="json_equal",
        label="JSON equal",
        meaning="The JSON in the answer holds the same values as the expected JSON, "
        "whatever the order of keys; a code fence around it does not matter.",
        make=JsonEqual,
        fields=(
            ScorerField(
                name="tolerance",
                label="Tolerance of numbers",
                type=FieldType.NUMBER,
                default=1e-9,
            ),
            _truth("ignore_extra", "Ignore further keys", "Only the expected count."),
            _truth("ignore_order", "Ignore the order of lists", ""),
            _truth(
                "partial",
                "Score by share",
                "The score is the share of values that are right, not all or nothing.",
            ),
        ),
        examples=({"kind": "json_equal", "ignore_extra": True, "partial": True},),
    ),
    ScorerKind(
        kind="json_schema",
        label="JSON by schema",
        meaning="The JSON in the answer follows a JSON Schema (draft 2020-12).",
        make=JsonSchema,
        fields=(
            ScorerField(
                name="schema",
                label="JSON Schema",
                type=FieldType.JSON,
                hint="Empty: the schema that the case asks with.",
            ),
        ),
        examples=(
            {
                "kind": "json_schema",
                "schema": {"type": "object", "required": ["city"]},
            },
        ),
    ),
)
