"""Keywords of JSON Schema whose usual implementation can take for ever on hostile
schemas or answers: patterns, uniqueness, and references without end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from typing import Any, Final

from jsonschema import Draft202012Validator, ValidationError
from jsonschema.protocols import Validator
from jsonschema.validators import extend

from registry.structured.patterns import pattern

MOST_REFERENCES: Final = 50_000
"""So many `$ref` are followed in one check: about a second of work."""

Errors = Iterator[ValidationError]
# JSON as Python holds it, and schemas as jsonschema passes them.
Json = Any

followed: ContextVar[int] = ContextVar("followed", default=0)


class TooManyReferences(Exception):
    """The schema grows without end, or faster than anybody can check."""


def _pattern(validator: Validator, wanted: str, instance: Json, schema: Json) -> Errors:
    if validator.is_type(instance, "string") and not pattern(wanted).is_in(instance):
        yield ValidationError(f"{instance!r} does not match {wanted!r}")


def _pattern_properties(
    validator: Validator, properties: Mapping[str, Json], instance: Json, schema: Json
) -> Errors:
    if not validator.is_type(instance, "object"):
        return
    for wanted, subschema in properties.items():
        for name, value in instance.items():
            if pattern(wanted).is_in(name):
                yield from validator.descend(  # type: ignore[attr-defined]  # not in the stubs' Protocol
                    value, subschema, path=name, schema_path=wanted
                )


def _additional_properties(
    validator: Validator, allowed: Json, instance: Json, schema: Mapping[str, Json]
) -> Errors:
    if not validator.is_type(instance, "object"):
        return
    patterns = [pattern(one) for one in schema.get("patternProperties", {})]
    extras = [
        name
        for name in instance
        if name not in schema.get("properties", {})
        and not any(one.is_in(name) for one in patterns)
    ]
    if validator.is_type(allowed, "object"):
        for name in extras:
            yield from validator.descend(instance[name], allowed, path=name)  # type: ignore[attr-defined]  # as above
    elif not allowed and extras:
        named = ", ".join(map(repr, extras[:5]))
        yield ValidationError(f"{named} is not allowed here")


def _unique_items(
    validator: Validator, is_wanted: bool, instance: Json, schema: Json
) -> Errors:
    if not is_wanted or not validator.is_type(instance, "array"):
        return
    seen = set()
    for place, item in enumerate(instance):
        key = _key(item)
        if key in seen:
            yield ValidationError(f"item {place} stands in the list twice")
            return
        seen.add(key)


def _key(value: Json) -> object:
    """Equal for equal JSON: 1 and 1.0 are the same, 1 and true are not."""
    if isinstance(value, dict):
        return frozenset((name, _key(one)) for name, one in value.items())
    if isinstance(value, list):
        return ("list", *map(_key, value))
    return ("bool", value) if isinstance(value, bool) else value


def _ref(validator: Validator, ref: str, instance: Json, schema: Json) -> Errors:
    count = followed.get() + 1
    if count > MOST_REFERENCES:
        raise TooManyReferences
    followed.set(count)
    usual = Draft202012Validator.VALIDATORS["$ref"]
    yield from usual(validator, ref, instance, schema) or ()


JsonValidator: Final = extend(  # type: ignore[no-untyped-call]  # as its stubs say
    Draft202012Validator,
    {
        "pattern": _pattern,
        "patternProperties": _pattern_properties,
        "additionalProperties": _additional_properties,
        "uniqueItems": _unique_items,
        "$ref": _ref,
    },
)
