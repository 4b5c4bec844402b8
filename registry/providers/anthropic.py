"""Anthropic's Messages API, through the official SDK."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import replace
from typing import Any, Final, cast

import httpx2
from anthropic import AsyncAnthropic, Omit

from registry.providers.adapter import Endpoint, ModelTraits, OfferedModel, Timeouts
from registry.providers.anthropic_parsing import (
    MessageStream,
    message_response,
    offered_model,
)
from registry.providers.anthropic_payload import Body, message_body
from registry.providers.endpoint_calls import MAX_PAGES, EndpointCalls, http_timers
from registry.providers.errors import ModelUnavailableError
from registry.providers.failures import request_id
from registry.providers.json_values import Object, as_text, objects
from registry.providers.parameter_rules import fit_parameters
from registry.providers.request import ModelRequest
from registry.providers.response import ModelResponse, StreamChunk
from registry.providers.stream_reading import StreamedAnswer, checked_answer, event_data
from registry.providers.timers import CallTimers

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
        timers = self._calls.timers(timeouts)
        body, notes = self._body(model, request)
        async with self._opened(body, timers, timeouts) as response:
            async with timers.whole("total"):
                content = await response.aread()
            document = self._calls.object_in(content, response.headers)
        answer = message_response(document)
        return checked_answer(
            self._calls.provider,
            replace(
                answer,
                latency_ms=timers.elapsed_ms,
                provider_request_id=request_id(response.headers),
                trace=(*notes, *answer.trace),
            ),
        )

    async def stream(
        self, model: ModelTraits, request: ModelRequest, timeouts: Timeouts
    ) -> AsyncIterator[StreamChunk]:
        timers = self._calls.timers(timeouts)
        body, notes = self._body(model, request)
        async with self._opened(body | {"stream": True}, timers, timeouts) as response:
            await self._calls.check_stream(response, timers, "html", "json")
            headers = response.headers
            reader = MessageStream(lambda event: self._calls.reported(event, headers))
            answer = StreamedAnswer(
                self._calls, reader, timers, notes, request_id(headers)
            )
            async with aclosing(answer.chunks(event_data(response))) as chunks:
                async for chunk in chunks:
                    yield chunk

    async def list_models(self, timeouts: Timeouts) -> list[OfferedModel]:
        timers = self._calls.timers(timeouts)
        rows: list[Object] = []
        query: dict[str, object] = {"limit": PAGE_SIZE}
        for _ in range(MAX_PAGES):
            page = await self._get("/v1/models", query, timers, timeouts)
            rows += objects(page.get("data"))
            last_id = as_text(page.get("last_id"))
            if page.get("has_more") is not True or not last_id:
                break
            query["after_id"] = last_id
        return [offered_model(row) for row in rows if as_text(row.get("id"))]

    async def is_available(self, timeouts: Timeouts) -> None:
        timers = self._calls.timers(timeouts)
        await self._get("/v1/models", {"limit": 1}, timers, timeouts)

    async def model_info(
        self, model_name: str, timeouts: Timeouts
    ) -> OfferedModel | None:
        timers = self._calls.timers(timeouts)
        try:
            row = await self._get(f"/v1/models/{model_name}", {}, timers, timeouts)
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
        self, body: Body, timers: CallTimers, timeouts: Timeouts
    ) -> AsyncIterator[httpx2.Response]:
        """The answer from its headers on; leaving ends the call."""
        arguments: dict[str, Any] = {  # The SDK's own argument types.
            name: value for name, value in body.items() if name not in UNTYPED
        }
        untyped = {name: body[name] for name in UNTYPED if name in body}
        call = self._sdk.messages.with_streaming_response.create(
            **arguments, extra_body=untyped or None, timeout=http_timers(timeouts)
        )
        async with AsyncExitStack() as stack:
            async with timers.headers() if "stream" in body else timers.whole():
                opened = await stack.enter_async_context(call)
            response: httpx2.Response = opened.http_response
            yield response

    async def _get(
        self,
        path: str,
        query: dict[str, object],
        timers: CallTimers,
        timeouts: Timeouts,
    ) -> Object:
        async with timers.whole():
            response = await self._sdk.get(
                path,
                cast_to=httpx2.Response,
                options={"params": query, "timeout": http_timers(timeouts)},
            )
        return self._calls.object_in(response.content, response.headers)
