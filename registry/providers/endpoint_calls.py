"""What every adapter does around a call to its endpoint: the headers that it sends, the
timers, and the errors for an answer of 200 that is none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import httpx2

from registry.providers.adapter import Endpoint, Timeouts
from registry.providers.errors import ModelCallError, ModelUnavailableError
from registry.providers.failures import error_from_event
from registry.providers.json_values import Object
from registry.providers.timers import CallTimers
from registry.providers.transport_failures import parse_json, unreadable

MAX_PAGES: Final = 50
"""Of a list of models: far more than anybody offers."""


class EndpointCalls:
    """`secrets` must not be quoted from an answer."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.provider = endpoint.provider
        self.secrets = tuple(
            filter(None, (endpoint.api_key, *endpoint.headers.values()))
        )
        self.headers: dict[str, str] = {}
        if endpoint.api_key:
            key = f"{endpoint.key_prefix}{endpoint.api_key}"
            self.headers[endpoint.key_header] = key
        for name, value in endpoint.headers.items():
            same = (one for one in self.headers if one.lower() == name.lower())
            self.headers[next(same, name)] = value

    def timers(self, timeouts: Timeouts) -> CallTimers:
        return CallTimers(self.provider, timeouts, self.secrets)

    def json_in(self, body: bytes, headers: Mapping[str, str]) -> object:
        """The JSON of a whole answer. Raises ModelUnavailableError for what is none."""
        return parse_json(self.provider, body, headers, self.secrets)

    def unreadable(
        self, what: str, body: bytes, headers: Mapping[str, str]
    ) -> ModelUnavailableError:
        return unreadable(self.provider, what, body, headers, self.secrets)

    def object_in(self, body: bytes, headers: Mapping[str, str]) -> Object:
        """The JSON object of a whole answer. Raises the error that it reports, and
        ModelUnavailableError for what is none."""
        document = self.json_in(body, headers)
        if isinstance(document, list) and document and isinstance(document[0], dict):
            document = document[0]  # Google wraps some errors in a list.
        if not isinstance(document, dict):
            raise self.unreadable("it is no JSON object", body, headers)
        if document.get("error"):
            raise self.reported(document, headers)
        return document

    def reported(self, document: Object, headers: Mapping[str, str]) -> ModelCallError:
        """The error that the body of a 200 reports."""
        return error_from_event(self.provider, document, headers, self.secrets)

    async def check_stream(
        self, response: httpx2.Response, timers: CallTimers, *kinds: str
    ) -> None:
        """Raise what a whole document says where a stream was to come. `kinds` are
        words of content types that are no stream."""
        stated = response.headers.get("content-type", "").lower()
        if not any(kind in stated for kind in kinds):
            return
        async with timers.whole("total"):
            body = await response.aread()
        self.object_in(body, response.headers)
        raise self.unreadable("it is no stream", body, response.headers)


def http_timers(timeouts: Timeouts) -> httpx2.Timeout:
    """Of the HTTP client's own timers only that of connecting."""
    return httpx2.Timeout(None, connect=timeouts.connect, pool=timeouts.connect)
