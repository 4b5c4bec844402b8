"""What is looked at of one request and of the feature that it is for. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

BYTES_PER_TOKEN: Final = 4
DEEPEST_SCHEMA: Final = 12
"""Deeper parts of a schema are not looked at: it may refer to itself."""


@dataclass(frozen=True, kw_only=True)
class RoutedRequest:
    """One request. `prompt` is the text that the person wrote last; `input_tokens`
    counts everything that is sent (None: estimated from the prompt). `image_pixels`
    of all images together. `timeout_ms`: how long the caller waits; None: not said."""

    prompt: str = ""
    input_tokens: int | None = None
    image_count: int = 0
    image_pixels: int = 0
    tool_count: int = 0
    schema: Mapping[str, Any] | None = None
    is_stream: bool = False
    is_batch: bool = False
    timeout_ms: float | None = None

    @property
    def size_tokens(self) -> int:
        if self.input_tokens is not None:
            return self.input_tokens
        return len(self.prompt.encode()) // BYTES_PER_TOKEN


@dataclass(frozen=True, kw_only=True)
class FeatureDemand:
    """What a feature says of itself: the values of AccuracyLevel and Urgency, and its
    requests a day (None: not known)."""

    accuracy: str = ""
    urgency: str = ""
    requests_per_day: float | None = None


NO_FEATURE: Final = FeatureDemand()


@dataclass(frozen=True)
class SchemaSize:
    fields: int = 0
    depth: int = 0


def schema_size(schema: Mapping[str, Any] | None) -> SchemaSize:
    """How many named fields a JSON Schema has, and how deep they lie in each other."""
    if not schema:
        return SchemaSize()
    return _size(schema, 0)


def _size(schema: Mapping[str, Any], depth: int) -> SchemaSize:
    properties = schema.get("properties")
    named = list(properties.values()) if isinstance(properties, Mapping) else []
    below = depth + 1 if named else depth
    parts = [SchemaSize(len(named), below)]
    if depth < DEEPEST_SCHEMA:
        children = [*named, *_unnamed(schema)]
        parts += [_size(one, below) for one in children if isinstance(one, Mapping)]
    return SchemaSize(sum(one.fields for one in parts), max(p.depth for p in parts))


def _unnamed(schema: Mapping[str, Any]) -> list[Any]:
    """The parts of a schema that stand in it without a name of their own."""
    found = [schema.get("items")]
    for word in ("anyOf", "oneOf", "allOf"):
        choices = schema.get(word)
        found += choices if isinstance(choices, list) else []
    for word in ("$defs", "definitions"):
        named = schema.get(word)
        found += list(named.values()) if isinstance(named, Mapping) else []
    return found
