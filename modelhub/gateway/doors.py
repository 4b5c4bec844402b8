"""How Python code asks a model: `generate` and `stream` for async code, the same with
`_sync` for the rest.

    from modelhub.gateway import ModelRequest, generate

    response = await generate(ModelRequest(prompt="Hello"), "feature:chat")
    response.content, response.reference, response.cost, response.trace
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from analytics.usage_row import Source
from modelhub.gateway.answers import response_of
from modelhub.gateway.background import Background, background
from modelhub.gateway.call import Call, GatewayError, Result
from modelhub.gateway.failures import error_for
from modelhub.gateway.identifiers import new_id
from modelhub.gateway.organizations import organization_id_of
from modelhub.gateway.pieces import Ways
from modelhub.gateway.requests import ways_for
from modelhub.gateway.structured.modes import Structure
from registry.providers.errors import InvalidRequestError
from registry.providers.request import ModelRequest
from registry.providers.response import ModelResponse, StreamChunk
from registry.resolution.plan import Selection

if TYPE_CHECKING:
    from modelhub.gateway.engine import Streaming
    from modelhub.gateway.process import Parts
    from registry.resolution.snapshot import Snapshot

__all__ = ["GatewayError", "Options", "generate", "generate_sync", "stream"]


@dataclass(frozen=True, kw_only=True)
class Options:
    """How a request is to be answered. `organization` is a slug, and needed only where
    there are several. None in the others: as the feature says. `profile` is the short
    name of a profile that lies over it."""

    organization: str = ""
    profile: str = ""
    has_fallback: bool = True
    stream_guarantee: str | None = None
    timeout_s: float | None = None
    hedge_after_ms: int | None = None
    max_repairs: int = 2
    variables: Mapping[str, object] = field(default_factory=dict)
    """Values for the system prompt of the feature."""
    structure: Structure | None = None
    """An XML Schema or a template; a JSON Schema is the request's own."""
    source: Source = Source.GATEWAY
    """What the call is recorded as."""
    user: str = ""
    conversation: str = ""
    """Who keeps the arm of an experiment; the nearer one that is known counts."""


USUAL = Options()


async def generate(
    request: ModelRequest, selection: Selection | str, options: Options = USUAL
) -> ModelResponse:
    """One whole answer. `selection` is a Selection or its words: `feature:chat`,
    `openai/gpt-5-mini`, a bare model id, `provider:ollama`, `auto`, `local`.

    Raises GatewayError, whose `cause` is the first real error of a provider.
    """
    asked = background()
    work = asked.submit(_generate(asked, request, selection, options))
    return await asyncio.wrap_future(work)


def generate_sync(
    request: ModelRequest, selection: Selection | str, options: Options = USUAL
) -> ModelResponse:
    """`generate` for code that is not async."""
    asked = background()
    return asked.submit(_generate(asked, request, selection, options)).result()


def stream(
    request: ModelRequest, selection: Selection | str, options: Options = USUAL
) -> ModelStream:
    """The answer in pieces: iterate over it, with `async for` or, in code that is not
    async, `for`. Close it if you leave before the end."""
    return ModelStream(request, selection, options)


@dataclass
class ModelStream:
    """Pieces of an answer. `response` is set with the last one: the whole answer with
    cost and trace. Raises GatewayError before the first piece and ModelCallError after
    it."""

    request: ModelRequest
    selection: Selection | str
    options: Options
    response: ModelResponse | None = None
    _streaming: Streaming | None = None
    _reading: asyncio.Task[object] | None = None
    _texts: list[str] = field(default_factory=list)
    _background: Background = field(default_factory=background)

    async def __aiter__(self) -> AsyncIterator[StreamChunk]:
        try:
            while True:
                work = self._background.submit(self._next())
                chunk = await asyncio.wrap_future(work)
                if chunk is None:
                    return
                yield chunk
        finally:
            await self.aclose()

    def __iter__(self) -> Iterator[StreamChunk]:
        try:
            while (chunk := self._background.submit(self._next()).result()) is not None:
                yield chunk
        finally:
            self.close()

    async def aclose(self) -> None:
        """End the call upstream, if it still runs."""
        await asyncio.wrap_future(self._background.submit(self._close()))

    def close(self) -> None:
        self._background.submit(self._close()).result()

    async def _close(self) -> None:
        if self._reading is not None and not self._reading.done():
            # Whoever waited for the next piece may just have been cancelled.
            self._reading.cancel()
            await asyncio.wait([self._reading])
        if self._streaming is not None:
            await self._streaming.aclose()

    async def _next(self) -> StreamChunk | None:
        self._reading = asyncio.current_task()
        if self._streaming is None:
            parts = await self._background.parts()
            asked = call_for(parts.snapshot, self.request, self.selection, self.options)
            ways = _ways(self.request, parts, self.options)
            self._streaming = parts.gateway.stream(asked, ways)
        async for piece in self._streaming:
            if isinstance(piece.payload, StreamChunk):
                self._texts.append(piece.payload.text)
                self._note_end()
                return piece.payload
        return None

    def _note_end(self) -> None:
        result = self._streaming.result if self._streaming else None
        if result is not None and self.response is None:
            self.response = _response_of_stream(result, "".join(self._texts))


async def _generate(
    asked: Background,
    request: ModelRequest,
    selection: Selection | str,
    options: Options,
) -> ModelResponse:
    parts: Parts = await asked.parts()
    call = call_for(parts.snapshot, request, selection, options)
    return response_of(await parts.gateway.answer(call, _ways(request, parts, options)))


def _ways(request: ModelRequest, parts: Parts, options: Options) -> Ways:
    try:
        return ways_for(request, parts.adapters, structure=options.structure)
    except InvalidRequestError as error:
        raise error_for(error) from error


def call_for(
    snapshot: Snapshot,
    request: ModelRequest,
    selection: Selection | str,
    options: Options,
) -> Call:
    """The call of a caller in Python. Raises GatewayError for an organisation that is
    not known, or not named where there are several."""
    if isinstance(selection, str):
        selection = Selection.parse(selection)
    return Call(
        organization_id=organization_id_of(snapshot, options.organization),
        selection=replace(
            selection,
            has_fallback=selection.has_fallback and options.has_fallback,
            profile=options.profile or selection.profile,
        ),
        request_id=new_id(),
        tags=request.tags,
        variables=options.variables,
        stream_guarantee=options.stream_guarantee,
        timeout_s=request.timeout_s or options.timeout_s,
        hedge_after_ms=options.hedge_after_ms,
        max_repairs=options.max_repairs,
        source=options.source,
        user=options.user,
        conversation=options.conversation,
        request_text=request.system_text + "\n".join(t.text for t in request.turns()),
    )


def _response_of_stream(result: Result, text: str) -> ModelResponse:
    answered = result.answered
    return ModelResponse(
        content=text,
        model_name=answered.model_name,
        reference=result.reference,
        usage=answered.usage,
        finish_reason=answered.finish_reason or result.answer.finish_reason,  # type: ignore[arg-type]
        cost=result.cost,
        ttft_ms=answered.ttft_ms,
        latency_ms=answered.latency_ms,
        provider_request_id=answered.provider_request_id,
        request_id=str(result.request_id),
        trace=result.trace,
    )
