"""OpenAI and everything that speaks its interface."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing
from dataclasses import replace
from typing import Final

import httpx2

from registry.providers.adapter import Endpoint, ModelTraits, OfferedModel, Timeouts
from registry.providers.endpoint_calls import MAX_PAGES
from registry.providers.errors import (
    InvalidRequestError,
    ModelCallError,
    ModelUnavailableError,
    NetworkError,
)
from registry.providers.failures import request_id
from registry.providers.json_values import Object
from registry.providers.openai_models import next_page, offered_models
from registry.providers.openai_parsing import ChatStream, Source, completion
from registry.providers.openai_payload import Body, chat_body
from registry.providers.openai_response_events import ResponseStream, response
from registry.providers.openai_responses import needs_responses, responses_body
from registry.providers.openai_transport import OpenAITransport, openai_events
from registry.providers.parameter_rules import fit_parameters
from registry.providers.request import ModelRequest
from registry.providers.response import ModelResponse, StreamChunk, ToolCallPiece
from registry.providers.stream_reading import StreamedAnswer, checked_answer
from registry.providers.transport_failures import unreadable

CHAT: Final = "/chat/completions"
RESPONSES: Final = "/responses"
MODELS: Final = "/models"
UNTOLD: Final = frozenset({"lists_no_models", "public_models"})
"""Quirks with which a list of models proves no key."""


class OpenAIAdapter:
    """See `adapter.ProviderAdapter`. The SDK's retries are off: the gateway retries.
    Making one costs some 0.1 ms: keep it as long as its client."""

    def __init__(self, endpoint: Endpoint, client: httpx2.AsyncClient) -> None:
        self._endpoint = endpoint
        self._transport = OpenAITransport(endpoint, client)

    async def generate(
        self, model: ModelTraits, request: ModelRequest, timeouts: Timeouts
    ) -> ModelResponse:
        path, body, notes = self._call(model, request)
        timers = self._transport.calls.timers(timeouts)
        document, headers = await self._transport.post(path, body, timers, timeouts)
        answer = self._read(path, document, headers)
        return replace(
            answer, latency_ms=timers.elapsed_ms, trace=(*notes, *answer.trace)
        )

    async def stream(
        self, model: ModelTraits, request: ModelRequest, timeouts: Timeouts
    ) -> AsyncIterator[StreamChunk]:
        path, body, notes = self._call(model, request)
        body |= self._streaming(path)
        timers = self._transport.calls.timers(timeouts)
        async with self._transport.opened(path, body, timers, timeouts) as got:
            kind = got.headers.get("content-type", "")
            if "json" in kind or "html" in kind:
                document = await self._transport.whole(got, timers)
                answer = self._read(path, document, got.headers)
                for chunk in _as_chunks(answer, notes):
                    yield chunk
                return
            is_chat = path == CHAT
            source = self._source(got.headers)
            reader = ChatStream(source) if is_chat else ResponseStream(source)
            streamed = StreamedAnswer(
                self._transport.calls,
                reader,
                timers,
                notes,
                request_id(got.headers),
            )
            chunks = streamed.chunks(openai_events(got, reader))
            async with aclosing(chunks):
                async for chunk in chunks:
                    yield chunk

    async def list_models(self, timeouts: Timeouts) -> list[OfferedModel]:
        """Raises InvalidRequestError (unsupported) where the provider has no list."""
        provider = self._endpoint.provider
        if "lists_no_models" in self._endpoint.quirks:
            raise InvalidRequestError(
                f"{provider} does not list its models.",
                provider=provider,
                code="unsupported",
            )
        timers = self._transport.calls.timers(timeouts)
        found: dict[str, OfferedModel] = {}
        query: dict[str, object] = {}
        for _ in range(MAX_PAGES):
            document = await self._transport.get(MODELS, timers, timeouts, query)
            page = offered_models(document, provider)
            if page is None:
                raise unreadable(provider, "it is no list of models")
            is_new = any(model.model_name not in found for model in page)
            found |= {model.model_name: model for model in page}
            after = next_page(document)
            if not after or not is_new:
                break
            query = {"after": after}
        return list(found.values())

    async def is_available(self, timeouts: Timeouts) -> None:
        if self._endpoint.quirks & UNTOLD:
            await self._probe(timeouts)
            return
        try:
            await self.list_models(timeouts)
        except NetworkError as error:
            if error.code != "address":
                raise
            # There may be no list, but all the same somebody who answers.
            await self._probe(timeouts)
        except ModelUnavailableError as error:
            raise _not_openai(error) from error

    async def model_info(
        self, model_name: str, timeouts: Timeouts
    ) -> OfferedModel | None:
        if "lists_no_models" in self._endpoint.quirks:
            return None
        models = await self.list_models(timeouts)
        return next((one for one in models if one.model_name == model_name), None)

    async def _probe(self, timeouts: Timeouts) -> None:
        """An empty request, which costs nothing: refused for what it lacks, it proves
        that address and key are right."""
        timers = self._transport.calls.timers(timeouts)
        try:
            await self._transport.post(CHAT, {}, timers, timeouts)
        except InvalidRequestError:
            return
        except ModelUnavailableError as error:
            if error.code != "not_found":
                raise _not_openai(error) from error

    def _call(
        self, model: ModelTraits, request: ModelRequest
    ) -> tuple[str, Body, tuple[str, ...]]:
        """Path, body and what was done to the request."""
        name, endpoint = model.model_name, self._endpoint
        fitted = fit_parameters(request, model, endpoint)
        path, (body, notes) = (
            (RESPONSES, responses_body(fitted.request, name))
            if needs_responses(fitted.request, name, endpoint)
            else (CHAT, chat_body(fitted.request, name, endpoint))
        )
        return path, body, (*fitted.notes, *notes)

    def _streaming(self, path: str) -> Body:
        if path == RESPONSES or "no_stream_options" in self._endpoint.quirks:
            return {"stream": True}
        return {"stream": True, "stream_options": {"include_usage": True}}

    def _read(
        self, path: str, document: Object, headers: httpx2.Headers
    ) -> ModelResponse:
        read = response if path == RESPONSES else completion
        answer = read(document, self._source(headers))
        return checked_answer(self._endpoint.provider, answer)

    def _source(self, headers: httpx2.Headers) -> Source:
        return Source(self._transport.calls, headers, self._endpoint.quirks)


def _not_openai(error: ModelUnavailableError) -> ModelCallError:
    """What answers, but not in this interface, is the wrong address."""
    if error.code != "malformed":
        return error
    return NetworkError(
        error.message,
        provider=error.provider,
        status_code=error.status_code,
        code="address",
    )


def _as_chunks(answer: ModelResponse, notes: tuple[str, ...]) -> Iterator[StreamChunk]:
    """The answer of a server that cannot stream, as a stream of two pieces."""
    pieces = tuple(
        ToolCallPiece(place, call.id, call.name, call.arguments)
        for place, call in enumerate(answer.tool_calls)
    )
    yield StreamChunk(
        text=answer.content,
        reasoning=answer.reasoning,
        tool_calls=pieces,
        finish_reason=answer.finish_reason,
        model_name=answer.model_name,
    )
    yield StreamChunk(
        usage=answer.usage,
        provider_request_id=answer.provider_request_id,
        is_last=True,
        trace=(*notes, "The answer came whole, not as a stream.", *answer.trace),
    )
