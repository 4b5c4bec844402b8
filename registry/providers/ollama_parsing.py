"""Ollama's answers, whole and in pieces, and what it says of its models. Pure."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable
from typing import Final

from registry.capabilities import LONG_CONTEXT_TOKENS
from registry.providers.adapter import OfferedModel
from registry.providers.errors import ModelCallError
from registry.providers.json_values import Object, as_count, as_object, as_text, objects
from registry.providers.memory_estimate import GB, CacheShape, estimate_memory
from registry.providers.messages import ToolCall
from registry.providers.response import (
    FinishReason,
    ModelResponse,
    StreamChunk,
    ToolCallPiece,
)
from registry.providers.usage_counts import normalised_usage
from registry.usage import Usage

FINISH_REASONS: Final = {"stop": FinishReason.STOP, "length": FinishReason.LENGTH}
CACHED_PROMPT: Final = "Ollama counted no prompt: it was still in its cache"
# Their word for a capability → ours. Whatever writes text follows a schema and streams.
CAPABILITIES: Final = {
    "completion": ("text_generation", "streaming", "structured_output"),
    "tools": ("tools",),
    "vision": ("image_analysis",),
    "thinking": ("reasoning",),
    "embedding": ("embedding",),
    "audio": ("audio",),
    "image": ("image_generation",),
}
BITS: Final = {"F32": 32.0, "F16": 16.0, "BF16": 16.0, "MXFP4": 4.25}
UNITS: Final = {"K": 1e-6, "M": 1e-3, "B": 1.0, "T": 1e3}
PARAMETER_SIZE: Final = re.compile(r"([\d.]+)\s*([KMBT])", re.I)


def chat_response(document: Object) -> ModelResponse:
    """A whole answer."""
    message = as_object(document.get("message"))
    calls = tool_calls_of(message)
    usage, notes = usage_of(document)
    return ModelResponse(
        content=as_text(message.get("content")),
        tool_calls=calls,
        reasoning=as_text(message.get("thinking")),
        model_name=as_text(document.get("model")),
        usage=usage,
        finish_reason=finish_reason(document, has_calls=bool(calls)),
        trace=notes,
    )


def finish_reason(document: Object, *, has_calls: bool) -> FinishReason:
    """Older servers say only that they are done."""
    if document.get("done") is not True:
        return FinishReason.OTHER
    word = as_text(document.get("done_reason")) or "stop"
    reason = FINISH_REASONS.get(word, FinishReason.OTHER)
    is_call = has_calls and reason == FinishReason.STOP
    return FinishReason.TOOL_CALLS if is_call else reason


def tool_calls_of(message: Object) -> tuple[ToolCall, ...]:
    """Older servers give their calls no id; ours must differ between turns."""
    calls = []
    for call in objects(message.get("tool_calls")):
        function = as_object(call.get("function"))
        arguments = function.get("arguments")
        if not isinstance(arguments, str):
            arguments = json.dumps(as_object(arguments), ensure_ascii=False)
        call_id = as_text(call.get("id")) or f"call_{uuid.uuid4().hex}"
        calls.append(ToolCall(call_id, as_text(function.get("name")), arguments))
    return tuple(calls)


def usage_of(document: Object) -> tuple[Usage | None, tuple[str, ...]]:
    """A server that finds the prompt in its cache may leave its count out."""
    counts = {
        "input_tokens": document.get("prompt_eval_count"),
        "output_tokens": document.get("eval_count"),
    }
    usage, notes = normalised_usage(counts)
    if usage is not None and counts["input_tokens"] is None:
        notes = (CACHED_PROMPT, *notes[1:])
    return usage, notes


class ChatStream:
    """Reads the lines of a streamed answer (`stream_reading.StreamReader`)."""

    def __init__(self, fail: Callable[[Object], ModelCallError]) -> None:
        self.finish_reason: FinishReason | None = None
        self.is_closed = False
        self._fail = fail
        self._last: Object = {}
        self._tool_calls = 0
        self._model_name = ""

    def read(self, document: Object) -> StreamChunk | None:
        if "error" in document:
            raise self._fail(document)
        message = as_object(document.get("message"))
        pieces = self._pieces(tool_calls_of(message))
        if document.get("done") is True:
            self._last = document
            self.is_closed = True
            has_calls = self._tool_calls > 0
            self.finish_reason = finish_reason(document, has_calls=has_calls)
        name = as_text(document.get("model"))
        is_new, self._model_name = name != self._model_name, name
        chunk = StreamChunk(
            text=as_text(message.get("content")),
            reasoning=as_text(message.get("thinking")),
            tool_calls=pieces,
            finish_reason=self.finish_reason,
            model_name=name if is_new else "",
        )
        is_news = chunk.has_content or chunk.finish_reason or chunk.model_name
        return chunk if is_news else None

    def usage(self) -> tuple[Usage | None, tuple[str, ...]]:
        return usage_of(self._last)

    def _pieces(self, calls: tuple[ToolCall, ...]) -> tuple[ToolCallPiece, ...]:
        first = self._tool_calls
        self._tool_calls += len(calls)
        return tuple(
            ToolCallPiece(number, call.id, call.name, call.arguments)
            for number, call in enumerate(calls, first)
        )


def offered_model(row: Object, shown: Object, loaded: Object | None) -> OfferedModel:
    """`row` of `/api/tags`, `shown` by `/api/show` (empty: not known), `loaded` of
    `/api/ps` where the model is in memory."""
    name = as_text(row.get("model")) or as_text(row.get("name"))
    details = as_object(row.get("details")) | as_object(shown.get("details"))
    info = as_object(shown.get("model_info"))
    window = as_count(_of_architecture(info, "context_length"))
    size = as_count(row.get("size"))
    words = _capabilities(shown, window)
    return OfferedModel(
        model_name=name,
        name=name.removesuffix(":latest"),
        context_window=window,
        capabilities=words,
        input_modalities=_modalities(words),
        output_modalities=_output(words),
        family=as_text(details.get("family")),
        parameter_count_billions=_billions(info, details),
        quantisation=as_text(details.get("quantization_level")),
        size_bytes=size,
        memory_gb=None if row.get("remote_host") else _memory_gb(row, shown, loaded),
        is_loaded=loaded is not None,
    )


def _of_architecture(info: Object, name: str) -> object:
    """A value of the model's own architecture: `llama.context_length`; the first of
    that ending where the architecture is not named."""
    architecture = as_text(info.get("general.architecture"))
    if f"{architecture}.{name}" in info:
        return info[f"{architecture}.{name}"]
    found = (value for key, value in info.items() if key.endswith(f".{name}"))
    return None if architecture else next(found, None)


def _capabilities(shown: Object, window: int | None) -> frozenset[str] | None:
    listed = shown.get("capabilities")
    if not isinstance(listed, list):
        return None
    words = {ours for theirs in listed for ours in CAPABILITIES.get(str(theirs), ())}
    if window and window >= LONG_CONTEXT_TOKENS:
        words.add("long_context")
    return frozenset(words)


def _modalities(words: frozenset[str] | None) -> tuple[str, ...]:
    if not words:
        return ()
    more = (("image", "image_analysis"), ("audio", "audio"))
    return ("text", *(name for name, word in more if word in words))


def _output(words: frozenset[str] | None) -> tuple[str, ...]:
    if not words:
        return ()
    named = (
        ("text", "text_generation"),
        ("image", "image_generation"),
        ("embedding", "embedding"),
    )
    return tuple(name for name, word in named if word in words)


def _billions(info: Object, details: Object) -> float | None:
    if count := as_count(info.get("general.parameter_count")):
        return round(count / 1e9, 3)
    found = PARAMETER_SIZE.match(as_text(details.get("parameter_size")))
    if found is None or found[1].count(".") > 1:
        return None
    return round(float(found[1]) * UNITS[found[2].upper()], 3)


def _memory_gb(row: Object, shown: Object, loaded: Object | None) -> float | None:
    """What a loaded model takes is measured; of another it is estimated."""
    if loaded is not None and (measured := as_count(loaded.get("size"))):
        return round(measured / GB, 1)
    info = as_object(shown.get("model_info"))
    details = as_object(row.get("details")) | as_object(shown.get("details"))
    billions = _billions(info, details)
    estimate = estimate_memory(
        size_bytes=as_count(row.get("size")),
        parameter_count=int(billions * 1e9) if billions else None,
        bits=_bits(as_text(details.get("quantization_level"))),
        shape=_cache_shape(info),
        context_window=as_count(_of_architecture(info, "context_length")),
    )
    return estimate.gb if estimate else None


def _bits(quantisation: str) -> float | None:
    """`Q4_K_M` takes some more than 4 bits a parameter: its scales come on top."""
    if quantisation in BITS:
        return BITS[quantisation]
    found = re.match(r"I?Q(\d)", quantisation)
    return int(found[1]) + 0.6 if found else None


def _cache_shape(info: Object) -> CacheShape | None:
    layers = as_count(_of_architecture(info, "block_count"))
    heads = as_count(_of_architecture(info, "attention.head_count"))
    width = as_count(_of_architecture(info, "embedding_length"))
    by_layer = _of_architecture(info, "attention.head_count_kv")
    if isinstance(by_layer, list):  # Architectures whose layers differ.
        all_heads = sum(as_count(one) or 0 for one in by_layer)
    else:
        all_heads = (layers or 0) * (as_count(by_layer) or heads or 0)
    derived = width // heads if width and heads else None
    key = as_count(_of_architecture(info, "attention.key_length")) or derived
    value = as_count(_of_architecture(info, "attention.value_length")) or key
    if not all_heads or not key or not value:
        return None
    return CacheShape(all_heads, key, value)
