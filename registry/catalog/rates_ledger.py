"""Reads the `rates` ledger: facts fused from several open catalogues, by models.dev's
provider and model ids. It fills what the others leave open; its prices are not read."""

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
    stated_modalities,
    text,
    whole_date,
)

SOURCE: Final = "rates"
TYPES: Final = {
    "embedding": "embedding",
    "image_generation": "image",
    "audio_transcription": "audio",
    "audio_speech": "audio",
    "video_generation": "video",
}


def is_rates_ledger(content: object) -> bool:
    """Whether parsed JSON looks like the ledger."""
    return isinstance(content, dict) and {"snapshot_date", "models"} <= set(content)


def read_rates_ledger(source: Source) -> FactCatalog:
    """What the ledger states. Raises CatalogError for wrong types and dates."""
    sheets: dict[str, dict[str, Sheet]] = {}
    for position, stated in enumerate(
        need(source.content.get("models"), list, source.label)
    ):
        model = need(stated, dict, f"{source.label}: model {position}")
        provider = text(model.get("provider"), f"{source.label}: provider")
        model_id = text(model.get("id"), f"{source.label}: id")
        if provider and model_id:
            label = f"{source.label}: {provider}/{model_id}"
            sheets.setdefault(provider, {})[model_id] = _sheet(model, label)
    if not sheets:
        message = f"{source.label} holds no model."
        raise CatalogError(message)
    return FactCatalog(SOURCE, _read_on(source), sheets)


def _read_on(source: Source) -> datetime.date:
    if source.is_dated:
        return source.read_on
    day = whole_date(source.content.get("snapshot_date"), source.label)
    return datetime.date.fromisoformat(day) if day else source.read_on


def _sheet(model: dict[str, Any], label: str) -> Sheet:
    context = need(model.get("context") or {}, dict, f"{label}: context")
    modalities = need(model.get("modalities") or {}, dict, f"{label}: modalities")
    lifecycle = need(model.get("lifecycle") or {}, dict, f"{label}: lifecycle")
    model_type = TYPES.get(text(model.get("type"), f"{label}: type"), "")
    is_embedding = model_type == "embedding"
    return Sheet(
        family=text(model.get("family"), f"{label}: family", 80),
        model_type=model_type,
        input_modalities=stated_modalities(modalities.get("input"), label),
        output_modalities=("embedding",)
        if is_embedding
        else stated_modalities(modalities.get("output"), label),
        capabilities=_capabilities(model, label),
        context_window=count(context.get("input"), f"{label}: context"),
        # For an embedding model the field holds the length of the vector.
        max_output_tokens=None
        if is_embedding
        else count(context.get("output"), f"{label}: output"),
        released_on=whole_date(lifecycle.get("release_date"), f"{label}: release"),
    )


def _capabilities(model: dict[str, Any], label: str) -> tuple[str, ...]:
    price = need(model.get("price") or {}, dict, f"{label}: price")
    reasoning = need(model.get("reasoning") or {}, dict, f"{label}: reasoning")
    stated = {
        "tools": model.get("tool_call") is True,
        "structured_output": model.get("structured_output") is True,
        "reasoning": bool(reasoning),
        "caching": price.get("cache_read_mtok") is not None,
    }
    return tuple(word for word, is_stated in stated.items() if is_stated)
