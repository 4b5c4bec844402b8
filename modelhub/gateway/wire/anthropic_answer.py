"""Answers in the words of Anthropic's messages, whole and as a stream."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from modelhub.gateway.relay.dialect import Sent
from registry.providers.messages import ToolCall
from registry.providers.response import (
    FinishReason,
    ModelResponse,
    StreamChunk,
    ToolCallPiece,
)
from registry.usage import Usage

Json = dict[str, Any]  # Anthropic's JSON.
STOP_WORDS: Final = {
    FinishReason.STOP: "end_turn",
    FinishReason.LENGTH: "max_tokens",
    FinishReason.TOOL_CALLS: "tool_use",
    FinishReason.CONTENT_FILTER: "refusal",
    FinishReason.OTHER: "end_turn",
}


def message(response: ModelResponse, message_id: str, model: str) -> bytes:
    """The body of a message. Thinking of another provider's model is left out: it has
    no signature, and so could not be sent back."""
    content: list[Json] = []
    if response.content:
        content.append({"type": "text", "text": response.content})
    content += [_call(call) for call in response.tool_calls]
    document = _frame(message_id, model) | {
        "content": content,
        "stop_reason": STOP_WORDS[response.finish_reason],
        "usage": usage_document(response.usage),
    }
    return msgspec.json.encode(document)


def usage_document(usage: Usage | None) -> Json:
    """Anthropic counts cached input apart. Unknown counts are 0: its clients insist on
    numbers."""
    if usage is None:
        return {"input_tokens": 0, "output_tokens": 0}
    read, wrote = int(usage.cache_read_tokens), int(usage.cache_write_tokens)
    return {
        "input_tokens": int(usage.input_tokens) - read - wrote,
        "cache_read_input_tokens": read,
        "cache_creation_input_tokens": wrote,
        "output_tokens": int(usage.output_tokens),
    }


def _frame(message_id: str, model: str) -> Json:
    return {
        "id": message_id,
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
    }


def _call(call: ToolCall) -> Json:
    try:
        given = msgspec.json.decode(call.arguments or "{}")
    except (msgspec.DecodeError, RecursionError):
        given = {}
    return {
        "type": "tool_use",
        "id": call.id,
        "name": call.name,
        "input": given if isinstance(given, dict) else {},
    }


class MessageWriter:
    """Writes chunks as server-sent events; with a `sent` that has begun it goes on in
    the message, and in the block, that the client already sees."""

    def __init__(self, sent: Sent) -> None:
        self._sent = sent
        self._usage: Usage | None = None
        self._finish: FinishReason | None = None
        self._tool: int | None = None

    def write(self, chunk: StreamChunk) -> bytes:
        self._usage = chunk.usage or self._usage
        self._finish = chunk.finish_reason or self._finish
        events = [] if self._sent.has_begun else [self._begin()]
        if chunk.text:
            events += self._opened("text", {"type": "text", "text": ""})
            events.append(self._delta({"type": "text_delta", "text": chunk.text}))
            self._sent.texts.append(chunk.text)
        for piece in chunk.tool_calls:
            events += self._tool_piece(piece)
        if chunk.is_last:
            events.append(self.close())
        return b"".join(events)

    def close(self) -> bytes:
        """What ends the stream."""
        events = self._closed_block()
        stop = STOP_WORDS[self._finish or FinishReason.STOP]
        delta = {"stop_reason": stop, "stop_sequence": None}
        usage = usage_document(self._usage)
        events.append(_event("message_delta", {"delta": delta, "usage": usage}))
        events.append(_event("message_stop", {}))
        return b"".join(events)

    def _begin(self) -> bytes:
        self._sent.has_begun = True
        frame = _frame(self._sent.id, self._sent.model)
        usage = usage_document(self._usage)
        return _event("message_start", {"message": frame | {"usage": usage}})

    def _tool_piece(self, piece: ToolCallPiece) -> list[bytes]:
        events = []
        if piece.index != self._tool:
            events += self._closed_block()
            self._tool = piece.index
            block = {
                "type": "tool_use",
                "id": piece.id,
                "name": piece.name,
                "input": {},
            }
            events += self._opened("tool_use", block)
        if piece.arguments:
            delta = {"type": "input_json_delta", "partial_json": piece.arguments}
            events.append(self._delta(delta))
        return events

    def _opened(self, kind: str, block: Json) -> list[bytes]:
        sent = self._sent
        if sent.block_type == kind:
            return []
        events = self._closed_block()
        sent.block_index += 1
        sent.block_type = kind
        opening = {"index": sent.block_index, "content_block": block}
        return [*events, _event("content_block_start", opening)]

    def _closed_block(self) -> list[bytes]:
        if not self._sent.block_type:
            return []
        self._sent.block_type = ""
        return [_event("content_block_stop", {"index": self._sent.block_index})]

    def _delta(self, delta: Json) -> bytes:
        inner = {"index": self._sent.block_index, "delta": delta}
        return _event("content_block_delta", inner)


def _event(kind: str, document: Json) -> bytes:
    data = msgspec.json.encode({"type": kind} | document)
    return b"event: %b\ndata: %b\n\n" % (kind.encode(), data)
