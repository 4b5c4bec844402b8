"""Anthropic's Messages API, through the official SDK."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import replace
from typing import Any, Final, cast

import httpx2
from anthropic import AnthropicError, AsyncAnthropic, AsyncStream, Omit

from registry.providers.adapter import Endpoint, ModelTraits, OfferedModel, Timeouts
from registry.providers.anthropic_parsing import (
    MessageStream,
    message_response,
    offered_model,
)
from registry.providers.anthropic_payload import Body, message_body
from registry.providers.deadlines import Deadlines
from registry.providers.endpoint_calls import MAX_PAGES, EndpointCalls
from registry.providers.errors import ModelUnavailableError
from registry.providers.failures import request_id
from registry.providers.json_values import Object, as_text, objects
from registry.providers.parameter_rules import fit_parameters
from registry.providers.request import ModelRequest
from registry.providers.response import ModelResponse, StreamChunk
from registry.providers.stream_reading import StreamedAnswer, checked_answer

PAGE_SIZE: Final = 1000
UNTYPED: Final = ("temperature", "top_p")
"""Older models take them; the SDK no longer names them."""


class AnthropicAdapter:
    """See `adapter.ProviderAdapter`. The SDK's retries are off: the gateway retries."""

    def __init__(self, endpoint: Endpoint, client: httpx2.AsyncClient) -> None:
        self._endpoint = endpoint
        self._calls = EndpointCalls(endpoint)
        self._sdk = AsyncAnthropic(
            # Explicit, or the SDK looks for a key in the environment and in files.
            api_key="",
            base_url=endpoint.base_url.rstrip("/").removesuffix("/v1"),
            http_client=client,
            max_retries=0,
            # An Omit keeps the SDK from sending that empty key; it is not in the type.
            default_headers=cast(
                "dict[str, str]", {"Authorization": Omit(), **self._calls.headers}
            ),
        )

    async def generate(
        self, model: ModelTraits, request: ModelRequest, timeouts: Timeouts
    ) -> ModelResponse:
        deadlines = Deadlines(self._endpoint.provider, timeouts)
        body, notes = self._body(model, request)
        async with self._opened(body, deadlines) as response:
            async with deadlines.body():
                with self._calls.mapped(AnthropicError):
                    content = await response.aread()
            document = self._calls.object_in(content, response.headers)
        answer = message_response(document)
        return checked_answer(
            self._endpoint.provider,
            replace(
                answer,
                latency_ms=deadlines.elapsed_ms,
                provider_request_id=request_id(response.headers),
                trace=(*notes, *answer.trace),
            ),
        )

    async def stream(
        self, model: ModelTraits, request: ModelRequest, timeouts: Timeouts
    ) -> AsyncIterator[StreamChunk]:
        deadlines = Deadlines(self._endpoint.provider, timeouts)
        body, notes = self._body(model, request)
        async with self._opened(body | {"stream": True}, deadlines) as response:
            headers = response.headers
            answer = StreamedAnswer(
                self._calls,
                MessageStream(lambda event: self._calls.reported(event, headers)),
                deadlines,
                notes,
                request_id(headers),
            )
            chunks = answer.chunks(_events(response))
            async with aclosing(cast("AsyncGenerator[StreamChunk]", chunks)):
                async for chunk in chunks:
                    yield chunk

    async def list_models(self, timeouts: Timeouts) -> list[OfferedModel]:
        deadlines = Deadlines(self._endpoint.provider, timeouts)
        rows: list[Object] = []
        query: dict[str, object] = {"limit": PAGE_SIZE}
        for _ in range(MAX_PAGES):
            page = await self._get("/v1/models", query, deadlines)
            rows += objects(page.get("data"))
            last_id = as_text(page.get("last_id"))
            if page.get("has_more") is not True or not last_id:
                break
            query["after_id"] = last_id
        return [offered_model(row) for row in rows if as_text(row.get("id"))]

    async def is_available(self, timeouts: Timeouts) -> None:
        deadlines = Deadlines(self._endpoint.provider, timeouts)
        await self._get("/v1/models", {"limit": 1}, deadlines)

    async def model_info(
        self, model_name: str, timeouts: Timeouts
    ) -> OfferedModel | None:
        deadlines = Deadlines(self._endpoint.provider, timeouts)
        try:
            row = await self._get(f"/v1/models/{model_name}", {}, deadlines)
        except ModelUnavailableError as error:
            if error.code == "not_found":
                return None
            raise
        return offered_model(row)

    def _body(
        self, model: ModelTraits, request: ModelRequest
    ) -> tuple[Body, tuple[str, ...]]:
        fitted = fit_parameters(request, model, self._endpoint)
        body, notes = message_body(model, fitted.request)
        return body, (*fitted.notes, *notes)

    @asynccontextmanager
    async def _opened(
        self, body: Body, deadlines: Deadlines
    ) -> AsyncIterator[httpx2.Response]:
        """The answer from its headers on; leaving ends the call."""
        arguments: dict[str, Any] = {  # The SDK's own argument types.
            name: value for name, value in body.items() if name not in UNTYPED
        }
        untyped = {name: body[name] for name in UNTYPED if name in body}
        call = self._sdk.messages.with_streaming_response.create(
            **arguments, extra_body=untyped or None, timeout=deadlines.http
        )
        async with AsyncExitStack() as stack:
            async with deadlines.headers(is_stream="stream" in body):
                with self._calls.mapped(AnthropicError):
                    opened = await stack.enter_async_context(call)
            response: httpx2.Response = opened.http_response
            if "stream" in body:
                await self._check_stream(response, deadlines)
            yield response

    async def _check_stream(
        self, response: httpx2.Response, deadlines: Deadlines
    ) -> None:
        kind = response.headers.get("content-type", "")
        if "html" in kind or "json" in kind:
            async with deadlines.body():
                with self._calls.mapped():
                    content = await response.aread()
            raise self._calls.refuse_page(content, response.headers)

    async def _get(
        self, path: str, query: dict[str, object], deadlines: Deadlines
    ) -> Object:
        async with deadlines.headers():
            with self._calls.mapped(AnthropicError):
                response = await self._sdk.get(
                    path,
                    cast_to=httpx2.Response,
                    options={"params": query, "timeout": deadlines.http},
                )
        return self._calls.object_in(response.content, response.headers)


async def _events(response: httpx2.Response) -> AsyncGenerator[str | bytes]:
    """The data of each event. The SDK's own stream would stop at the first event that
    is no JSON."""
    events = AsyncStream.raw_events(response)
    async with aclosing(cast("AsyncGenerator[Any]", events)):
        async for event in events:
            if event.data:
                yield event.data
