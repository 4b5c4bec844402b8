"""A client's request on its ways to providers: relayed where the candidate speaks the
client's format, else translated and answered in that format all the same."""

from __future__ import annotations

import uuid
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field, replace

from modelhub.gateway.pieces import Answer, Piece, RequestFacts, Way
from modelhub.gateway.relay.body import ClientBody
from modelhub.gateway.relay.client import RelayClient
from modelhub.gateway.relay.dialect import Sent
from modelhub.gateway.relay.way import RelayWay
from modelhub.gateway.translated import Adapters, TranslatedWays
from modelhub.gateway.wire.formats import Format, Writer
from modelhub.gateway.wire.size import facts_of_body
from registry.providers.adapter import Timeouts
from registry.providers.request import ModelRequest
from registry.providers.response import ModelResponse, StreamChunk
from registry.resolution.plan import Candidate


class Rendered:
    """A Rendering: answers in the client's format, under the reference of the model
    that really answers. `sent` is where a stream begins, or goes on."""

    def __init__(
        self,
        wire: Format,
        request_id: uuid.UUID,
        sent: Sent,
        *,
        tells_usage: bool,
    ) -> None:
        self._format = wire
        self._request_id = request_id
        self._tells_usage = tells_usage
        self._sent = sent
        self._writer: Writer | None = None

    def answer(self, response: ModelResponse, candidate: Candidate) -> bytes:
        answer_id = self._format.new_id(self._request_id)
        return self._format.whole(response, answer_id, candidate.model.reference)

    def chunk(self, chunk: StreamChunk, candidate: Candidate) -> bytes:
        if self._writer is None:
            self._sent.model = self._sent.model or candidate.model.reference
            self._writer = self._format.writer(self._sent, self._tells_usage)
        return self._writer.write(chunk)


@dataclass(slots=True)
class ClientWays:
    """Ways of one HTTP request. `client_headers` are in lower case. `sent` and
    `sent_text` are set where the client has a part of the answer already."""

    wire: Format
    body: ClientBody
    client_headers: Mapping[str, str]
    request_id: uuid.UUID
    relay: RelayClient
    adapters: Adapters
    sent: Sent | None = None
    sent_text: str = ""
    facts: RequestFacts = field(init=False)
    begun: list[Sent] = field(default_factory=list)
    _parsed: tuple[ModelRequest, tuple[str, ...]] | None = None

    def __post_init__(self) -> None:
        self.facts = facts_of_body(self.body)

    def way_for(self, candidate: Candidate) -> Way:
        """What goes on with an answer is always translated: only so can its pieces
        join the message that the client sees."""
        dialect = self.wire.dialect
        if self.sent is None and dialect.can_relay(self.body, candidate):
            return RelayWay(
                self.relay, dialect, self.body, self.client_headers, self.begun.append
            )
        return ClientTranslatedWay(self)

    def continued(self, sent_text: str) -> ClientWays:
        sent = (one for one in reversed(self.begun) if one.text == sent_text)
        begun = next(sent, None) or Sent(self.wire.new_id(self.request_id))
        return replace(self, sent=begun, sent_text=sent_text)

    def parsed(self) -> tuple[ModelRequest, tuple[str, ...]]:
        """The request, and what was left out of it. Raises InvalidRequestError for
        what cannot be translated."""
        if self._parsed is None:
            fields = {name: self.body.value(name) for name in self.body.fields}
            self._parsed = self.wire.parse(fields)
        return self._parsed

    @property
    def tells_usage(self) -> bool:
        options = self.body.value("stream_options")
        return isinstance(options, dict) and options.get("include_usage") is True


@dataclass(frozen=True, slots=True)
class ClientTranslatedWay:
    """A Way: the client's request translated, when it is called and no sooner, so that
    a request which cannot be translated fails like any other call."""

    ways: ClientWays
    is_relayed: bool = False

    async def send(self, candidate: Candidate, timeouts: Timeouts) -> Answer:
        way, notes = self._way(candidate)
        answer = await way.send(candidate, timeouts)
        answer.trace = notes + answer.trace
        return answer

    async def stream(
        self, candidate: Candidate, timeouts: Timeouts
    ) -> AsyncGenerator[Piece, None]:
        way, notes = self._way(candidate)
        pieces = way.stream(candidate, timeouts)
        # Ways return generators; the Protocol says only that one can iterate.
        async with aclosing(pieces):  # type: ignore[type-var]
            async for piece in pieces:
                if notes:
                    piece.trace, notes = notes + piece.trace, ()
                yield piece

    def _way(self, candidate: Candidate) -> tuple[Way, tuple[str, ...]]:
        ways = self.ways
        request, notes = ways.parsed()
        sent = ways.sent or Sent(ways.wire.new_id(ways.request_id))
        ways.begun.append(sent)
        rendered = Rendered(
            ways.wire, ways.request_id, sent, tells_usage=ways.tells_usage
        )
        translated = TranslatedWays.of(request, ways.adapters, rendered)
        if ways.sent is not None:
            translated = translated.continued(ways.sent_text)
        return translated.way_for(candidate), notes
