"""Ollama's native API over HTTP: chat, and what is installed, loaded and possible."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import replace
from typing import Final

import httpx2

from registry.providers.adapter import Endpoint, ModelTraits, OfferedModel, Timeouts
from registry.providers.endpoint_calls import EndpointCalls
from registry.providers.errors import (
    InvalidRequestError,
    ModelCallError,
    ModelUnavailableError,
)
from registry.providers.json_http import JsonHttp
from registry.providers.json_values import Object, as_text, objects
from registry.providers.ollama_parsing import (
    ChatStream,
    chat_response,
    offered_model,
)
from registry.providers.ollama_payload import Body, chat_body
from registry.providers.parameter_rules import fit_parameters
from registry.providers.request import ModelRequest
from registry.providers.response import MAX_ANSWER_BYTES, ModelResponse, StreamChunk
from registry.providers.stream_reading import (
    Events,
    StreamedAnswer,
    checked_answer,
)
from registry.providers.timers import CallTimers

SHOWN_AT_ONCE: Final = 4


class OllamaAdapter:
    """See `adapter.ProviderAdapter`."""

    def __init__(self, endpoint: Endpoint, client: httpx2.AsyncClient) -> None:
        self._endpoint = endpoint
        self._calls = EndpointCalls(endpoint)
        address = endpoint.base_url.rstrip("/")
        # People copy the addresses of its other interfaces.
        address = address.removesuffix("/v1").removesuffix("/api")
        self._http = JsonHttp(self._calls, client, address)

    async def generate(
        self, model: ModelTraits, request: ModelRequest, timeouts: Timeouts
    ) -> ModelResponse:
        timers = self._calls.timers(timeouts)
        body, notes = self._body(model, request)
        document, _ = await self._http.post("/api/chat", body, timers, timeouts)
        answer = chat_response(document)
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
        body["stream"] = True
        async with self._http.stream("/api/chat", body, timers, timeouts) as response:
            await self._calls.check_stream(response, timers, "html")
            headers = response.headers
            reader = ChatStream(lambda event: self._calls.reported(event, headers))
            answer = StreamedAnswer(self._calls, reader, timers, notes)
            async with aclosing(answer.chunks(_lines(response))) as chunks:
                async for chunk in chunks:
                    yield chunk

    async def list_models(self, timeouts: Timeouts) -> list[OfferedModel]:
        """Each model is asked for, a few at a time: the list itself says little."""
        timers = self._calls.timers(timeouts)
        installed = await self._installed(timers, timeouts)
        loaded = await self._loaded(timers, timeouts)
        gate = asyncio.Semaphore(SHOWN_AT_ONCE)

        async def show(row: Object) -> Object:
            async with gate:
                try:
                    return await self._shown(_name(row), timers, timeouts) or {}
                except ModelUnavailableError:  # One broken model hides no other.
                    return {}

        try:
            async with asyncio.TaskGroup() as group:
                shown = [group.create_task(show(row)) for row in installed]
        except* ModelCallError as failures:
            raise failures.exceptions[0] from None
        return [
            offered_model(row, task.result(), loaded.get(_name(row)))
            for row, task in zip(installed, shown, strict=True)
        ]

    async def is_available(self, timeouts: Timeouts) -> None:
        await self._installed(self._calls.timers(timeouts), timeouts)

    async def model_info(
        self, model_name: str, timeouts: Timeouts
    ) -> OfferedModel | None:
        timers = self._calls.timers(timeouts)
        shown = await self._shown(model_name, timers, timeouts)
        if shown is None:
            return None
        rows = await self._installed(timers, timeouts)
        names = (model_name, f"{model_name}:latest")
        row = next((one for one in rows if _name(one) in names), {"model": model_name})
        loaded = await self._loaded(timers, timeouts)
        return offered_model(row, shown, loaded.get(_name(row)))

    async def _installed(self, timers: CallTimers, timeouts: Timeouts) -> list[Object]:
        document = await self._http.get("/api/tags", timers, timeouts)
        return [row for row in objects(document.get("models")) if _name(row)]

    async def _loaded(
        self, timers: CallTimers, timeouts: Timeouts
    ) -> dict[str, Object]:
        document = await self._http.get("/api/ps", timers, timeouts)
        return {_name(row): row for row in objects(document.get("models"))}

    async def _shown(
        self, model_name: str, timers: CallTimers, timeouts: Timeouts
    ) -> Object | None:
        """None where the model is not installed (any more)."""
        body: Object = {"model": model_name}
        try:
            return (await self._http.post("/api/show", body, timers, timeouts))[0]
        except ModelUnavailableError as error:
            if error.code == "not_found":
                return None
            raise
        except InvalidRequestError:  # A name that cannot be one.
            return None

    def _body(
        self, model: ModelTraits, request: ModelRequest
    ) -> tuple[Body, tuple[str, ...]]:
        fitted = fit_parameters(request, model, self._endpoint)
        body, notes = chat_body(model, fitted.request)
        return body, (*fitted.notes, *notes)


def _name(row: Object) -> str:
    return as_text(row.get("model")) or as_text(row.get("name"))


async def _lines(response: httpx2.Response) -> Events:
    """The lines of an answer. httpx would also end one at characters that JSON may
    hold, such as U+2028."""
    rest = bytearray()
    async with aclosing(response.aiter_bytes()) as pieces:
        async for piece in pieces:
            *ends, begin = piece.split(b"\n")
            for end in ends:
                line = bytes(rest + end)
                rest.clear()
                if line.strip():
                    yield line
            rest += begin
            if len(rest) > MAX_ANSWER_BYTES:
                raise ModelUnavailableError(
                    "The provider sent a line without end.", code="malformed"
                )
    if rest.strip():
        yield bytes(rest)
