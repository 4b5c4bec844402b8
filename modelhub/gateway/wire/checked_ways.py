"""A client's request whose answer must follow a structure. Where a candidate speaks the
client's format and knows schemas itself, the body passes through and only the answer is
checked; otherwise, and to mend a wrong answer, it is translated."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, replace

from modelhub.gateway.pieces import Answer, Piece, RequestFacts, Way
from modelhub.gateway.relay.dialect import Sent
from modelhub.gateway.repairs import SchemaMismatchError
from modelhub.gateway.structured.modes import Mode, Structure
from modelhub.gateway.structured_ways import (
    StructuredWay,
    StructuredWays,
    Wrong,
    judged_aside,
)
from modelhub.gateway.translated import TranslatedWays
from modelhub.gateway.wire.client_ways import ClientWays, Rendered
from registry.providers.adapter import Timeouts
from registry.providers.response import FinishReason, ModelResponse
from registry.resolution.plan import Candidate


@dataclass(frozen=True, slots=True)
class CheckedWays:
    """`wrong` is set where a relayed answer is to be mended."""

    client: ClientWays
    structure: Structure
    wrong: Wrong | None = None

    @property
    def facts(self) -> RequestFacts:
        return self.client.facts

    def way_for(self, candidate: Candidate) -> Way:
        if self.wrong is not None:
            return TranslatedLater(self)
        way = self.client.way_for(candidate)
        knows_schemas = "structured_output" in candidate.model.traits.capabilities
        if way.is_relayed and knows_schemas and self.structure.schema is not None:
            return CheckedRelayWay(self, way)
        return TranslatedLater(self)

    def continued(self, sent_text: str) -> CheckedWays:
        # Nothing is sent before it is complete, so nothing is ever gone on with.
        return self

    def translated(self) -> StructuredWays:
        """Raises InvalidRequestError for what cannot be translated."""
        client = self.client
        request, notes = client.parsed()
        sent = Sent(client.wire.new_id(client.request_id))
        rendered = Rendered(
            client.wire, client.request_id, sent, tells_usage=client.tells_usage
        )
        ways = TranslatedWays.of(request, client.adapters, rendered)
        return StructuredWays(ways, self.structure, self.wrong, notes)


@dataclass(frozen=True, slots=True)
class TranslatedLater:
    """A Way that translates when it is called, so that a request which cannot be
    translated fails like any other call."""

    ways: CheckedWays
    is_relayed: bool = False

    async def send(self, candidate: Candidate, timeouts: Timeouts) -> Answer:
        return await StructuredWay(self.ways.translated()).send(candidate, timeouts)

    async def stream(
        self, candidate: Candidate, timeouts: Timeouts
    ) -> AsyncGenerator[Piece, None]:
        pieces = StructuredWay(self.ways.translated()).stream(candidate, timeouts)
        async with aclosing(pieces):
            async for piece in pieces:
                yield piece


@dataclass(frozen=True, slots=True)
class CheckedRelayWay:
    """The body as it is, the answer checked before the client sees any of it."""

    ways: CheckedWays
    relay: Way
    is_relayed: bool = True

    async def send(self, candidate: Candidate, timeouts: Timeouts) -> Answer:
        answer = await self.relay.send(candidate, timeouts)
        await self._check(answer, answer.text, candidate)
        return answer

    async def stream(
        self, candidate: Candidate, timeouts: Timeouts
    ) -> AsyncGenerator[Piece, None]:
        said = Answer(payload=b"")
        pieces = self.relay.stream(candidate, timeouts)
        kept = []
        # Ways return generators; the Protocol says only that one can iterate.
        async with aclosing(pieces):  # type: ignore[type-var]
            async for piece in pieces:
                kept.append(piece)
                said.usage = piece.usage or said.usage
                said.finish_reason = piece.finish_reason or said.finish_reason
                said.provider_request_id = (
                    piece.provider_request_id or said.provider_request_id
                )
        if said.finish_reason is not None:
            await self._check(said, "".join(piece.text for piece in kept), candidate)
        for piece in kept:
            yield piece

    async def _check(self, answer: Answer, text: str, candidate: Candidate) -> None:
        """Raises SchemaMismatchError with the request that would mend the answer."""
        if answer.finish_reason is FinishReason.TOOL_CALLS:
            return
        response = ModelResponse(
            content=text, finish_reason=answer.finish_reason or FinishReason.OTHER
        )
        checked = await judged_aside(response, Mode.NATIVE, self.ways.structure)
        if checked.is_valid and checked.text == text.strip():
            return
        # A document in a wrapping is none to a client that takes the answer as it is.
        problem = checked.problem or "There is more in the answer than the document."
        raise SchemaMismatchError(
            problem,
            last_output=text,
            repaired=replace(self.ways, wrong=Wrong(response, problem)),
            usage=answer.usage,
            provider=candidate.model.provider,
            provider_request_id=answer.provider_request_id,
        )
