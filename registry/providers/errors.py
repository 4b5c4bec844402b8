"""What can go wrong with a call, as one tree. Adapters map statuses and codes to it,
first by status, then by the provider's code, by text last.

    ModelCallError
    ├── NetworkError            no answer: refused, reset, name not found, silence
    ├── RateLimitError          429: wait `retry_after_s`
    ├── AuthenticationError     401, 403: the key is wrong or may not do this
    ├── ModelUnavailableError   404, 5xx, 529, an answer that cannot be read
    ├── InvalidRequestError     400, 413, 422: no other attempt would help
    │   ├── ContextLengthError  … but a model with a larger window would
    │   └── ContentFilterError
    └── TruncatedStreamError    the stream ended before the answer did
"""

from __future__ import annotations

from typing import ClassVar

from registry.usage import Usage


class ModelCallError(Exception):
    """`message` is for a person and holds no secret. `code` is a short word for
    programs; `status_code` the provider's HTTP status; `retry_after_s` how long it asks
    to wait; `usage` what the failed call used all the same, where that is known."""

    kind: ClassVar[str] = "error"
    trips_breaker: ClassVar[bool] = False
    """Whether it says something about the health of model and connection."""
    tries_next: ClassVar[bool] = False
    """Whether the next candidate may do better."""

    def __init__(
        self,
        message: str,
        *,
        provider: str = "",
        status_code: int | None = None,
        code: str = "",
        retry_after_s: float | None = None,
        provider_request_id: str = "",
        usage: Usage | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.provider = provider
        self.status_code = status_code
        self.code = code
        self.retry_after_s = retry_after_s
        self.provider_request_id = provider_request_id
        self.usage = usage


class NetworkError(ModelCallError):
    """`code` is one of refused, reset, dns, tls, connect_timeout, silence (no header
    until the timeout), idle (silence in mid-answer), first_token, total, address."""

    kind = "network"
    trips_breaker = True
    tries_next = True


class RateLimitError(ModelCallError):
    """`code`: rate_limit; or quota (no credit left) and too_large (never at this
    size), of which no waiting helps, though another candidate may."""

    kind = "rate_limit"
    tries_next = True


class AuthenticationError(ModelCallError):
    """`code`: invalid_key, forbidden, malformed_key."""

    kind = "authentication"


class ModelUnavailableError(ModelCallError):
    """`code`: not_found, server_error, overloaded, malformed (HTML, half a JSON, bad
    gzip), empty."""

    kind = "unavailable"
    trips_breaker = True
    tries_next = True


class InvalidRequestError(ModelCallError):
    """`code`: invalid_request, too_large, unsupported (the model cannot do what is
    asked), out_of_range, no_message."""

    kind = "invalid_request"


class ContextLengthError(InvalidRequestError):
    kind = "context_length"


class ContentFilterError(InvalidRequestError):
    kind = "content_filter"


class TruncatedStreamError(ModelCallError):
    """The stream was cut; `usage` is what is known of it."""

    kind = "truncated"
    trips_breaker = True
    tries_next = True
