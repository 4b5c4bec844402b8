"""The ways of a request whose answer must follow a structure: translated, in the mode
that each candidate knows, and checked before anybody sees it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass, replace

from modelhub.gateway.pieces import Answer, Piece, RequestFacts, Way
from modelhub.gateway.repairs import SchemaMismatchError
from modelhub.gateway.structured.modes import (
    Mode,
    Structure,
    finished,
    is_for_tools,
    judged,
    mode_for,
    prepared,
    repair_request,
    text_of,
)
from modelhub.gateway.system_prompt import fitted
from modelhub.gateway.translated import TranslatedWays, answer_of
from registry.providers.adapter import Timeouts
from registry.providers.errors import ContentFilterError
from registry.providers.request import ModelRequest
from registry.providers.response import (
    FinishReason,
    ModelResponse,
    StreamChunk,
    ToolCallPiece,
)
from registry.resolution.plan import Candidate
from registry.structured.checked import Checked


@dataclass(frozen=True)
class Wrong:
    """An answer that did not follow the structure, and what was wrong with it."""

    response: ModelResponse
    problem: str


@dataclass(frozen=True)
class StructuredWays:
    """`wrong` is set where the same candidate is to mend its answer; `notes` are lines
    for the trace."""

    translated: TranslatedWays
    structure: Structure
    wrong: Wrong | None = None
    notes: tuple[str, ...] = ()

    @property
    def facts(self) -> RequestFacts:
        return self.translated.facts

    def way_for(self, candidate: Candidate) -> Way:
        return StructuredWay(self)

    def continued(self, sent_text: str) -> StructuredWays:
        # Nothing is sent before it is complete, so nothing is ever gone on with.
        return self


@dataclass(frozen=True)
class StructuredWay:
    ways: StructuredWays
    is_relayed: bool = False

    async def send(self, candidate: Candidate, timeouts: Timeouts) -> Answer:
        response = await self._checked(candidate, timeouts)
        rendering = self.ways.translated.rendering
        return answer_of(response, rendering.answer(response, candidate))

    async def stream(
        self, candidate: Candidate, timeouts: Timeouts
    ) -> AsyncGenerator[Piece, None]:
        """The checked answer, in two pieces: only a complete one can be checked."""
        response = await self._checked(candidate, timeouts)
        rendering = self.ways.translated.rendering
        calls = tuple(
            ToolCallPiece(place, call.id, call.name, call.arguments)
            for place, call in enumerate(response.tool_calls)
        )
        content = StreamChunk(
            text=response.content, tool_calls=calls, model_name=response.model_name
        )
        yield Piece(
            payload=rendering.chunk(content, candidate),
            text=response.content,
            has_content=True,
            has_tool_call=bool(calls),
            model_name=response.model_name,
            provider_request_id=response.provider_request_id,
            trace=response.trace,
        )
        last = StreamChunk(
            usage=response.usage, finish_reason=response.finish_reason, is_last=True
        )
        yield Piece(
            payload=rendering.chunk(last, candidate),
            usage=response.usage,
            finish_reason=response.finish_reason,
            reported_usd=response.reported_usd,
            service_tier=response.service_tier,
            is_last=True,
        )

    async def _checked(self, candidate: Candidate, timeouts: Timeouts) -> ModelResponse:
        """Raises SchemaMismatchError with the request that would mend the answer."""
        translated, structure = self.ways.translated, self.ways.structure
        asked = fitted(translated.request, candidate)
        mode = mode_for(candidate.model.traits, asked, structure)
        adapter = translated.adapters(candidate.connection.endpoint)
        response = await adapter.generate(
            candidate.model.traits, self._request(asked, mode), timeouts
        )
        said = f"Structured output: {mode.value}."
        trace = (*self.ways.notes, *response.trace, said)
        if is_for_tools(response, mode):
            return replace(response, trace=trace)
        checked = await judged_aside(response, mode, structure)
        if checked.is_valid:
            return finished(response, mode, checked, trace)
        if response.finish_reason is FinishReason.CONTENT_FILTER:
            raise ContentFilterError(
                "The provider's content filter ended the answer.",
                provider=candidate.model.provider,
                usage=response.usage,
            )
        raise self._mismatch(response, mode, checked, candidate)

    def _request(self, asked: ModelRequest, mode: Mode) -> ModelRequest:
        structure, wrong = self.ways.structure, self.ways.wrong
        first = prepared(asked, mode, structure)
        if wrong is None:
            return first
        return repair_request(first, mode, structure, wrong.response, wrong.problem)

    def _mismatch(
        self,
        response: ModelResponse,
        mode: Mode,
        checked: Checked,
        candidate: Candidate,
    ) -> SchemaMismatchError:
        return SchemaMismatchError(
            checked.problem,
            last_output=text_of(response, mode, self.ways.structure),
            repaired=replace(self.ways, wrong=Wrong(response, checked.problem)),
            usage=response.usage,
            provider=candidate.model.provider,
            provider_request_id=response.provider_request_id,
        )


async def judged_aside(
    response: ModelResponse, mode: Mode, structure: Structure
) -> Checked:
    """`judged`, in a thread: a long answer takes seconds, and so may a short one where
    the schema is meant to, and other requests are not to wait for that."""
    return await asyncio.to_thread(judged, response, mode, structure)
