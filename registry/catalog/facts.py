"""Merges what the catalogues state about one model into facts with a source each.

Precedence: the first sheet that states a field (models.dev before LiteLLM before
rates); for names and descriptions genai-prices first, which is newer, for the context
window last, which it rounds. Words (capabilities) add up over all sources. See
docs/catalog.md.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from genai_prices import types as genai

from registry.capabilities import CAPABILITIES, LONG_CONTEXT_TOKENS
from registry.catalog import genai as genai_source
from registry.catalog.document import Fact, PricePeriod
from registry.catalog.exact import plain_name
from registry.catalog.matching import StatedSheet
from registry.catalog.names import version_text

SHEET_FIELDS: Final = (
    "family",
    "input_modalities",
    "output_modalities",
    "context_window",
    "max_output_tokens",
    "max_images",
    "requests_per_minute",
    "tokens_per_minute",
    "knowledge_cutoff",
    "released_on",
    "retired_on",
    "is_open_weights",
)
DAY_FIELDS: Final = frozenset({"released_on", "retired_on"})
INPUT_CAPABILITIES: Final = {
    "image": "image_analysis",
    "audio": "audio",
    "video": "video_analysis",
    "pdf": "document_analysis",
}
OUTPUT_CAPABILITIES: Final = {
    "text": "text_generation",
    "image": "image_generation",
    "audio": "audio",
    "embedding": "embedding",
}
CODE_WORDS: Final = frozenset(
    {"code", "codex", "coder", "codestral", "devstral", "codellama", "starcoder"}
)
FAST: Final = (
    {"service_tier": "fast"},
    {"service_tier": "priority"},
    {"speed": "fast"},
)
BATCH: Final = {"processing": "batch"}


@dataclass(frozen=True)
class PricedName:
    """One exact version with the entry of genai-prices that prices it."""

    model_name: str
    entry: genai.ModelInfo
    periods: Sequence[PricePeriod]
    read_on: datetime.date


def merged_facts(priced: PricedName, sheets: Sequence[StatedSheet]) -> dict[str, Fact]:
    """Facts by field of AIModel. A field that nobody states is absent."""
    facts = dict(_own_facts(priced))
    for stated in sheets:
        for name in SHEET_FIELDS:
            value = getattr(stated.sheet, name)
            if value not in (None, "", ()):
                facts.setdefault(name, _fact(name, value, stated))
        if stated.sheet.name:
            facts.setdefault(
                "name", _fact("name", plain_name(stated.sheet.name), stated)
            )
    if "context_window" not in facts and priced.entry.context_window:
        facts["context_window"] = _own(priced, priced.entry.context_window)
    facts |= _capabilities(priced, sheets, facts)
    facts |= _model_type(sheets, facts)
    return facts


def _own_facts(priced: PricedName) -> Iterator[tuple[str, Fact]]:
    entry = priced.entry
    yield "model_name", _own(priced, priced.model_name)
    if entry.name:
        yield "name", _own(priced, plain_name(entry.name)[:200])
    if entry.description:
        yield "description", _own(priced, entry.description)
    if version_text(priced.model_name):
        yield "version", _own(priced, version_text(priced.model_name))


def _own(priced: PricedName, value: Any) -> Fact:
    return Fact(value, genai_source.SOURCE, priced.read_on)


def _fact(name: str, value: Any, stated: StatedSheet) -> Fact:
    if name in DAY_FIELDS:
        value = datetime.date.fromisoformat(value)
    elif isinstance(value, tuple):
        value = list(value)
    return Fact(value, stated.catalog.source, stated.catalog.read_on)


def _capabilities(
    priced: PricedName, sheets: Sequence[StatedSheet], facts: dict[str, Fact]
) -> dict[str, Fact]:
    """The union of all stated words, in order of display, each with its source."""
    stated: dict[str, Fact] = {}
    for word, fact in (
        *_sheet_words(sheets),
        *_derived_words(facts),
        *((word, _own(priced, word)) for word in _price_words(priced)),
        *_code_word(priced, facts),
    ):
        stated.setdefault(word, fact)
    if not stated:
        return {}
    words = [word for word in CAPABILITIES if word in stated]
    sources = dict.fromkeys(stated[word].source for word in words)
    newest = max(stated[word].read_on for word in words)
    by = {word: stated[word].source for word in words}
    return {"capabilities": Fact(words, ", ".join(sources), newest, by)}


def _sheet_words(sheets: Sequence[StatedSheet]) -> Iterator[tuple[str, Fact]]:
    for stated in sheets:
        inputs, outputs = stated.sheet.input_modalities, stated.sheet.output_modalities
        for word in (
            *(
                OUTPUT_CAPABILITIES[one]
                for one in outputs
                if one in OUTPUT_CAPABILITIES
            ),
            *(INPUT_CAPABILITIES[one] for one in inputs if one in INPUT_CAPABILITIES),
            *stated.sheet.capabilities,
        ):
            yield word, _fact("capabilities", word, stated)


def _derived_words(facts: dict[str, Fact]) -> Iterator[tuple[str, Fact]]:
    window = facts.get("context_window")
    if window and window.value >= LONG_CONTEXT_TOKENS:
        yield "long_context", window


def _price_words(priced: PricedName) -> Iterator[str]:
    if priced.periods and "cache_read_mtok" in priced.periods[-1].rates["standard"]:
        yield "caching"
    for variant in priced.entry.price_variants or ():
        if variant.when == BATCH:
            yield "batch"
        elif variant.when in FAST:
            yield "fast_processing"


def _code_word(
    priced: PricedName, facts: dict[str, Fact]
) -> Iterator[tuple[str, Fact]]:
    family = facts.get("family")
    if family and _has_code_word(str(family.value)):
        yield "code", family
    elif _has_code_word(priced.model_name):
        yield "code", _own(priced, "code")


def _has_code_word(name: str) -> bool:
    words = name.lower().replace("/", "-").replace("_", "-").split("-")
    return not CODE_WORDS.isdisjoint(words)


def _model_type(
    sheets: Iterable[StatedSheet], facts: dict[str, Fact]
) -> dict[str, Fact]:
    """The type a source states (embedding, image, audio, …), else what the stated
    modalities make it."""
    for stated in sheets:
        if stated.sheet.model_type:
            return {"model_type": _fact("model_type", stated.sheet.model_type, stated)}
    outputs = facts.get("output_modalities")
    if outputs:
        inputs = facts.get("input_modalities")
        kind = type_of(inputs.value if inputs else [], outputs.value)
        return (
            {"model_type": Fact(kind, outputs.source, outputs.read_on)} if kind else {}
        )
    words = facts.get("capabilities")
    if words and "text_generation" in words.value:
        kind = "vision" if "image_analysis" in words.value else "language"
        return {"model_type": Fact(kind, words.source, words.read_on)}
    return {}


def type_of(inputs: Sequence[str], outputs: Sequence[str]) -> str:
    """The model type that modalities make. `vision` reads images and writes text;
    `multimodal` also hears or sees video, or writes more than one kind."""
    made = set(outputs) - {"pdf"}
    if made == {"text"}:
        read = set(inputs) - {"text", "pdf"}
        return {frozenset(): "language", frozenset({"image"}): "vision"}.get(
            frozenset(read), "multimodal"
        )
    if len(made) > 1:
        return "multimodal"
    only = next(iter(made), "")
    return only if only in {"embedding", "image", "audio", "video"} else ""
