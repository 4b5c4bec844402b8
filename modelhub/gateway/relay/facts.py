"""What the relay must know of bodies that it does not otherwise touch. Only these
fields are decoded; whatever may be of another type at some provider is left open."""

from __future__ import annotations

from typing import Any, Final

import msgspec

Open = Any  # Providers differ in the type of it.


class ChatMessage(msgspec.Struct, gc=False):
    """A message of a chat completion, or a delta of one."""

    content: Open = None
    reasoning_content: Open = None
    reasoning: Open = None
    refusal: Open = None
    tool_calls: Open = None
    function_call: Open = None
    audio: Open = None

    @property
    def text(self) -> str:
        return text_of(self.content)

    @property
    def calls_tool(self) -> bool:
        return bool(self.tool_calls or self.function_call)

    @property
    def has_content(self) -> bool:
        return bool(
            self.content
            or self.calls_tool
            or self.reasoning_content
            or self.reasoning
            or self.refusal
            or self.audio
        )


class ChatChoice(msgspec.Struct):
    index: Open = 0
    message: ChatMessage | None = None
    delta: ChatMessage | None = None
    finish_reason: Open = None
    error: Open = None

    @property
    def said(self) -> ChatMessage | None:
        return self.delta or self.message


class ChatDocument(msgspec.Struct):
    """A chat completion or a chunk of one. Groq tells a stream's usage in `x_groq`."""

    id: Open = None
    model: Open = None
    created: Open = None
    choices: list[ChatChoice] | None = None
    usage: Open = None
    error: Open = None
    x_groq: Open = None
    service_tier: Open = None

    @property
    def reported_usage(self) -> Open:
        if not self.usage and isinstance(self.x_groq, dict):
            return self.x_groq.get("usage")
        return self.usage


class AnthropicBlock(msgspec.Struct):
    """A content block, or a delta of one."""

    type: Open = None
    text: Open = None
    thinking: Open = None
    partial_json: Open = None
    stop_reason: Open = None


class AnthropicMessage(msgspec.Struct):
    id: Open = None
    type: Open = None
    model: Open = None
    content: list[AnthropicBlock] | None = None
    stop_reason: Open = None
    usage: Open = None
    error: Open = None


class AnthropicEvent(msgspec.Struct):
    type: Open = None
    index: Open = None
    message: AnthropicMessage | None = None
    content_block: AnthropicBlock | None = None
    delta: AnthropicBlock | None = None
    usage: Open = None
    error: Open = None


CHAT: Final = msgspec.json.Decoder(ChatDocument)
MESSAGE: Final = msgspec.json.Decoder(AnthropicMessage)
EVENT: Final = msgspec.json.Decoder(AnthropicEvent)


def text_of(content: object) -> str:
    """Text that comes as such or as a list of parts."""
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        return ""
    texts = (part.get("text") for part in content if isinstance(part, dict))
    return "".join(text for text in texts if isinstance(text, str))


def word_of(value: object) -> str:
    return value if isinstance(value, str) else ""
