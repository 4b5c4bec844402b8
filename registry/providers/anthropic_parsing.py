"""Anthropic's answers, whole and in pieces, and its list of models. Pure."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable
from typing import Final

from registry.capabilities import LONG_CONTEXT_TOKENS
from registry.providers.adapter import OfferedModel
from registry.providers.errors import ModelCallError
from registry.providers.json_values import Object, as_count, as_object, as_text, objects
from registry.providers.messages import ToolCall
from registry.providers.response import (
    FinishReason,
    ModelResponse,
    StreamChunk,
    ToolCallPiece,
)
from registry.providers.usage_counts import normalised_usage, sum_of_counts
from registry.usage import Usage

FINISH_REASONS: Final = {
    "end_turn": FinishReason.STOP,
    "stop_sequence": FinishReason.STOP,
    "max_tokens": FinishReason.LENGTH,
    "model_context_window_exceeded": FinishReason.LENGTH,
    "tool_use": FinishReason.TOOL_CALLS,
    "refusal": FinishReason.CONTENT_FILTER,
}
# Their word for a capability → ours.
CAPABILITIES: Final = {
    "image_input": "image_analysis",
    "pdf_input": "document_analysis",
    "structured_outputs": "structured_output",
    "thinking": "reasoning",
    "batch": "batch",
}
UNKNOWN_RELEASE: Final = datetime.date(1970, 1, 1)


def message_response(document: Object) -> ModelResponse:
    """A whole answer; what is not in it stays empty."""
    blocks = objects(document.get("content"))
    usage, notes = usage_of(as_object(document.get("usage")))
    return ModelResponse(
        content="".join(as_text(block.get("text")) for block in blocks),
        tool_calls=tuple(
            _tool_call(block) for block in blocks if block.get("type") == "tool_use"
        ),
        reasoning="".join(as_text(block.get("thinking")) for block in blocks),
        model_name=as_text(document.get("model")),
        usage=usage,
        finish_reason=finish_reason(document.get("stop_reason")),
        trace=notes,
    )


def finish_reason(word: object) -> FinishReason:
    return FINISH_REASONS.get(as_text(word), FinishReason.OTHER)


def usage_of(reported: Object) -> tuple[Usage | None, tuple[str, ...]]:
    """Anthropic counts cached input apart: ours is the sum of the three."""
    write, read = (
        reported.get("cache_creation_input_tokens"),
        reported.get("cache_read_input_tokens"),
    )
    by_lifetime = as_object(reported.get("cache_creation"))
    details = as_object(reported.get("output_tokens_details"))
    tools = as_object(reported.get("server_tool_use"))
    return normalised_usage(
        {
            "input_tokens": sum_of_counts(reported.get("input_tokens"), write, read),
            "output_tokens": reported.get("output_tokens"),
            "cache_read_tokens": read,
            "cache_write_tokens": write,
            "cache_write_1h_tokens": by_lifetime.get("ephemeral_1h_input_tokens"),
            "reasoning_tokens": details.get("thinking_tokens"),
            "web_searches": tools.get("web_search_requests"),
        }
    )


def _tool_call(block: Object) -> ToolCall:
    arguments = json.dumps(as_object(block.get("input")), ensure_ascii=False)
    return ToolCall(as_text(block.get("id")), as_text(block.get("name")), arguments)


class MessageStream:
    """Reads the events of a streamed message (`stream_reading.StreamReader`)."""

    def __init__(self, fail: Callable[[Object], ModelCallError]) -> None:
        self.finish_reason: FinishReason | None = None
        self.is_closed = False
        self._fail = fail
        self._reported: Object = {}
        self._tool_indexes: dict[object, int] = {}

    def read(self, document: Object) -> StreamChunk | None:
        kind = document.get("type")
        if kind == "error" or "error" in document:
            raise self._fail(document)
        if kind == "message_start":
            return self._start(as_object(document.get("message")))
        if kind == "content_block_start":
            return self._block(document)
        if kind == "content_block_delta":
            return self._delta(document)
        if kind == "message_delta":
            return self._finish(document)
        self.is_closed = kind == "message_stop"
        return None

    def usage(self) -> tuple[Usage | None, tuple[str, ...]]:
        return usage_of(self._reported)

    def _start(self, message: Object) -> StreamChunk:
        self._report(message)
        return StreamChunk(model_name=as_text(message.get("model")))

    def _report(self, holder: Object) -> None:
        """Counts are cumulative: the latest holds, and None says nothing."""
        counts = as_object(holder.get("usage")).items()
        self._reported |= {name: value for name, value in counts if value is not None}

    def _block(self, document: Object) -> StreamChunk | None:
        block = as_object(document.get("content_block"))
        if block.get("type") != "tool_use":
            text, thinking = as_text(block.get("text")), as_text(block.get("thinking"))
            is_said = text or thinking
            return StreamChunk(text=text, reasoning=thinking) if is_said else None
        index = len(self._tool_indexes)
        self._tool_indexes[document.get("index")] = index
        piece = ToolCallPiece(
            index, as_text(block.get("id")), as_text(block.get("name"))
        )
        return StreamChunk(tool_calls=(piece,))

    def _delta(self, document: Object) -> StreamChunk | None:
        delta = as_object(document.get("delta"))
        if arguments := as_text(delta.get("partial_json")):
            index = self._tool_indexes.get(document.get("index"))
            if index is None:  # A server's own tool: nobody here runs it.
                return None
            return StreamChunk(tool_calls=(ToolCallPiece(index, arguments=arguments),))
        text, thinking = as_text(delta.get("text")), as_text(delta.get("thinking"))
        if not text and not thinking:
            return None
        return StreamChunk(text=text, reasoning=thinking)

    def _finish(self, document: Object) -> StreamChunk | None:
        self._report(document)
        word = as_object(document.get("delta")).get("stop_reason")
        if not word or self.finish_reason is not None:
            return None
        self.finish_reason = finish_reason(word)
        return StreamChunk(finish_reason=self.finish_reason)


def offered_model(info: Object) -> OfferedModel:
    """A row of `GET /v1/models`."""
    listed = as_object(info.get("capabilities"))
    window = as_count(info.get("max_input_tokens"))
    return OfferedModel(
        model_name=as_text(info.get("id")),
        name=as_text(info.get("display_name")),
        context_window=window,
        max_output_tokens=as_count(info.get("max_tokens")),
        capabilities=_capabilities(listed, window) if listed else None,
        input_modalities=_modalities(listed),
        output_modalities=("text",) if listed else (),
        family=as_text(info.get("line")),
        released_on=_released_on(as_text(info.get("created_at"))),
        owner="anthropic" if as_text(info.get("id")).startswith("claude") else "",
    )


def _capabilities(listed: Object, window: int | None) -> frozenset[str]:
    """What every model of theirs can do, and what this one is said to."""
    words = {"text_generation", "tools", "streaming", "caching"}
    words |= {ours for theirs, ours in CAPABILITIES.items() if _has(listed, theirs)}
    if _has(as_object(listed.get("server_tools")), "web_search"):
        words.add("web_search")
    if window and window >= LONG_CONTEXT_TOKENS:
        words.add("long_context")
    return frozenset(words)


def _modalities(listed: Object) -> tuple[str, ...]:
    if not listed:
        return ()
    words = [("image", "image_input"), ("pdf", "pdf_input")]
    return ("text", *(ours for ours, theirs in words if _has(listed, theirs)))


def _has(listed: Object, name: str) -> bool:
    return as_object(listed.get(name)).get("supported") is True


def _released_on(text: str) -> datetime.date | None:
    try:
        released = datetime.datetime.fromisoformat(text).date()
    except ValueError:
        return None
    return None if released == UNKNOWN_RELEASE else released
