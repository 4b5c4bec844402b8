"""OpenAI's chat completions, relayed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from modelhub.gateway.pieces import Answer, Piece
from modelhub.gateway.relay.body import ClientBody, raw, written
from modelhub.gateway.relay.dialect import Headers, Prepared, Sent, Source
from modelhub.gateway.relay.facts import (
    CHAT,
    ChatChoice,
    ChatDocument,
    word_of,
)
from modelhub.gateway.relay.parameters import OPENAI, Fitting, fitted
from modelhub.gateway.relay.system_prompt import add_to_chat
from registry.providers.adapter import Endpoint
from registry.providers.errors import ModelCallError
from registry.providers.failures import error_from_event
from registry.providers.model_rules import family_id
from registry.providers.openai_parsing import finish_reason
from registry.providers.openai_responses import ONLY_RESPONSES, TOOLS_NEED_RESPONSES
from registry.providers.openai_usage import charged_usd, usage_of
from registry.providers.response import FinishReason
from registry.providers.sse import Event
from registry.providers.table import OLD_LIMIT
from registry.resolution.plan import Candidate
from registry.usage import Usage

PASSED: Final = ("openai-beta", "idempotency-key", "x-client-request-id")
DONE: Final = b"data: [DONE]\n\n"
SAYS_NOT_WHY: Final = (None, FinishReason.OTHER)


class OpenAIChat:
    """A Dialect."""

    name: Final = "openai"

    def can_relay(self, body: ClientBody, candidate: Candidate) -> bool:
        """Some models answer only through another interface, which the adapter
        speaks."""
        endpoint = candidate.connection.endpoint
        if endpoint.dialect != self.name:
            return False
        if "has_responses" not in endpoint.quirks:
            return True
        name = family_id(candidate.model.model_name)
        if ONLY_RESPONSES.match(name):
            return False
        is_calling = body.has("tools") and TOOLS_NEED_RESPONSES.match(name)
        return not is_calling or body.value("reasoning_effort") == "none"

    def url(self, endpoint: Endpoint) -> str:
        return f"{endpoint.base_url.rstrip('/')}/chat/completions"

    def headers(self, client_headers: Mapping[str, str]) -> Headers:
        return tuple(
            (name, client_headers[name]) for name in PASSED if name in client_headers
        )

    def prepare(
        self, body: ClientBody, candidate: Candidate, *, is_stream: bool
    ) -> Prepared:
        fitting = fitted(body, candidate, OPENAI)
        _name_limit(fitting)
        add_to_chat(fitting)
        hides_usage = is_stream and _ask_for_usage(fitting)
        return Prepared(written(fitting.fields), tuple(fitting.notes), hides_usage)

    def answer(self, body: bytes, source: Source) -> Answer:
        document = _decoded(body, source)
        if document.error:
            raise _told(body, source)
        usage, notes = usage_of(document.usage, source.quirks)
        choice = document.choices[0] if document.choices else None
        message = choice.message if choice else None
        if choice is None or message is None:
            raise source.empty(usage)
        if choice.error:
            raise _told_by({"error": choice.error}, source)
        finish = finish_reason(choice.finish_reason, message.calls_tool)
        if not message.has_content and finish in SAYS_NOT_WHY:
            raise source.empty(usage)
        return Answer(
            body,
            text=message.text,
            usage=usage,
            finish_reason=finish or FinishReason.OTHER,
            model_name=word_of(document.model),
            provider_request_id=source.provider_request_id or word_of(document.id),
            reported_usd=charged_usd(document.usage, source.quirks),
            service_tier=word_of(document.service_tier),
            trace=notes,
        )

    def reading(self, source: Source, *, hides_usage: bool) -> ChatReading:
        return ChatReading(source, hides_usage)


class ChatReading:
    """A StreamReading."""

    def __init__(self, source: Source, hides_usage: bool) -> None:
        self.sent = Sent()
        self.usage: Usage | None = None
        self.finish_reason: FinishReason | None = None
        self._source = source
        self._hides_usage = hides_usage
        self._has_content = False
        self._has_tools = False

    def read(self, event: Event) -> Piece | None:
        data = event.data
        if data == b"[DONE]" or data.strip() == b"[DONE]":
            return self.closing()
        try:
            document = CHAT.decode(data)
        except msgspec.DecodeError:
            return None
        if document.error or event.name == "error":
            raise _told(data, self._source)
        choice = document.choices[0] if document.choices else None
        if choice is not None and choice.error:
            raise _told_by({"error": choice.error}, self._source)
        return self._piece(document, choice, data)

    def _piece(
        self, document: ChatDocument, choice: ChatChoice | None, data: bytes
    ) -> Piece:
        piece = Piece(b"data: %b\n\n" % data if b"\n" not in data else _lines(data))
        if not self.sent.has_begun:
            self._begin(document, piece)
        if document.usage or document.x_groq:
            self._take_usage(document, piece)
            if self._hides_usage and not document.choices:
                piece.payload = b""
        said = choice.said if choice is not None else None
        if said is not None:
            piece.text = said.text
            piece.has_content = said.has_content
            piece.has_tool_call = said.calls_tool
            self._has_content = self._has_content or piece.has_content
            self._has_tools = self._has_tools or piece.has_tool_call
            if piece.text:
                self.sent.texts.append(piece.text)
        if choice is not None and choice.finish_reason:
            finish = finish_reason(choice.finish_reason, self._has_tools)
            piece.finish_reason = self.finish_reason = finish
        return piece

    def _begin(self, document: ChatDocument, piece: Piece) -> None:
        sent = self.sent
        sent.has_begun = True
        sent.id = word_of(document.id)
        sent.model = piece.model_name = word_of(document.model)
        piece.service_tier = word_of(document.service_tier)
        sent.created = document.created if isinstance(document.created, int) else 0
        piece.provider_request_id = self._source.provider_request_id or sent.id

    def _take_usage(self, document: ChatDocument, piece: Piece) -> None:
        usage, piece.trace = usage_of(document.reported_usage, self._source.quirks)
        if usage is not None:
            piece.usage = self.usage = usage
            piece.reported_usd = charged_usd(document.usage, self._source.quirks)

    def closing(self) -> Piece:
        if not self._has_content and self.finish_reason in SAYS_NOT_WHY:
            raise self._source.empty(self.usage)
        # Some local servers close a stream without a reason.
        other = FinishReason.OTHER if self.finish_reason is None else None
        return Piece(DONE, finish_reason=other, is_last=True)


def _decoded(body: bytes, source: Source) -> ChatDocument:
    try:
        return CHAT.decode(body)
    except msgspec.ValidationError:
        _raise_if_told(body, source)
        what = "its JSON is no chat completion"
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        what = "its JSON is cut or broken" if body.strip() else "it was empty"
    raise source.unreadable(what, body)


def _raise_if_told(body: bytes, source: Source) -> None:
    document = msgspec.json.decode(body)
    if isinstance(document, dict) and document.get("error"):
        raise _told_by(document, source)


def _told(data: bytes, source: Source) -> ModelCallError:
    document = msgspec.json.decode(data)
    if not document.get("error"):
        document = {"error": document}
    return _told_by(document, source)


def _told_by(document: Any, source: Source) -> ModelCallError:  # Any: their JSON
    return error_from_event(source.provider, document, source.headers, source.secrets)


def _lines(data: bytes) -> bytes:
    return b"".join(b"data: %b\n" % line for line in data.split(b"\n")) + b"\n"


def _name_limit(fitting: Fitting) -> None:
    """The limit of the output by the name that this provider knows."""
    fields = fitting.fields
    is_old = OLD_LIMIT in fitting.candidate.connection.endpoint.quirks
    wrong, right = ("max_completion_tokens", "max_tokens")
    if not is_old:
        wrong, right = right, wrong
    if wrong in fields and right not in fields:
        fields[right] = fields.pop(wrong)


def _ask_for_usage(fitting: Fitting) -> bool:
    """Whether the client did not ask for the usage of its stream, and we did."""
    if "no_stream_options" in fitting.candidate.connection.endpoint.quirks:
        fitting.drop("stream_options", "the provider takes none")
        return False
    options = fitting.body.value("stream_options")
    asked = options if isinstance(options, dict) else {}
    if asked.get("include_usage") is True:
        return False
    fitting.fields["stream_options"] = raw(asked | {"include_usage": True})
    return True
