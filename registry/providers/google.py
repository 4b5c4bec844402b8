"""Google's Gemini API: `generateContent` and its stream, over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import replace
from typing import Final
from urllib.parse import quote

import httpx2

from registry.providers.adapter import Endpoint, ModelTraits, OfferedModel, Timeouts
from registry.providers.endpoint_calls import MAX_PAGES, EndpointCalls
from registry.providers.errors import ModelCallError, ModelUnavailableError
from registry.providers.google_parsing import (
    ContentStream,
    content_response,
    offered_model,
)
from registry.providers.google_payload import Body, content_body
from registry.providers.json_http import JsonHttp
from registry.providers.json_values import Object, as_text, objects
from registry.providers.parameter_rules import fit_parameters
from registry.providers.request import ModelRequest
from registry.providers.response import ModelResponse, StreamChunk
from registry.providers.stream_reading import (
    StreamedAnswer,
    checked_answer,
    event_data,
)

PAGE_SIZE: Final = 1000
VERSION: Final = "/v1beta"
VERSIONS: Final = ("/v1", "/v1beta", "/v1alpha")


class GoogleAdapter:
    """See `adapter.ProviderAdapter`."""

    def __init__(self, endpoint: Endpoint, client: httpx2.AsyncClient) -> None:
        self._endpoint = endpoint
        self._calls = EndpointCalls(endpoint)
        self._http = JsonHttp(self._calls, client, _base_url(endpoint.base_url))

    async def generate(
        self, model: ModelTraits, request: ModelRequest, timeouts: Timeouts
    ) -> ModelResponse:
        timers = self._calls.timers(timeouts)
        body, notes = self._body(model, request)
        path = f"{_path(model.model_name)}:generateContent"
        document, _ = await self._http.post(path, body, timers, timeouts)
        try:
            answer = content_response(document)
        except ModelCallError as error:
            error.provider = self._calls.provider
            raise
        return checked_answer(
            self._calls.provider,
            replace(
                answer,
                latency_ms=timers.elapsed_ms,
                trace=(*notes, *answer.trace),
            ),
        )

    async def stream(
        self, model: ModelTraits, request: ModelRequest, timeouts: Timeouts
    ) -> AsyncIterator[StreamChunk]:
        timers = self._calls.timers(timeouts)
        body, notes = self._body(model, request)
        path = f"{_path(model.model_name)}:streamGenerateContent?alt=sse"
        async with self._http.stream(path, body, timers, timeouts) as response:
            await self._calls.check_stream(response, timers, "html", "json")
            headers = response.headers
            reader = ContentStream(lambda event: self._calls.reported(event, headers))
            answer = StreamedAnswer(self._calls, reader, timers, notes)
            async with aclosing(answer.chunks(event_data(response))) as chunks:
                async for chunk in chunks:
                    yield chunk

    async def list_models(self, timeouts: Timeouts) -> list[OfferedModel]:
        timers = self._calls.timers(timeouts)
        rows: list[Object] = []
        query: dict[str, str | int] = {"pageSize": PAGE_SIZE}
        for _ in range(MAX_PAGES):
            page = await self._http.get("/models", timers, timeouts, query)
            rows += objects(page.get("models"))
            token = as_text(page.get("nextPageToken"))
            if not token:
                break
            query["pageToken"] = token
        return [offered_model(row) for row in rows if as_text(row.get("name"))]

    async def is_available(self, timeouts: Timeouts) -> None:
        timers = self._calls.timers(timeouts)
        await self._http.get("/models", timers, timeouts, {"pageSize": 1})

    async def model_info(
        self, model_name: str, timeouts: Timeouts
    ) -> OfferedModel | None:
        timers = self._calls.timers(timeouts)
        try:
            row = await self._http.get(_path(model_name), timers, timeouts)
        except ModelUnavailableError as error:
            if error.code == "not_found":
                return None
            raise
        return offered_model(row)

    def _body(
        self, model: ModelTraits, request: ModelRequest
    ) -> tuple[Body, tuple[str, ...]]:
        fitted = fit_parameters(request, model, self._endpoint)
        body, notes = content_body(model, fitted.request)
        return body, (*fitted.notes, *notes)


def _base_url(stated: str) -> str:
    """With the version of the interface, if the connection names none."""
    address = stated.rstrip("/")
    has_version = address.removesuffix("/models").endswith(VERSIONS)
    return address.removesuffix("/models") if has_version else f"{address}{VERSION}"


def _path(model_name: str) -> str:
    """Tuned models have a path of their own: `tunedModels/…`."""
    name = model_name if "/" in model_name else f"models/{model_name}"
    return f"/{quote(name)}"
