"""Answers in the words of OpenAI's chat completions, whole and as a stream."""

from __future__ import annotations

import time
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

Json = dict[str, Any]  # OpenAI's JSON.
FINISH_WORDS: Final = {FinishReason.OTHER: "stop"}
DONE: Final = b"data: [DONE]\n\n"


def completion(response: ModelResponse, completion_id: str, model: str) -> bytes:
    """The body of a chat completion."""
    message: Json = {"role": "assistant", "content": response.content, "refusal": None}
    if response.tool_calls:
        message["tool_calls"] = [_call(call) for call in response.tool_calls]
        message["content"] = response.content or None
    if response.reasoning:
        message["reasoning_content"] = response.reasoning
    choice = {
        "index": 0,
        "message": message,
        "logprobs": None,
        "finish_reason": finish_word(response.finish_reason),
    }
    document = {
        "id": completion_id,
        "object": "chat.completion",
        "created": int(time.time()),
        "model": model,
        "choices": [choice],
        "usage": usage_document(response.usage),
    }
    return msgspec.json.encode(document)


def finish_word(reason: FinishReason) -> str:
    return FINISH_WORDS.get(reason, reason.value)


def usage_document(usage: Usage | None) -> Json | None:
    if usage is None:
        return None
    told, wrote = int(usage.input_tokens), int(usage.output_tokens)
    return {
        "prompt_tokens": told,
        "completion_tokens": wrote,
        "total_tokens": told + wrote,
        "prompt_tokens_details": {
            "cached_tokens": int(usage.cache_read_tokens),
            "audio_tokens": int(usage.input_audio_tokens),
        },
        "completion_tokens_details": {
            "reasoning_tokens": int(usage.reasoning_tokens),
            "audio_tokens": int(usage.output_audio_tokens),
        },
    }


def _call(call: ToolCall) -> Json:
    function = {"name": call.name, "arguments": call.arguments or "{}"}
    return {"id": call.id, "type": "function", "function": function}


class ChatWriter:
    """Writes chunks as server-sent events; with a `sent` that has begun it goes on in
    the message that the client already sees."""

    def __init__(self, sent: Sent, *, tells_usage: bool) -> None:
        self._sent = sent
        self._tells_usage = tells_usage
        self._usage: Usage | None = None

    def write(self, chunk: StreamChunk) -> bytes:
        self._usage = chunk.usage or self._usage
        events = b""
        if not self._sent.has_begun:
            self._sent.has_begun = True
            self._sent.created = self._sent.created or int(time.time())
            events = self._event({"role": "assistant", "content": ""})
        delta = _delta(chunk)
        if delta:
            events += self._event(delta)
        if chunk.text:
            self._sent.texts.append(chunk.text)
        if chunk.finish_reason is not None:
            events += self._event({}, finish_word(chunk.finish_reason))
        if chunk.is_last:
            events += self.close()
        return events

    def close(self) -> bytes:
        """What ends the stream."""
        if not self._tells_usage:
            return DONE
        document = self._frame() | {"choices": [], "usage": usage_document(self._usage)}
        return _data(document) + DONE

    def _event(self, delta: Json, finish: str | None = None) -> bytes:
        choice = {
            "index": 0,
            "delta": delta,
            "logprobs": None,
            "finish_reason": finish,
        }
        return _data(self._frame() | {"choices": [choice]})

    def _frame(self) -> Json:
        return {
            "id": self._sent.id,
            "object": "chat.completion.chunk",
            "created": self._sent.created,
            "model": self._sent.model,
        }


def _delta(chunk: StreamChunk) -> Json:
    delta: Json = {}
    if chunk.text:
        delta["content"] = chunk.text
    if chunk.reasoning:
        delta["reasoning_content"] = chunk.reasoning
    if chunk.tool_calls:
        delta["tool_calls"] = [_call_piece(piece) for piece in chunk.tool_calls]
    return delta


def _call_piece(piece: ToolCallPiece) -> Json:
    function = {"arguments": piece.arguments}
    if not piece.name and not piece.id:
        return {"index": piece.index, "function": function}
    return {
        "index": piece.index,
        "id": piece.id,
        "type": "function",
        "function": {"name": piece.name} | function,
    }


def _data(document: Json) -> bytes:
    return b"data: %b\n\n" % msgspec.json.encode(document)
