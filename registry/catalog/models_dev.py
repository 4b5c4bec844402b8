"""Reads models.dev's `api.json`: modalities, limits, dates, weights and features."""

from __future__ import annotations

import datetime
from typing import Any, Final

from registry.catalog.document import CatalogError
from registry.catalog.reading import Source
from registry.catalog.sheets import (
    FactCatalog,
    Sheet,
    count,
    need,
    partial_date,
    stated_modalities,
    text,
    whole_date,
)

SOURCE: Final = "models.dev"
FLAGS: Final = {
    "tool_call": "tools",
    "structured_output": "structured_output",
    "reasoning": "reasoning",
}


def is_models_dev(content: object) -> bool:
    """Whether parsed JSON looks like `api.json`: providers that hold models."""
    return isinstance(content, dict) and any(
        isinstance(one, dict) and "models" in one and "id" in one
        for one in content.values()
    )


def read_models_dev(source: Source) -> FactCatalog:
    """What models.dev states, by its own provider and model ids.

    Raises CatalogError for wrong types, dates and numbers.
    """
    sheets: dict[str, dict[str, Sheet]] = {}
    for slug, provider in need(source.content, dict, source.label).items():
        label = f"{source.label}: {slug}"
        models = need(need(provider, dict, label).get("models"), dict, label)
        sheets[slug] = {
            model_id: _sheet(need(model, dict, f"{label}/{model_id}"), label, model_id)
            for model_id, model in models.items()
        }
    if not any(sheets.values()):
        message = f"{source.label} holds no model."
        raise CatalogError(message)
    return FactCatalog(SOURCE, _read_on(source), sheets)


def _read_on(source: Source) -> datetime.date:
    """The newest change that the file speaks of: the same file, read again on another
    day, states nothing newer."""
    changes = {
        str(model.get("last_updated", ""))
        for provider in source.content.values()
        for model in provider["models"].values()
    }
    days = [whole_date(change, source.label) for change in changes]
    newest = max(days)
    if source.is_dated or not newest:
        return source.read_on
    return min(source.read_on, datetime.date.fromisoformat(newest))


def _sheet(model: dict[str, Any], label: str, model_id: str) -> Sheet:
    label = f"{label}/{model_id}"
    limit = need(model.get("limit", {}), dict, f"{label}: limit")
    modalities = need(model.get("modalities", {}), dict, f"{label}: modalities")
    family = text(model.get("family"), f"{label}: family", 80)
    is_embedding = "embed" in family or "embed" in model_id.lower()
    return Sheet(
        name=text(model.get("name"), f"{label}: name"),
        family=family,
        model_type="embedding" if is_embedding else "",
        input_modalities=stated_modalities(modalities.get("input"), label),
        # models.dev has no word for vectors and calls them text.
        output_modalities=("embedding",)
        if is_embedding
        else stated_modalities(modalities.get("output"), label),
        capabilities=_capabilities(model, label),
        context_window=count(limit.get("context"), f"{label}: context"),
        # For an embedding model the field holds the length of the vector.
        max_output_tokens=None
        if is_embedding
        else count(limit.get("output"), f"{label}: output"),
        knowledge_cutoff=partial_date(model.get("knowledge"), f"{label}: knowledge"),
        released_on=whole_date(model.get("release_date"), f"{label}: release_date"),
        is_open_weights=_flag(model, "open_weights", label),
    )


def _capabilities(model: dict[str, Any], label: str) -> tuple[str, ...]:
    found = [word for flag, word in FLAGS.items() if _flag(model, flag, label)]
    cost = need(model.get("cost", {}), dict, f"{label}: cost")
    if "cache_read" in cost:
        found.append("caching")
    return tuple(found)


def _flag(model: dict[str, Any], name: str, label: str) -> bool | None:
    value = model.get(name)
    return value if value is None else bool(need(value, bool, f"{label}: {name}"))
