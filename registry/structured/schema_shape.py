"""Whether a JSON Schema is one (draft 2020-12): each keyword holds what it may hold.
The draft describes itself by a schema, but checking against that takes a hundred times
as long, and every request brings its schema along. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from registry.structured.checked import InvalidStructureError

# JSON as Python holds it.
Json = Any

TYPES: Final = frozenset(
    {"array", "boolean", "integer", "null", "number", "object", "string"}
)
SCHEMA: Final = (
    "additionalProperties",
    "contains",
    "contentSchema",
    "else",
    "if",
    "items",
    "not",
    "propertyNames",
    "then",
    "unevaluatedItems",
    "unevaluatedProperties",
)
SCHEMAS: Final = ("allOf", "anyOf", "oneOf", "prefixItems")
NAMED_SCHEMAS: Final = (
    "$defs",
    "definitions",
    "dependentSchemas",
    "patternProperties",
    "properties",
)


def _is_text(value: Json) -> bool:
    return isinstance(value, str)


def _is_texts(value: Json) -> bool:
    return isinstance(value, list | tuple) and all(
        isinstance(one, str) for one in value
    )


def _is_truth(value: Json) -> bool:
    return isinstance(value, bool)


def _is_number(value: Json) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_count(value: Json) -> bool:
    return _is_number(value) and value >= 0 and value == int(value)


def _is_type(value: Json) -> bool:
    if isinstance(value, str):
        return value in TYPES
    return _is_texts(value) and bool(value) and TYPES.issuperset(value)


def _is_list(value: Json) -> bool:
    return isinstance(value, list | tuple)


def _is_object(value: Json) -> bool:
    return isinstance(value, Mapping)


Check = Callable[[Json], bool]
TEXT: Final[tuple[Check, str]] = (_is_text, "a text")
COUNT: Final[tuple[Check, str]] = (_is_count, "a whole number from 0 on")
NUMBER: Final[tuple[Check, str]] = (_is_number, "a number")
TRUTH: Final[tuple[Check, str]] = (_is_truth, "true or false")
LIST: Final[tuple[Check, str]] = (_is_list, "a list")
# keyword → (check, what is expected)
VALUES: Final[dict[str, tuple[Check, str]]] = {
    **dict.fromkeys(("$anchor", "$comment", "$dynamicAnchor", "$dynamicRef"), TEXT),
    **dict.fromkeys(("$id", "$ref", "$schema", "description", "title"), TEXT),
    **dict.fromkeys(("contentEncoding", "contentMediaType", "format"), TEXT),
    "pattern": TEXT,
    **dict.fromkeys(("maxContains", "maxItems", "maxLength", "maxProperties"), COUNT),
    **dict.fromkeys(("minContains", "minItems", "minLength", "minProperties"), COUNT),
    **dict.fromkeys(("exclusiveMaximum", "exclusiveMinimum"), NUMBER),
    **dict.fromkeys(("maximum", "minimum"), NUMBER),
    **dict.fromkeys(("deprecated", "readOnly", "uniqueItems", "writeOnly"), TRUTH),
    **dict.fromkeys(("enum", "examples"), LIST),
    "multipleOf": (lambda one: _is_number(one) and one > 0, "a number above 0"),
    "required": (_is_texts, "a list of texts"),
    "type": (_is_type, f"one or more of {', '.join(sorted(TYPES))}"),
    "dependentRequired": (
        lambda one: _is_object(one) and all(map(_is_texts, one.values())),
        "an object of lists of texts",
    ),
}

At = tuple[str, Json]


def check_shape(schema: Json) -> None:
    """Raises InvalidStructureError that names the first place that is wrong."""
    waiting: list[At] = [("$", schema)]
    while waiting:
        path, one = waiting.pop()
        if isinstance(one, bool):
            continue
        if not isinstance(one, Mapping):
            raise _wrong(path, "a schema")
        for word, (is_right, expected) in VALUES.items():
            if word in one and not is_right(one[word]):
                raise _wrong(f"{path}.{word}", expected)
        waiting += _inner(path, one)


def _inner(path: str, schema: Mapping[str, Json]) -> Iterator[At]:
    """The schemas inside `schema`, each with its path."""
    for word in SCHEMA:
        if word in schema:
            yield f"{path}.{word}", schema[word]
    for word in SCHEMAS:
        inner = schema.get(word, [True])
        if not _is_list(inner) or not inner:
            raise _wrong(f"{path}.{word}", "a list of schemas")
        yield from ((f"{path}.{word}[{n}]", one) for n, one in enumerate(inner))
    for word in NAMED_SCHEMAS:
        named = schema.get(word, {})
        if not _is_object(named):
            raise _wrong(f"{path}.{word}", "an object of schemas")
        yield from ((f"{path}.{word}.{name}", one) for name, one in named.items())


def _wrong(path: str, expected: str) -> InvalidStructureError:
    shown = path if len(path) <= 200 else f"{path[:200]}…"
    return InvalidStructureError(
        f"The schema itself is wrong at {shown}: {expected} is expected."
    )
