"""Reads LiteLLM's `model_prices_and_context_window.json`: limits, flags and dates.

Its prices are not read: prices come from one source only.
"""

from __future__ import annotations

from typing import Any, Final

from registry.capabilities import MODALITIES
from registry.catalog.document import CatalogError
from registry.catalog.reading import Source
from registry.catalog.sheets import FactCatalog, Sheet, count, need, whole_date

SOURCE: Final = "LiteLLM"
SAMPLE: Final = "sample_spec"
FLAGS: Final = {
    "supports_vision": "image_analysis",
    "supports_image_input": "image_analysis",
    "supports_function_calling": "tools",
    "supports_response_schema": "structured_output",
    "supports_reasoning": "reasoning",
    "supports_native_streaming": "streaming",
    "supports_prompt_caching": "caching",
    "supports_audio_input": "audio",
    "supports_audio_output": "audio",
    "supports_video_input": "video_analysis",
    "supports_pdf_input": "document_analysis",
    "supports_web_search": "web_search",
    "supports_computer_use": "computer_use",
}
MODE_TYPES: Final = {
    "embedding": "embedding",
    "image_generation": "image",
    "image_edit": "image",
    "audio_transcription": "audio",
    "audio_speech": "audio",
    "video_generation": "video",
    "rerank": "rerank",
}
MODE_CAPABILITIES: Final = {
    "chat": "text_generation",
    "completion": "text_generation",
    "responses": "text_generation",
    "embedding": "embedding",
    "image_generation": "image_generation",
    "audio_transcription": "audio",
    "audio_speech": "audio",
}
INPUT_FLAGS: Final = {
    "supports_vision": "image",
    "supports_image_input": "image",
    "supports_audio_input": "audio",
    "supports_video_input": "video",
    "supports_pdf_input": "pdf",
}


def is_litellm(content: object) -> bool:
    """Whether parsed JSON looks like LiteLLM's file: entries with its provider key."""
    return isinstance(content, dict) and any(
        isinstance(one, dict) and "litellm_provider" in one for one in content.values()
    )


def read_litellm(source: Source) -> FactCatalog:
    """What LiteLLM states, by its provider and the model id without its own prefix.
    An entry for one region or image size is skipped in favour of the plain one.

    Raises CatalogError for wrong types, dates and numbers.
    """
    sheets: dict[str, dict[str, Sheet]] = {}
    for key, model in need(source.content, dict, source.label).items():
        if key == SAMPLE:
            continue
        label = f"{source.label}: {key}"
        provider = need(model, dict, label).get("litellm_provider")
        if provider is not None:
            slug = need(provider, str, label)
            prefix, slash, rest = key.partition("/")
            model_id = rest if slash and prefix in _prefixes(slug) else key
            sheets.setdefault(slug, {})[model_id] = _sheet(model, label)
    if not sheets:
        message = f"{source.label} holds no model."
        raise CatalogError(message)
    return FactCatalog(SOURCE, source.read_on, sheets)


def _prefixes(provider: str) -> set[str]:
    return {
        provider,
        provider.partition("-")[0],
        provider.removesuffix("_chat"),
        provider.removesuffix("_converse"),
    }


def _sheet(model: dict[str, Any], label: str) -> Sheet:
    mode = model.get("mode")
    if mode is not None:
        need(mode, str, f"{label}: mode")
    capabilities = [word for flag, word in FLAGS.items() if _flag(model, flag, label)]
    if mode in MODE_CAPABILITIES:
        capabilities.insert(0, MODE_CAPABILITIES[mode])
    if "input_cost_per_token_batches" in model:
        capabilities.append("batch")
    model_type = MODE_TYPES.get(mode or "", "")
    return Sheet(
        model_type=model_type,
        input_modalities=_inputs(model, label),
        output_modalities=("embedding",)
        if model_type == "embedding"
        else _words(model, "supported_output_modalities", label),
        capabilities=tuple(dict.fromkeys(capabilities)),
        context_window=count(model.get("max_input_tokens"), f"{label}: max_input"),
        max_output_tokens=None
        if model_type == "embedding"
        else count(model.get("max_output_tokens"), f"{label}: max_output"),
        max_images=count(model.get("max_images_per_prompt"), f"{label}: max_images"),
        requests_per_minute=count(model.get("rpm"), f"{label}: rpm"),
        tokens_per_minute=count(model.get("tpm"), f"{label}: tpm"),
        # LiteLLM says "deprecation"; the days are those on which the providers'
        # own pages say that the model is shut down.
        retired_on=whole_date(model.get("deprecation_date"), f"{label}: deprecation"),
    )


def _inputs(model: dict[str, Any], label: str) -> tuple[str, ...]:
    stated = set(_words(model, "supported_modalities", label))
    if not stated:
        return ()
    stated |= {word for flag, word in INPUT_FLAGS.items() if _flag(model, flag, label)}
    return tuple(word for word in MODALITIES if word in stated)


def _words(model: dict[str, Any], name: str, label: str) -> tuple[str, ...]:
    stated = need(model.get(name) or [], list, f"{label}: {name}")
    return tuple(word for word in MODALITIES if word in stated)


def _flag(model: dict[str, Any], name: str, label: str) -> bool:
    value = model.get(name)
    return bool(value is not None and need(value, bool, f"{label}: {name}"))
