"""The neutral form into which every second catalogue is read: what it states about a
model, as plain values, by the catalogue's own provider and model id."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Final

from registry.capabilities import CAPABILITIES, MODALITIES
from registry.catalog.document import CatalogError
from registry.models import ModelType

PARTIAL_DATE: Final = re.compile(r"^\d{4}(-\d{2}(-\d{2})?)?$")
LARGEST_COUNT: Final = 2_147_483_647
MODEL_TYPES: Final = frozenset(ModelType.values)


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """What one catalogue states about one model; None or empty: it states nothing."""

    name: str = ""
    family: str = ""
    model_type: str = ""
    input_modalities: tuple[str, ...] = ()
    output_modalities: tuple[str, ...] = ()
    capabilities: tuple[str, ...] = ()
    context_window: int | None = None
    max_output_tokens: int | None = None
    max_images: int | None = None
    requests_per_minute: int | None = None
    tokens_per_minute: int | None = None
    knowledge_cutoff: str = ""
    released_on: str = ""
    retired_on: str = ""
    is_open_weights: bool | None = None

    def stated(self) -> dict[str, Any]:
        """The fields that state something, JSON-ready."""
        values = ((field.name, getattr(self, field.name)) for field in fields(self))
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in values
            if value not in (None, "", ())
        }


@dataclass(frozen=True)
class FactCatalog:
    """A second catalogue: `sheets[provider][model id]`."""

    source: str
    read_on: datetime.date
    sheets: Mapping[str, Mapping[str, Sheet]]


def sheet_from_stated(stated: object, label: str) -> Sheet:
    """The reverse of `Sheet.stated`. Raises CatalogError for unknown fields, wrong
    types and words outside the closed sets."""
    values = need(stated, dict, label)
    unknown = set(values) - {field.name for field in fields(Sheet)}
    if unknown:
        message = f"{label}: {sorted(unknown)[0]!r} is not a known fact."
        raise CatalogError(message)
    return Sheet(**{name: _checked(name, values[name], label) for name in values})


def need(value: object, kind: type, label: str) -> Any:
    """`value`, which must be a `kind`. Raises CatalogError."""
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        message = f"{label}: {str(value)[:40]!r} is not {_WORDS[kind]}."
        raise CatalogError(message)
    return value


def text(value: object, label: str, longest: int = 200) -> str:
    """A line of text, empty where there is none. Raises CatalogError."""
    if value is None:
        return ""
    words: str = need(value, str, label)
    if "\x00" in words:
        message = f"{label} holds a character that no text has."
        raise CatalogError(message)
    return words.strip()[:longest]


def count(value: object, label: str) -> int | None:
    """A positive whole number; 0 and nothing mean that it is not known."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if value is None or value == 0:
        return None
    number: int = need(value, int, label)
    if not 0 < number <= LARGEST_COUNT:
        message = f"{label}: {number} is not a possible count."
        raise CatalogError(message)
    return number


def stated_modalities(words: object, label: str) -> tuple[str, ...]:
    """The known modalities among `words`, in our order. Raises CatalogError."""
    stated = need(words or [], list, f"{label}: modalities")
    return tuple(word for word in MODALITIES if word in stated)


def partial_date(value: object, label: str) -> str:
    """`2025`, `2025-04` or `2025-04-30`; empty where there is none or, as happens in
    the real catalogues (2025-25-11), the text is no date."""
    words = text(value, label)
    if not PARTIAL_DATE.match(words):
        return ""
    try:
        datetime.date.fromisoformat(words + "-01-01"[len(words) - 4 :])
    except ValueError:
        return ""
    return words


def whole_date(value: object, label: str) -> str:
    """A whole day; empty where none, or only a month, is stated."""
    words = partial_date(value, label)
    return words if len(words) == 10 else ""


_WORDS: Final = {
    dict: "an object",
    list: "a list",
    str: "text",
    int: "a whole number",
    bool: "true or false",
}
_COUNTS: Final = frozenset(
    {
        "context_window",
        "max_output_tokens",
        "max_images",
        "requests_per_minute",
        "tokens_per_minute",
    }
)
_CLOSED: Final = {
    "input_modalities": frozenset(MODALITIES),
    "output_modalities": frozenset(MODALITIES),
    "capabilities": frozenset(CAPABILITIES),
}


def _checked(name: str, value: object, label: str) -> Any:
    label = f"{label}: {name}"
    if name in _COUNTS:
        return count(value, label)
    if name in _CLOSED:
        return _closed_words(name, value, label)
    if name == "is_open_weights":
        return need(value, bool, label)
    if name == "knowledge_cutoff":
        return partial_date(value, label)
    if name.endswith("_on"):
        return whole_date(value, label)
    if name == "model_type" and value not in MODEL_TYPES:
        message = f"{label}: {str(value)[:40]!r} is not a model type."
        raise CatalogError(message)
    return text(value, label)


def _closed_words(name: str, value: object, label: str) -> tuple[str, ...]:
    words = need(value, list, label)
    for word in words:
        if word not in _CLOSED[name]:
            message = f"{label}: {str(word)[:40]!r} is not a known word."
            raise CatalogError(message)
    return tuple(words)
