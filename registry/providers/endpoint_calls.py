"""What every adapter does around a call to its endpoint: the headers that it sends and
the errors that it raises for what comes back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

import httpx2

from registry.providers.adapter import Endpoint
from registry.providers.errors import ModelCallError
from registry.providers.failures import error_from_event
from registry.providers.json_values import Object
from registry.providers.transport_failures import (
    error_from_transport,
    parse_json,
    unreadable,
)

MAX_PAGES: Final = 50
"""Of a list of models: far more than anybody offers."""
LIBRARY_ERRORS: Final[tuple[type[Exception], ...]] = (
    httpx2.HTTPError,
    httpx2.InvalidURL,
    httpx2.StreamError,
    OSError,
    UnicodeError,
)


class EndpointCalls:
    """`secrets` must not be quoted from an answer."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.provider = endpoint.provider
        self.secrets = tuple(
            filter(None, (endpoint.api_key, *endpoint.headers.values()))
        )
        self.headers = dict(endpoint.headers)
        if endpoint.api_key:
            key = f"{endpoint.key_prefix}{endpoint.api_key}"
            self.headers[endpoint.key_header] = key

    @contextmanager
    def mapped(self, *more: type[Exception]) -> Iterator[None]:
        """Turns what the HTTP library (and `more`) raises into our errors."""
        known = (*LIBRARY_ERRORS, *more)
        try:
            yield
        except known as error:
            raise error_from_transport(self.provider, error, self.secrets) from error

    def object_in(self, body: bytes, headers: Mapping[str, str]) -> Object:
        """The JSON object of a whole answer. Raises the error that it reports, and
        ModelUnavailableError for what is none."""
        document = parse_json(self.provider, body, headers)
        if isinstance(document, list) and document and isinstance(document[0], dict):
            document = document[0]  # Google wraps some errors in a list.
        if not isinstance(document, dict):
            raise unreadable(self.provider, "it is no JSON object", body, headers)
        if document.get("error"):
            raise self.reported(document, headers)
        return document

    def reported(self, document: Object, headers: Mapping[str, str]) -> ModelCallError:
        """The error that the body of a 200 reports."""
        return error_from_event(self.provider, document, headers, self.secrets)

    def refuse_page(self, body: bytes, headers: Mapping[str, str]) -> ModelCallError:
        """The error for a whole document where a stream was to come."""
        self.object_in(body, headers)
        return unreadable(self.provider, "it is no stream", body, headers)
