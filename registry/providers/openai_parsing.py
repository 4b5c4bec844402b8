"""OpenAI's chat completions, whole and in pieces, as answers. Pure. Other providers
speak the same with small differences; all of them are read here."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from registry.providers.endpoint_calls import EndpointCalls
from registry.providers.errors import ModelCallError
from registry.providers.failures import request_id
from registry.providers.json_values import Object, as_object, as_text, objects
from registry.providers.messages import ToolCall
from registry.providers.openai_usage import charged_usd, usage_of
from registry.providers.response import (
    FinishReason,
    ModelResponse,
    StreamChunk,
    ToolCallPiece,
)
from registry.providers.stream_reading import empty_answer
from registry.usage import Usage

FINISH_REASONS: Final = {
    "stop": FinishReason.STOP,
    "eos": FinishReason.STOP,
    "eos_token": FinishReason.STOP,
    "end_turn": FinishReason.STOP,
    "stop_sequence": FinishReason.STOP,
    "complete": FinishReason.STOP,
    "length": FinishReason.LENGTH,
    "max_tokens": FinishReason.LENGTH,
    "model_length": FinishReason.LENGTH,
    "tool_calls": FinishReason.TOOL_CALLS,
    "tool_use": FinishReason.TOOL_CALLS,
    "function_call": FinishReason.TOOL_CALLS,
    "content_filter": FinishReason.CONTENT_FILTER,
    "safety": FinishReason.CONTENT_FILTER,
    "sensitive": FinishReason.CONTENT_FILTER,
}
REFUSED: Final = "The model refused to answer."


@dataclass(frozen=True, slots=True)
class Source:
    """Where an answer came from."""

    calls: EndpointCalls
    headers: Mapping[str, str]
    quirks: frozenset[str] = frozenset()

    @property
    def provider(self) -> str:
        return self.calls.provider

    def request_id(self, document: Object) -> str:
        return request_id(self.headers) or as_text(document.get("id"))

    def failure(self, document: Object) -> ModelCallError:
        return self.calls.reported(document, self.headers)


def completion(found: Object, source: Source) -> ModelResponse:
    """Raises ModelUnavailableError for an answer without a choice, and the error that
    a choice may hold in spite of its 200."""
    usage, notes = usage_of(found.get("usage"), source.quirks)
    choice = first_choice(found, source)
    if not choice:
        raise empty_answer(source.provider, source.request_id(found), usage)
    message = as_object(choice.get("message"))
    content, reasoning = texts_of(message)
    calls = tuple(
        ToolCall(piece.id, piece.name, piece.arguments)
        for piece in tool_pieces(message)
    )
    finish = finish_reason(choice.get("finish_reason"), bool(calls))
    if refusal := as_text(message.get("refusal")):
        content, finish = content or refusal, FinishReason.CONTENT_FILTER
        notes = (*notes, REFUSED)
    return ModelResponse(
        content=content,
        tool_calls=calls,
        reasoning=reasoning,
        model_name=as_text(found.get("model")),
        usage=usage,
        finish_reason=finish or FinishReason.OTHER,
        provider_request_id=source.request_id(found),
        reported_usd=charged_usd(found.get("usage"), source.quirks),
        service_tier=as_text(found.get("service_tier")),
        trace=notes,
    )


def first_choice(document: Object, source: Source) -> Object:
    """Empty where there is none. Raises the error that it holds."""
    choice = next(iter(objects(document.get("choices"))), {})
    if choice.get("error"):
        raise source.failure(choice)
    return choice


def finish_reason(word: object, has_tool_calls: bool) -> FinishReason | None:
    """None: the provider said nothing yet. A stop with tool calls is one for them."""
    if not isinstance(word, str) or not word:
        return None
    reason = FINISH_REASONS.get(word.lower(), FinishReason.OTHER)
    if reason == FinishReason.STOP and has_tool_calls:
        return FinishReason.TOOL_CALLS
    return reason


def texts_of(message: Object) -> tuple[str, str]:
    """Content and reasoning. Content may be a list of parts (Mistral); reasoning goes
    by two names."""
    content, thoughts = message.get("content"), ""
    if isinstance(content, list):
        parts = objects(content)
        thoughts = "".join(_thought(part) for part in parts)
        content = "".join(
            as_text(part.get("text")) for part in parts if part.get("type") == "text"
        )
    for name in ("reasoning_content", "reasoning"):
        thoughts = thoughts or as_text(message.get(name))
    return as_text(content), thoughts


def _thought(part: Object) -> str:
    thinking = part.get("thinking")
    if isinstance(thinking, list):
        return "".join(as_text(one.get("text")) for one in objects(thinking))
    return as_text(thinking)


def tool_pieces(message: Object) -> tuple[ToolCallPiece, ...]:
    """The tool calls of a message, or what a delta holds of them."""
    calls = objects(message.get("tool_calls"))
    if not calls and isinstance(message.get("function_call"), dict):
        calls = [{"function": message["function_call"]}]
    return tuple(_piece(call, place) for place, call in enumerate(calls))


def _piece(call: Object, place: int) -> ToolCallPiece:
    function = as_object(call.get("function"))
    index = call.get("index")
    index = index if isinstance(index, int) else place
    arguments = function.get("arguments")
    if isinstance(arguments, dict):  # Some local servers send the object itself.
        arguments = json.dumps(arguments)
    name = as_text(function.get("name"))
    made = f"call_{index}" if name else ""
    return ToolCallPiece(
        index, as_text(call.get("id")) or made, name, as_text(arguments)
    )


@dataclass(slots=True)
class ChatStream:
    """Reads the events of one stream (`stream_reading.StreamReader`)."""

    source: Source
    finish_reason: FinishReason | None = None
    is_closed: bool = False
    _usage: Usage | None = None
    _notes: list[str] = field(default_factory=list)
    _is_named: bool = False
    _tier: str = ""
    _has_tools: bool = False
    _is_refused: bool = False

    def usage(self) -> tuple[Usage | None, tuple[str, ...]]:
        refused = (REFUSED,) if self._is_refused else ()
        return self._usage, (*self._notes, *refused)

    def read(self, document: Object) -> StreamChunk | None:
        if document.get("error") or "error" in (
            document.get("object"),
            document.get("type"),
        ):
            raise self.source.failure(document)
        self._take_usage(document)
        chunk = self._chunk(first_choice(document, self.source))
        model_name = "" if self._is_named else as_text(document.get("model"))
        tier = "" if self._tier else as_text(document.get("service_tier"))
        self._tier = self._tier or tier
        charged = charged_usd(document.get("usage"), self.source.quirks)
        if not (model_name or tier or charged is not None):
            return chunk
        self._is_named = self._is_named or bool(model_name)
        return replace(
            chunk or StreamChunk(),
            model_name=model_name,
            service_tier=tier,
            reported_usd=charged,
        )

    def _chunk(self, choice: Object) -> StreamChunk | None:
        delta = as_object(choice.get("delta") or choice.get("message"))
        text, reasoning = texts_of(delta)
        refusal = as_text(delta.get("refusal"))
        tools = tool_pieces(delta)
        self._has_tools = self._has_tools or bool(tools)
        self._is_refused = self._is_refused or bool(refusal)
        finish = finish_reason(choice.get("finish_reason"), self._has_tools)
        if finish and self._is_refused:
            finish = FinishReason.CONTENT_FILTER
        # Some providers repeat the finish reason with the usage.
        news = finish if self.finish_reason is None else None
        self.finish_reason = self.finish_reason or finish
        chunk = StreamChunk(
            text=text or refusal,
            reasoning=reasoning,
            tool_calls=tools,
            finish_reason=news,
        )
        return chunk if chunk.has_content or news else None

    def _take_usage(self, document: Object) -> None:
        reported = document.get("usage") or as_object(document.get("x_groq")).get(
            "usage"
        )
        if reported:
            usage, notes = usage_of(reported, self.source.quirks)
            self._usage = usage or self._usage
            # Where usage comes with every event, so does what is wrong with it.
            self._notes = list(notes)
