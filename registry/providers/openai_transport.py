"""Carries calls to an OpenAI-compatible endpoint through the official SDK. The SDK's
retries are off and answers are read raw: the gateway retries, and other providers send
what the SDK's types do not hold."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager, suppress
from typing import Any, Final, cast

import httpx2
from openai import AsyncOpenAI, AsyncStream, Omit

from registry.providers.adapter import Endpoint, Timeouts
from registry.providers.endpoint_calls import EndpointCalls, http_timers
from registry.providers.json_values import Object
from registry.providers.stream_reading import Events, StreamReader, event_data
from registry.providers.timers import CallTimers

NOT_FROM_HERE: Final = ("Authorization", "OpenAI-Organization", "OpenAI-Project")
"""Headers that the SDK would take from this machine's environment."""
CLOSING: Final = b"[DONE]"
AFTER_CLOSE_S: Final = 0.05


class OpenAITransport:
    def __init__(self, endpoint: Endpoint, client: httpx2.AsyncClient) -> None:
        self.calls = EndpointCalls(endpoint)
        self._headers = _headers(self.calls.headers)
        self._sdk = AsyncOpenAI(
            api_key=endpoint.api_key or "none",  # Sent only as `_headers` say.
            base_url=endpoint.base_url,
            max_retries=0,
            http_client=client,
        )

    async def get(
        self,
        path: str,
        timers: CallTimers,
        timeouts: Timeouts,
        query: dict[str, object],
    ) -> object:
        """The parsed answer, whatever it is."""
        options = self._options(timeouts) | {"params": query}
        async with timers.whole():
            got = await self._sdk.get(path, cast_to=httpx2.Response, options=options)
        return self.calls.json_in(got.content, got.headers)

    async def post(
        self, path: str, body: Object, timers: CallTimers, timeouts: Timeouts
    ) -> tuple[Object, httpx2.Headers]:
        """The object that is the answer, and its headers."""
        async with self.opened(path, body, timers, timeouts) as got:
            return await self.whole(got, timers), got.headers

    @asynccontextmanager
    async def opened(
        self, path: str, body: Object, timers: CallTimers, timeouts: Timeouts
    ) -> AsyncIterator[httpx2.Response]:
        """The answer from its headers on; leaving ends the call."""
        async with timers.headers() if "stream" in body else timers.whole():
            got = await self._sdk.post(
                path,
                cast_to=httpx2.Response,
                body=body,
                stream=True,
                stream_cls=AsyncStream[Any],  # Asked for a raw answer, it gives that.
                options=self._options(timeouts),
            )
        response = cast(httpx2.Response, got)
        try:
            yield response
        finally:
            await response.aclose()

    async def whole(self, got: httpx2.Response, timers: CallTimers) -> Object:
        """The object of an answer of which the headers were read."""
        async with timers.whole("total"):
            content = await got.aread()
        return self.calls.object_in(content, got.headers)

    def _options(self, timeouts: Timeouts) -> Any:  # The SDK's RequestOptions.
        return {"headers": self._headers, "timeout": http_timers(timeouts)}


async def openai_events(response: httpx2.Response, reader: StreamReader) -> Events:
    """The data of each event but the closing one, which is told to the reader. After
    it the end is waited for shortly, so that the connection can be used again."""
    async with aclosing(event_data(response)) as events:
        async for data in events:
            if data.strip() != CLOSING:
                yield data
                continue
            reader.is_closed = True
            with suppress(TimeoutError):
                async with asyncio.timeout(AFTER_CLOSE_S):
                    await anext(events, None)
            return


def _headers(wanted: dict[str, str]) -> dict[str, Any]:  # Values are str or Omit.
    """Those of the endpoint, and none that the SDK finds for itself."""
    named = {name.lower() for name in wanted}
    return {
        name: Omit() for name in NOT_FROM_HERE if name.lower() not in named
    } | wanted
