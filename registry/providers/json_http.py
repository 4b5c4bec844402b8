"""Calls to providers without an SDK: JSON over HTTP, every wait timed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx2

from registry.providers.adapter import Timeouts
from registry.providers.endpoint_calls import EndpointCalls, http_timers
from registry.providers.failures import error_from_status
from registry.providers.json_values import Object
from registry.providers.timers import CallTimers
from registry.providers.transport_failures import error_from_transport


class JsonHttp:
    """`base_url` has no slash at its end; paths begin with one."""

    def __init__(
        self, calls: EndpointCalls, client: httpx2.AsyncClient, base_url: str
    ) -> None:
        self._calls = calls
        self._client = client
        self._base_url = base_url

    async def get(
        self,
        path: str,
        timers: CallTimers,
        timeouts: Timeouts,
        query: dict[str, str | int] | None = None,
    ) -> Object:
        request = self._request("GET", path, timeouts, query=query)
        return (await self._whole(request, timers))[0]

    async def post(
        self, path: str, body: Object, timers: CallTimers, timeouts: Timeouts
    ) -> tuple[Object, httpx2.Headers]:
        """The parsed answer and its headers."""
        request = self._request("POST", path, timeouts, body=body)
        return await self._whole(request, timers)

    @asynccontextmanager
    async def stream(
        self, path: str, body: Object, timers: CallTimers, timeouts: Timeouts
    ) -> AsyncIterator[httpx2.Response]:
        """An answer of which only the headers were read. Leaving ends it upstream."""
        request = self._request("POST", path, timeouts, body=body)
        async with self._opened(request, timers, is_stream=True) as response:
            yield response

    def _request(
        self,
        method: str,
        path: str,
        timeouts: Timeouts,
        body: Object | None = None,
        query: dict[str, str | int] | None = None,
    ) -> httpx2.Request:
        try:
            return self._client.build_request(
                method,
                f"{self._base_url}{path}",
                params=query,
                json=body,
                headers=self._calls.headers,
                timeout=http_timers(timeouts),
            )
        except (UnicodeError, httpx2.InvalidURL) as error:  # A key, or the address.
            raise error_from_transport(
                self._calls.provider, error, self._calls.secrets
            ) from error

    async def _whole(
        self, request: httpx2.Request, timers: CallTimers
    ) -> tuple[Object, httpx2.Headers]:
        async with self._opened(request, timers) as response:
            async with timers.whole("total"):
                content = await response.aread()
            return self._calls.object_in(content, response.headers), response.headers

    @asynccontextmanager
    async def _opened(
        self, request: httpx2.Request, timers: CallTimers, *, is_stream: bool = False
    ) -> AsyncIterator[httpx2.Response]:
        """Raises what a status that is not 2xx means."""
        async with timers.headers() if is_stream else timers.whole():
            response = await self._client.send(request, stream=True)
        try:
            if not response.is_success:
                async with timers.whole("total"):
                    body = await response.aread()
                raise error_from_status(
                    self._calls.provider,
                    response.status_code,
                    response.headers,
                    body,
                    self._calls.secrets,
                )
            yield response
        finally:
            await response.aclose()
