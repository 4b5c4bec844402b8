"""What OpenAI-compatible endpoints say about the models they list. Pure. OpenAI tells
only names; others tell windows, modalities and capabilities, each in its own words."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Final

from registry.capabilities import MODALITIES
from registry.providers.adapter import OfferedModel
from registry.providers.json_values import Object, as_object, as_text, objects
from registry.providers.usage_counts import whole_count

WINDOWS: Final = (
    "context_length",
    "context_window",
    "max_context_length",
    "max_model_len",
)
MOST_TOKENS: Final = ("max_completion_tokens", "max_output_tokens")
SUPPORTED: Final = {
    "tools": "tools",
    "structured_outputs": "structured_output",
    "reasoning": "reasoning",
}
"""OpenRouter's `supported_parameters`."""
ABLE: Final = {
    "function_calling": "tools",
    "vision": "image_analysis",
    "reasoning": "reasoning",
    "completion_chat": "text_generation",
}
"""Mistral's `capabilities`."""
DATED: Final = frozenset({"openai", "openrouter"})
"""Where `created` is the day of the model and not of the answer."""


def offered_models(document: object, provider: str) -> list[OfferedModel] | None:
    """The models of one page, once each; None where the document is no list of
    models."""
    rows = document.get("data") if isinstance(document, dict) else document
    if not isinstance(rows, list):
        return None
    found = [_offered(row, provider) for row in objects(rows)]
    return [model for model in found if model.model_name]


def next_page(document: object) -> str:
    """The id after which the next page begins; empty on the last one."""
    if not isinstance(document, dict) or document.get("has_more") is not True:
        return ""
    if last := as_text(document.get("last_id")):
        return last
    rows = objects(document.get("data"))
    return as_text(rows[-1].get("id")) if rows else ""


def _offered(row: Object, provider: str) -> OfferedModel:
    shape = as_object(row.get("architecture"))
    top = as_object(row.get("top_provider"))
    inputs = _modalities(shape.get("input_modalities"))
    return OfferedModel(
        model_name=as_text(row.get("id")),
        name=(as_text(row.get("name")) or as_text(row.get("display_name")))[:200],
        context_window=_count(row, WINDOWS)
        or _count(top, WINDOWS)
        or whole_count(as_object(row.get("meta")).get("n_ctx")),
        max_output_tokens=_count(row, MOST_TOKENS) or _count(top, MOST_TOKENS),
        capabilities=_capabilities(row, inputs),
        input_modalities=inputs,
        output_modalities=_modalities(shape.get("output_modalities")),
        released_on=_released_on(row) if provider in DATED else None,
        owner=as_text(row.get("owned_by"))[:200],
    )


def _capabilities(row: Object, inputs: tuple[str, ...]) -> frozenset[str] | None:
    """None where the provider does not say."""
    supported = row.get("supported_parameters")
    if isinstance(supported, list):
        found = {SUPPORTED[one] for one in supported if one in SUPPORTED}
        found |= {"image_analysis"} if "image" in inputs else set()
        return frozenset(found | {"text_generation", "streaming"})
    able = row.get("capabilities")
    if isinstance(able, dict):
        return frozenset(
            ours for theirs, ours in ABLE.items() if able.get(theirs) is True
        )
    return None


def _modalities(words: object) -> tuple[str, ...]:
    named = {"file": "pdf"}
    given = words if isinstance(words, list) else []
    known = [named.get(word, word) for word in given if isinstance(word, str)]
    return tuple(word for word in dict.fromkeys(known) if word in MODALITIES)


def _count(row: Object, names: Iterable[str]) -> int | None:
    counts = (whole_count(row.get(name)) for name in names)
    return next((count for count in counts if count), None)


def _released_on(row: Object) -> datetime.date | None:
    created = whole_count(row.get("created"))
    if not created or created > 10**11:
        return None
    return datetime.datetime.fromtimestamp(created, datetime.UTC).date()
