"""Anthropic's messages, relayed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from modelhub.gateway.pieces import Answer, Piece
from modelhub.gateway.relay.body import ClientBody, raw, written
from modelhub.gateway.relay.dialect import Headers, Prepared, Sent, Source
from modelhub.gateway.relay.facts import (
    EVENT,
    MESSAGE,
    AnthropicBlock,
    AnthropicEvent,
    AnthropicMessage,
    word_of,
)
from modelhub.gateway.relay.parameters import ANTHROPIC, fitted
from modelhub.gateway.relay.system_prompt import add_to_messages
from registry.providers.adapter import Endpoint
from registry.providers.anthropic_parsing import finish_reason, usage_of
from registry.providers.errors import ModelCallError
from registry.providers.failures import error_from_event
from registry.providers.response import FinishReason
from registry.providers.sse import Event
from registry.resolution.plan import Candidate
from registry.usage import Usage

PASSED: Final = ("anthropic-beta", "idempotency-key")
VERSION: Final = "2023-06-01"
STOPPED: Final = b'event: message_stop\ndata: {"type":"message_stop"}\n\n'
SAYS_NOT_WHY: Final = (None, FinishReason.OTHER)
TOOL_BLOCKS: Final = frozenset({"tool_use", "server_tool_use", "mcp_tool_use"})
DEFAULT_LIMIT: Final = 4096
"""Anthropic insists on a limit of the output. This one holds where neither client nor
assignment names any and the model's own is not known."""


class AnthropicMessages:
    """A Dialect."""

    name: Final = "anthropic"

    def can_relay(self, body: ClientBody, candidate: Candidate) -> bool:
        return candidate.connection.endpoint.dialect == self.name

    def url(self, endpoint: Endpoint) -> str:
        base = endpoint.base_url.rstrip("/").removesuffix("/v1")
        return f"{base}/v1/messages"

    def headers(self, client_headers: Mapping[str, str]) -> Headers:
        version = client_headers.get("anthropic-version", VERSION)
        passed = [
            (name, client_headers[name]) for name in PASSED if name in client_headers
        ]
        return (("anthropic-version", version), *passed)

    def prepare(
        self, body: ClientBody, candidate: Candidate, *, is_stream: bool
    ) -> Prepared:
        fitting = fitted(body, candidate, ANTHROPIC)
        add_to_messages(fitting)
        if "max_tokens" not in fitting.fields:
            most = candidate.model.traits.max_output_tokens
            fitting.fields["max_tokens"] = raw(most or DEFAULT_LIMIT)
        return Prepared(written(fitting.fields), tuple(fitting.notes))

    def answer(self, body: bytes, source: Source) -> Answer:
        message = _decoded(body, source)
        if message.error or message.type == "error":
            raise _told(body, source)
        usage, notes = usage_of(message.usage if _is_object(message.usage) else {})
        finish = finish_reason(message.stop_reason)
        if not message.content and finish is FinishReason.OTHER:
            raise source.empty(usage)
        return Answer(
            body,
            text="".join(word_of(block.text) for block in message.content or ()),
            usage=usage,
            finish_reason=finish,
            model_name=word_of(message.model),
            provider_request_id=source.provider_request_id or word_of(message.id),
            service_tier=_tier(message.usage),
            trace=notes,
        )

    def reading(self, source: Source, *, hides_usage: bool) -> MessagesReading:
        return MessagesReading(source)


class MessagesReading:
    """A StreamReading."""

    def __init__(self, source: Source) -> None:
        self.sent = Sent()
        self.finish_reason: FinishReason | None = None
        self._source = source
        self._reported: dict[str, Any] = {}  # Anthropic's counts: numbers, mostly.
        self._has_content = False

    @property
    def usage(self) -> Usage | None:
        return usage_of(self._reported)[0]

    def read(self, event: Event) -> Piece | None:
        try:
            document = EVENT.decode(event.data)
        except msgspec.DecodeError:
            return None
        kind = document.type
        if kind == "error" or document.error:
            raise _told(event.data, self._source)
        if kind == "message_stop":
            return self.closing()
        piece = Piece(_event(word_of(kind) or event.name, event.data))
        if kind == "content_block_delta":
            self._delta(document, piece)
        elif kind == "content_block_start":
            self._block(document, piece)
        elif kind == "content_block_stop":
            self.sent.block_type = ""
        elif kind == "message_start":
            self._start(document.message, piece)
        elif kind == "message_delta":
            self._finish(document, piece)
        return piece

    def closing(self) -> Piece:
        if not self._has_content and self.finish_reason in SAYS_NOT_WHY:
            raise self._source.empty(self.usage)
        other = FinishReason.OTHER if self.finish_reason is None else None
        return Piece(STOPPED, finish_reason=other, is_last=True)

    def _start(self, message: AnthropicMessage | None, piece: Piece) -> None:
        if message is None:
            return
        sent = self.sent
        sent.has_begun = True
        sent.id, sent.model = word_of(message.id), word_of(message.model)
        self._report(message.usage)
        piece.usage = self.usage
        piece.service_tier = _tier(message.usage)
        piece.model_name = sent.model
        piece.provider_request_id = self._source.provider_request_id or sent.id

    def _block(self, document: AnthropicEvent, piece: Piece) -> None:
        block = document.content_block or AnthropicBlock()
        if isinstance(document.index, int):
            self.sent.block_index = document.index
        self.sent.block_type = word_of(block.type)
        piece.has_tool_call = block.type in TOOL_BLOCKS
        piece.has_content = piece.has_tool_call or bool(block.text or block.thinking)
        self._say(word_of(block.text), piece)

    def _delta(self, document: AnthropicEvent, piece: Piece) -> None:
        delta = document.delta or AnthropicBlock()
        piece.has_tool_call = delta.type == "input_json_delta"
        piece.has_content = bool(delta.text or delta.thinking or delta.partial_json)
        self._say(word_of(delta.text), piece)

    def _say(self, text: str, piece: Piece) -> None:
        self._has_content = self._has_content or piece.has_content
        if text:
            piece.text = text
            self.sent.texts.append(text)

    def _finish(self, document: AnthropicEvent, piece: Piece) -> None:
        self._report(document.usage)
        piece.usage, piece.trace = usage_of(self._reported)
        word = document.delta.stop_reason if document.delta else None
        if word:
            piece.finish_reason = self.finish_reason = finish_reason(word)

    def _report(self, usage: object) -> None:
        """Counts are cumulative: the latest holds."""
        if isinstance(usage, dict):
            self._reported |= {
                name: count for name, count in usage.items() if count is not None
            }


def _event(name: str, data: bytes) -> bytes:
    lines = b"\ndata: ".join(data.split(b"\n"))
    return b"event: %b\ndata: %b\n\n" % (name.encode(), lines)


def _tier(usage: object) -> str:
    return word_of(usage.get("service_tier")) if isinstance(usage, dict) else ""


def _is_object(value: object) -> bool:
    return isinstance(value, dict)


def _decoded(body: bytes, source: Source) -> AnthropicMessage:
    try:
        return MESSAGE.decode(body)
    except msgspec.ValidationError:
        what = "its JSON is no message"
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        what = "its JSON is cut or broken" if body.strip() else "it was empty"
    raise source.unreadable(what, body)


def _told(data: bytes, source: Source) -> ModelCallError:
    document = msgspec.json.decode(data)
    return error_from_event(source.provider, document, source.headers, source.secrets)
