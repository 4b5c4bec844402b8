"""Answers of OpenAI's Responses API, whole and in events. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from registry.providers.json_values import Object, as_object, as_text, objects
from registry.providers.messages import ToolCall
from registry.providers.openai_parsing import REFUSED, Source
from registry.providers.openai_usage import usage_of
from registry.providers.response import (
    FinishReason,
    ModelResponse,
    StreamChunk,
    ToolCallPiece,
)
from registry.providers.stream_reading import empty_answer
from registry.usage import Usage

ENDINGS: Final = frozenset({"response.completed", "response.incomplete"})
REASONING_EVENTS: Final = frozenset(
    {"response.reasoning_summary_text.delta", "response.reasoning_text.delta"}
)
INCOMPLETE: Final = {
    "max_output_tokens": FinishReason.LENGTH,
    "content_filter": FinishReason.CONTENT_FILTER,
}


def response(found: Object, source: Source) -> ModelResponse:
    """Raises the error that a failed response holds."""
    _check(found, source)
    usage, notes = usage_of(found.get("usage"), source.quirks)
    items = objects(found.get("output"))
    if not items and found.get("status") != "incomplete":
        raise empty_answer(source.provider, source.request_id(found), usage)
    parts = [part for item in items for part in objects(item.get("content"))]
    texts = [as_text(part.get("text")) for part in parts if _is(part, "output_text")]
    refusals = [as_text(part.get("refusal")) for part in parts if _is(part, "refusal")]
    calls = tuple(_call(item) for item in items if _is(item, "function_call"))
    return ModelResponse(
        content="".join(texts) or "".join(refusals),
        tool_calls=calls,
        reasoning="\n\n".join(_summaries(items)),
        model_name=as_text(found.get("model")),
        usage=usage,
        finish_reason=finish_of(found, bool(calls), bool(refusals)),
        provider_request_id=source.request_id(found),
        service_tier=as_text(found.get("service_tier")),
        trace=(*notes, REFUSED) if refusals else notes,
    )


def finish_of(found: Object, has_calls: bool, has_refusal: bool) -> FinishReason:
    if found.get("status") == "incomplete":
        details = as_object(found.get("incomplete_details"))
        return INCOMPLETE.get(as_text(details.get("reason")), FinishReason.OTHER)
    if has_calls:
        return FinishReason.TOOL_CALLS
    return FinishReason.CONTENT_FILTER if has_refusal else FinishReason.STOP


def _check(found: Object, source: Source) -> None:
    if found.get("status") in ("failed", "cancelled"):
        error = found.get("error") or {"message": "The response failed."}
        raise source.failure({"error": error})


def _is(item: Object, kind: str) -> bool:
    return item.get("type") == kind


def _call(item: Object) -> ToolCall:
    call_id = as_text(item.get("call_id")) or as_text(item.get("id"))
    return ToolCall(call_id, as_text(item.get("name")), as_text(item.get("arguments")))


def _summaries(items: list[Object]) -> Iterator[str]:
    for item in items:
        if _is(item, "reasoning"):
            for part in [*objects(item.get("summary")), *objects(item.get("content"))]:
                yield as_text(part.get("text"))


@dataclass(slots=True)
class ResponseStream:
    """Reads the events of one stream (`stream_reading.StreamReader`)."""

    source: Source
    finish_reason: FinishReason | None = None
    is_closed: bool = False
    _usage: Usage | None = None
    _notes: tuple[str, ...] = ()
    _is_refused: bool = False
    _is_named: bool = False
    _calls: dict[object, int] = field(default_factory=dict)
    """Place of an output item → place among the tool calls."""

    def usage(self) -> tuple[Usage | None, tuple[str, ...]]:
        refused = (REFUSED,) if self._is_refused else ()
        return self._usage, (*self._notes, *refused)

    def read(self, document: Object) -> StreamChunk | None:
        kind = as_text(document.get("type"))
        if kind == "error" or document.get("error"):
            raise self.source.failure({"error": document.get("error") or document})
        return self._content(kind, document) or self._progress(kind, document)

    def _content(self, kind: str, document: Object) -> StreamChunk | None:
        delta = as_text(document.get("delta"))
        if kind == "response.output_text.delta" and delta:
            return StreamChunk(text=delta)
        if kind in REASONING_EVENTS and delta:
            return StreamChunk(reasoning=delta)
        if kind == "response.refusal.delta" and delta:
            self._is_refused = True
            return StreamChunk(text=delta)
        if kind == "response.function_call_arguments.delta" and delta:
            place = self._calls.get(document.get("output_index"), 0)
            return StreamChunk(tool_calls=(ToolCallPiece(place, arguments=delta),))
        return None

    def _progress(self, kind: str, document: Object) -> StreamChunk | None:
        if kind == "response.output_item.added":
            return self._item(document)
        found = as_object(document.get("response"))
        if kind == "response.failed":
            _check({"status": "failed", "error": found.get("error")}, self.source)
        if kind in ENDINGS:
            self._usage, self._notes = usage_of(found.get("usage"), self.source.quirks)
            finish = finish_of(found, bool(self._calls), self._is_refused)
            self.finish_reason, self.is_closed = finish, True
            return StreamChunk(finish_reason=finish)
        return self._named(as_text(found.get("model")))

    def _named(self, model_name: str) -> StreamChunk | None:
        if self._is_named or not model_name:
            return None
        self._is_named = True
        return StreamChunk(model_name=model_name)

    def _item(self, document: Object) -> StreamChunk | None:
        item = as_object(document.get("item"))
        if not _is(item, "function_call"):
            return None
        place = len(self._calls)
        self._calls[document.get("output_index")] = place
        call = _call(item)
        piece = ToolCallPiece(place, call.id, call.name, call.arguments)
        return StreamChunk(tool_calls=(piece,))
