"""The wire formats that clients speak, each with what it takes to answer in it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from modelhub.gateway.relay.anthropic_chat import AnthropicMessages
from modelhub.gateway.relay.dialect import Dialect, Sent
from modelhub.gateway.relay.openai_chat import OpenAIChat
from modelhub.gateway.wire.anthropic_answer import MessageWriter, message
from modelhub.gateway.wire.anthropic_request import request_from_messages
from modelhub.gateway.wire.openai_answer import ChatWriter, completion
from modelhub.gateway.wire.openai_request import request_from_chat
from modelhub.gateway.wire.reading import Object
from registry.providers.request import ModelRequest
from registry.providers.response import ModelResponse, StreamChunk


class Writer(Protocol):
    """Writes the chunks of one stream as server-sent events."""

    def write(self, chunk: StreamChunk) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Format:
    """A client's wire format. `id_prefix` begins the ids of its answers; the second
    argument of `writer` says whether the client wants the usage in the stream."""

    dialect: Dialect
    id_prefix: str
    parse: Callable[[Object], tuple[ModelRequest, tuple[str, ...]]]
    whole: Callable[[ModelResponse, str, str], bytes]
    writer: Callable[[Sent, bool], Writer]

    def new_id(self, request_id: uuid.UUID) -> str:
        return f"{self.id_prefix}{request_id.hex}"


def _chat_writer(sent: Sent, tells_usage: bool) -> ChatWriter:
    return ChatWriter(sent, tells_usage=tells_usage)


def _message_writer(sent: Sent, tells_usage: bool) -> MessageWriter:
    """Anthropic's streams always tell the usage."""
    return MessageWriter(sent)


OPENAI: Final = Format(
    OpenAIChat(), "chatcmpl-", request_from_chat, completion, _chat_writer
)
ANTHROPIC: Final = Format(
    AnthropicMessages(), "msg_", request_from_messages, message, _message_writer
)
