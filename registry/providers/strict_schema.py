"""Whether a JSON Schema may be sent in OpenAI's strict mode, which refuses what leaves
anything open. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

REFUSED: Final = frozenset(
    {
        "allOf",
        "not",
        "if",
        "then",
        "else",
        "oneOf",
        "dependentRequired",
        "dependentSchemas",
        "patternProperties",
        "propertyNames",
        "unevaluatedProperties",
        "unevaluatedItems",
        "contains",
        "prefixItems",
        "minProperties",
        "maxProperties",
        "uniqueItems",
        "default",
    }
)
NESTED_MAPS: Final = ("properties", "$defs", "definitions")
MAX_DEPTH: Final = 10


def has_object_root(schema: Mapping[str, Any]) -> bool:
    """Structured answers are objects at their root."""
    return schema.get("type") == "object"


def is_strict(schema: Mapping[str, Any]) -> bool:
    """Every object closed and all its properties required, and no keyword that the
    strict mode does not know."""
    return has_object_root(schema) and all(
        depth <= MAX_DEPTH and _is_closed(one) for one, depth in _schemas(schema, 0)
    )


def _is_closed(schema: Mapping[str, Any]) -> bool:
    if REFUSED & schema.keys():
        return False
    kinds = schema.get("type")
    is_object = kinds == "object" or (isinstance(kinds, list) and "object" in kinds)
    if not is_object and "properties" not in schema:
        return True
    names = set(schema.get("properties", {}))
    is_whole = set(schema.get("required", [])) == names
    return schema.get("additionalProperties") is False and is_whole


def _schemas(value: Any, depth: int) -> Iterator[tuple[Mapping[str, Any], int]]:
    """Every schema inside a schema, with how deep it lies."""
    if not isinstance(value, Mapping) or depth > MAX_DEPTH + 1:
        return
    yield value, depth
    for name in NESTED_MAPS:
        inner = value.get(name)
        for one in inner.values() if isinstance(inner, Mapping) else ():
            yield from _schemas(one, depth + 1)
    yield from _schemas(value.get("items"), depth + 1)
    branches = value.get("anyOf")
    for one in branches if isinstance(branches, list) else ():
        yield from _schemas(one, depth + 1)
