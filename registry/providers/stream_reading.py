"""Drives the stream of a provider: timers, order, and an honest end. What an event
means is the reader's business."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace
from typing import Protocol

import httpx2

from registry.providers.endpoint_calls import EndpointCalls
from registry.providers.errors import (
    ModelCallError,
    ModelUnavailableError,
    TruncatedStreamError,
)
from registry.providers.fault_body import quoted
from registry.providers.json_values import Object
from registry.providers.response import FinishReason, ModelResponse, StreamChunk
from registry.providers.sse import EventReader
from registry.providers.timers import CallTimers
from registry.usage import Usage

CUTS = frozenset({"reset", "malformed"})
"""Codes of a connection that broke and of an encoding that did."""
MOST_TOLD = 3
"""Of events that were skipped; a stream may be full of them."""
LOOKED_AT = 4_000
Events = AsyncGenerator[str | bytes, None]


class StreamReader(Protocol):
    """Reads the events of one stream, in order; pure.

    `finish_reason` is set once the provider named it, `is_closed` once its closing
    event came. `read` raises what an error event says."""

    finish_reason: FinishReason | None
    is_closed: bool

    def read(self, document: Object) -> StreamChunk | None:
        """What one event says, or None where that is nothing for the caller."""

    def usage(self) -> tuple[Usage | None, tuple[str, ...]]:
        """What is known so far, and what was wrong with it."""


class StreamedAnswer:
    """One streamed answer. `opening` are trace lines of the request."""

    def __init__(
        self,
        calls: EndpointCalls,
        reader: StreamReader,
        timers: CallTimers,
        opening: tuple[str, ...] = (),
        request_id: str = "",
    ) -> None:
        self._calls = calls
        self._provider = calls.provider
        self._reader = reader
        self._timers = timers
        self._request_id = request_id
        self._is_named = False
        self._has_content = False
        self._skipped = 0
        self._trace = [*opening]

    async def chunks(self, events: Events) -> AsyncGenerator[StreamChunk, None]:
        """The pieces; the last one has `is_last`. Raises TruncatedStreamError where
        the events end before the answer does."""
        try:
            async with aclosing(events):
                while (chunk := await self._next(events)) is not None:
                    yield self._named(chunk)
            yield self._last()
        except ModelCallError as error:
            error.usage = error.usage or self._reader.usage()[0]
            error.provider_request_id = error.provider_request_id or self._request_id
            raise

    async def _next(self, events: Events) -> StreamChunk | None:
        """The next piece that says anything; None at the end."""
        while (event := await self._event(events)) is not None:
            if self._reader.is_closed:
                return None
            document = self._document(event)
            if document.get("error") and self._reader.finish_reason is not None:
                return None
            chunk = self._reader.read(document) if document else None
            if chunk is not None:
                if chunk.has_content:
                    self._has_content = True
                    self._timers.content_came()
                return chunk
        return None

    async def _event(self, events: Events) -> str | bytes | None:
        """The next event, None at the end of the stream. After the finish reason
        nothing that happens makes the answer less complete."""
        is_complete = self._reader.is_closed or self._reader.finish_reason is not None
        wait = self._timers.closing() if is_complete else self._timers.piece()
        try:
            async with wait:
                return await anext(events, None)
        except (ModelCallError, TimeoutError) as error:
            if is_complete:
                return None
            is_cut = isinstance(error, ModelCallError) and error.code in CUTS
            if is_cut and self._has_content:
                raise self._truncated() from error
            raise

    def _named(self, chunk: StreamChunk) -> StreamChunk:
        """With the request's id, which comes in the headers or in the first event."""
        if chunk.provider_request_id:
            self._request_id = chunk.provider_request_id
            return chunk
        if self._is_named or not self._request_id:
            return chunk
        self._is_named = True
        return replace(chunk, provider_request_id=self._request_id)

    def _document(self, event: str | bytes) -> Object:
        try:
            document = json.loads(event)
        except (ValueError, RecursionError):
            document = None
        if isinstance(document, dict):
            return document
        self._skipped += 1
        if self._skipped <= MOST_TOLD:
            text = event if isinstance(event, str) else event.decode(errors="replace")
            said = quoted(text[:LOOKED_AT], self._calls.secrets, 80)
            self._trace.append(f"an event that is no JSON was skipped: {said}")
        return {}

    def _last(self) -> StreamChunk:
        usage, notes = self._reader.usage()
        finish = self._reader.finish_reason
        if not self._has_content and finish in (None, FinishReason.OTHER):
            raise empty_answer(self._provider, self._request_id)
        if finish is None and not self._reader.is_closed:
            raise self._truncated()
        return StreamChunk(
            usage=usage,
            finish_reason=FinishReason.OTHER if finish is None else None,
            is_last=True,
            provider_request_id=self._request_id,
            trace=(*self._trace, *notes),
        )

    def _truncated(self) -> TruncatedStreamError:
        return TruncatedStreamError(
            f"{self._provider} ended its stream in the middle of the answer.",
            provider=self._provider,
            code="truncated",
        )


async def event_data(response: httpx2.Response) -> Events:
    """The data of each server-sent event."""
    decoder = EventReader()
    async with aclosing(response.aiter_bytes()) as pieces:
        async for piece in pieces:
            for event in decoder.feed(piece):
                yield event.data
    for event in decoder.close():
        yield event.data


def checked_answer(provider: str, answer: ModelResponse) -> ModelResponse:
    """The whole answer. Raises ModelUnavailableError for one that says nothing and
    does not say why."""
    is_said = answer.content or answer.reasoning or answer.tool_calls
    if is_said or answer.finish_reason != FinishReason.OTHER:
        return answer
    raise empty_answer(provider, answer.provider_request_id, answer.usage)


def empty_answer(
    provider: str, request_id: str = "", usage: Usage | None = None
) -> ModelUnavailableError:
    return ModelUnavailableError(
        f"{provider} answered, but the answer is empty.",
        provider=provider,
        status_code=200,
        code="empty",
        provider_request_id=request_id,
        usage=usage,
    )
