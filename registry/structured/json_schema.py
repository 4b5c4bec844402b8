"""Answers in JSON that follow a JSON Schema (draft 2020-12)."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Final

from jsonschema import ValidationError
from jsonschema.exceptions import best_match, relevance
from jsonschema_specifications import REGISTRY  # type: ignore[import-untyped]  # has no types
from referencing import Resource
from referencing.exceptions import Unresolvable
from referencing.jsonschema import DRAFT202012

from registry.structured.checked import (
    LONGEST_DEFINITION,
    Checked,
    InvalidStructureError,
    refused_length,
)
from registry.structured.extraction import json_texts
from registry.structured.formats import format_checker
from registry.structured.json_keywords import (
    JsonValidator,
    TooManyReferences,
    followed,
)
from registry.structured.patterns import pattern
from registry.structured.schema_shape import check_shape

# JSON as Python holds it.
Json = Any

LONGEST_KEPT: Final = 32_768
DEEPEST: Final = 100
MOST_PROBLEMS: Final = 5
LONGEST_PROBLEM: Final = 300
SAMPLES: Final[tuple[Json, ...]] = (None, "", 0, [], {})
ENDLESS: Final = "The schema refers to itself without end."


class JsonSchemaValidator:
    """Checks against one schema. Nothing is ever fetched: every `$ref` must point into
    the schema itself (or to the drafts of JSON Schema)."""

    def __init__(self, schema: Mapping[str, Json]) -> None:
        """Raises InvalidStructureError for a schema that cannot be used."""
        self.schema = schema
        self._text = _schema_text(schema)
        _check_depth(schema)
        check_shape(schema)
        _check_references(schema)
        _check_patterns(schema)
        self._validator = JsonValidator(
            schema,
            registry=REGISTRY,
            format_checker=format_checker(),
        )
        for sample in SAMPLES:
            if self._problems(sample) is None:
                raise InvalidStructureError(ENDLESS)

    @property
    def is_object(self) -> bool:
        """Whether the answer is an object for certain: tools take nothing else."""
        return self.schema.get("type") == "object"

    @property
    def instruction(self) -> str:
        return (
            "Answer with one JSON document that follows the JSON Schema below, and "
            "with nothing else: no explanation, no code fence.\n\n"
            f"JSON Schema:\n{self._text}"
        )

    def check(self, text: str) -> Checked:
        refused = refused_length(text)
        if refused:
            return Checked(problem=refused)
        unread, wrong = "", ""
        for part, note in json_texts(text):
            try:
                value = read_json(part)
            except ValueError as error:
                unread = unread or f"The answer is not JSON: {error}."
                continue
            problem = self.problem_of(value)
            if not problem:
                return Checked(value, part, note=note)
            wrong = wrong or problem
        return Checked(problem=wrong or unread)

    def problem_of(self, value: Json) -> str:
        """What is wrong with `value`, in up to five lines; nothing if it is right."""
        problems = self._problems(value)
        return ENDLESS if problems is None else "\n".join(problems)

    def _problems(self, value: Json) -> list[str] | None:
        """None where no end of checking was found."""
        token = followed.set(0)
        try:
            errors = _first(self._validator.iter_errors(value))
            return [_sentence(error) for error in errors]
        except (RecursionError, TooManyReferences):
            return None
        finally:
            followed.reset(token)


def validator_of(schema: Mapping[str, Json]) -> JsonSchemaValidator:
    """The validator of `schema`, made once for each text of it: a program sends the
    same schema again and again. Raises InvalidStructureError."""
    text = _schema_text(schema)
    if len(text) > LONGEST_KEPT:
        return JsonSchemaValidator(schema)
    return _kept(text)


@lru_cache(maxsize=128)
def _kept(text: str) -> JsonSchemaValidator:
    return JsonSchemaValidator(json.loads(text))


def read_json(text: str) -> Json:
    """Strict JSON. Raises ValueError in words that a model can act on."""
    try:
        return json.loads(text, parse_constant=_no_constant, parse_float=_finite)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise ValueError(f"{error.msg} ({where})") from error
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error


def _no_constant(word: str) -> Json:
    raise ValueError(f"{word} is not a JSON number")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"the number {text[:40]} is too large")
    return number


def _schema_text(schema: Mapping[str, Json]) -> str:
    try:
        text = json.dumps(schema, ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidStructureError(f"The schema is not JSON: {error}.") from error
    if len(text) > LONGEST_DEFINITION:
        message = f"A schema has at most {LONGEST_DEFINITION:,} characters."
        raise InvalidStructureError(message)
    return text


def _check_depth(schema: Mapping[str, Json]) -> None:
    level: list[Json] = [schema]
    for _ in range(DEEPEST):
        level = [inner for outer in level for inner in _inside(outer)]
        if not level:
            return
    raise InvalidStructureError(f"A schema is nested at most {DEEPEST} levels deep.")


def _inside(value: Json) -> list[Json]:
    if isinstance(value, Mapping):
        return list(value.values())
    return list(value) if isinstance(value, list | tuple) else []


def _check_references(schema: Mapping[str, Json]) -> None:
    root = Resource.from_contents(schema, default_specification=DRAFT202012)
    waiting = [(REGISTRY.resolver_with_root(root), root)]
    while waiting:
        resolver, resource = waiting.pop()
        contents = resource.contents
        if isinstance(contents, Mapping):
            for word in ("$ref", "$dynamicRef"):
                _resolve(resolver, contents.get(word))
        waiting += [
            (resolver.in_subresource(inner), inner) for inner in resource.subresources()
        ]


def _resolve(resolver: Any, ref: object) -> None:  # a private type of referencing
    if not isinstance(ref, str):
        return
    try:
        resolver.lookup(ref)
    except (Unresolvable, ValueError) as error:
        message = (
            f"The schema refers to {ref[:100]!r}, which is not in it. "
            "Nothing is fetched from elsewhere."
        )
        raise InvalidStructureError(message) from error


def _check_patterns(schema: Mapping[str, Json]) -> None:
    root = Resource.from_contents(schema, default_specification=DRAFT202012)
    waiting = [root]
    while waiting:
        resource = waiting.pop()
        contents = resource.contents
        if isinstance(contents, Mapping):
            _check_own_patterns(contents)
        waiting += resource.subresources()


def _check_own_patterns(schema: Mapping[str, Json]) -> None:
    patterned = schema.get("patternProperties")
    patterned = patterned if isinstance(patterned, Mapping) else {}
    for text in [schema.get("pattern"), *patterned]:
        if isinstance(text, str):
            pattern(text)
    if patterned and "unevaluatedProperties" in schema:
        # Its usual implementation would try the patterns with Python's engine.
        raise InvalidStructureError(
            "patternProperties and unevaluatedProperties do not go together here: "
            "use additionalProperties."
        )


def _first(errors: Iterator[ValidationError]) -> list[ValidationError]:
    """The errors that say most, an `anyOf` by its nearest branch."""
    found = []
    for error in errors:
        found.append(error)
        if len(found) == 50:
            break
    found.sort(key=relevance, reverse=True)
    return [best_match([error]) or error for error in found[:MOST_PROBLEMS]]


def _sentence(error: ValidationError) -> str:
    message = error.message
    if len(message) > LONGEST_PROBLEM:
        message = message[:LONGEST_PROBLEM] + "…"
    path = error.json_path if len(error.json_path) <= LONGEST_PROBLEM else "$…"
    return f"At {path}: {message}"
