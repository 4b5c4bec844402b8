"""Drives the stream of a provider: timers, order, and an honest end. What an event
means is the reader's business."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Protocol

from registry.providers.deadlines import Deadlines
from registry.providers.endpoint_calls import LIBRARY_ERRORS, EndpointCalls
from registry.providers.errors import (
    ModelCallError,
    ModelUnavailableError,
    TruncatedStreamError,
)
from registry.providers.json_values import Object
from registry.providers.response import FinishReason, ModelResponse, StreamChunk
from registry.providers.transport_failures import error_from_transport
from registry.usage import Usage


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
        deadlines: Deadlines,
        opening: tuple[str, ...] = (),
        request_id: str = "",
    ) -> None:
        self._calls = calls
        self._provider = calls.provider
        self._reader = reader
        self._deadlines = deadlines
        self._opening = opening
        self._request_id = request_id
        self._has_content = False
        self._trace: list[str] = []

    async def chunks(
        self, events: AsyncGenerator[str | bytes, None]
    ) -> AsyncIterator[StreamChunk]:
        """The pieces; the last one has `is_last`. Raises TruncatedStreamError where
        the events end before the answer does."""
        try:
            async with aclosing(events):
                while (chunk := await self._next(events)) is not None:
                    yield chunk
            yield self._last()
        except ModelCallError as error:
            error.usage = error.usage or self._reader.usage()[0]
            error.provider_request_id = error.provider_request_id or self._request_id
            raise

    async def _next(
        self, events: AsyncGenerator[str | bytes, None]
    ) -> StreamChunk | None:
        """The next piece that says anything; None at the end."""
        while (event := await self._event(events)) is not None:
            if self._reader.is_closed:
                return None
            document = self._document(event)
            if "error" in document and self._reader.finish_reason is not None:
                return None
            chunk = self._reader.read(document) if document else None
            if chunk is not None:
                self._has_content = self._has_content or chunk.has_content
                return chunk
        return None

    async def _event(
        self, events: AsyncGenerator[str | bytes, None]
    ) -> str | bytes | None:
        """The next event, None at the end of the stream. After the finish reason
        nothing that happens makes the answer less complete."""
        is_closed = self._reader.is_closed
        is_finished = is_closed or self._reader.finish_reason is not None
        timer = (
            self._deadlines.closing(is_closed=is_closed)
            if is_finished
            else self._deadlines.piece(has_content=self._has_content)
        )
        try:
            async with timer:
                return await anext(events, None)
        except ModelCallError:
            if is_finished:
                return None
            raise
        except LIBRARY_ERRORS as error:
            failure = error_from_transport(self._provider, error, self._calls.secrets)
            if is_finished:
                return None
            raise self._cut(failure) from error

    def _document(self, event: str | bytes) -> Object:
        try:
            document = json.loads(event)
        except (ValueError, RecursionError):
            document = None
        if isinstance(document, dict):
            return document
        self._trace.append(f"an event that is no JSON was skipped: {event[:80]!r}")
        return {}

    def _last(self) -> StreamChunk:
        usage, notes = self._reader.usage()
        finish = self._reader.finish_reason
        if finish is None and not self._reader.is_closed:
            raise self._truncated()
        if not self._has_content and finish in (None, FinishReason.STOP):
            raise empty_answer(self._provider, self._request_id)
        return StreamChunk(
            usage=usage,
            finish_reason=FinishReason.OTHER if finish is None else None,
            is_last=True,
            provider_request_id=self._request_id,
            trace=(*self._opening, *self._trace, *notes),
        )

    def _truncated(self) -> TruncatedStreamError:
        said = f" {self._trace[-1]}" if self._trace else ""
        return TruncatedStreamError(
            f"The stream of {self._provider} ended before its answer did.{said}",
            provider=self._provider,
            code="truncated",
            provider_request_id=self._request_id,
        )

    def _cut(self, failure: ModelCallError) -> ModelCallError:
        """A connection that broke in the middle of an answer truncates it."""
        return self._truncated() if failure.code == "reset" else failure


def checked_answer(provider: str, answer: ModelResponse) -> ModelResponse:
    """The whole answer. Raises ModelUnavailableError for a complete one that says
    nothing at all."""
    is_said = answer.content or answer.reasoning or answer.tool_calls
    if is_said or answer.finish_reason != FinishReason.STOP:
        return answer
    raise empty_answer(provider, answer.provider_request_id, answer.usage)


def empty_answer(
    provider: str, request_id: str = "", usage: Usage | None = None
) -> ModelUnavailableError:
    """A complete answer that says nothing at all."""
    return ModelUnavailableError(
        f"{provider} answered, but the answer is empty.",
        provider=provider,
        status_code=200,
        code="empty",
        provider_request_id=request_id,
        usage=usage,
    )
