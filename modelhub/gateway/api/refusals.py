"""Errors in the shapes that each API's official SDK turns into its own exceptions."""

from __future__ import annotations

import datetime
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from modelhub.gateway.call import GatewayError
from modelhub.gateway.repairs import SchemaMismatchError

Json = dict[str, Any]
OPENAI_TYPES: Final = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "insufficient_quota",
    403: "permission_error",
    404: "not_found_error",
    413: "invalid_request_error",
    422: "invalid_request_error",
    429: "rate_limit_error",
}
ANTHROPIC_TYPES: Final = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    405: "invalid_request_error",
    413: "request_too_large",
    422: "invalid_request_error",
    429: "rate_limit_error",
    503: "overloaded_error",
    504: "timeout_error",
    529: "overloaded_error",
}


@dataclass
class Refusal(Exception):
    """What a client is told in place of an answer. `parameter` is the field that is
    wrong; `headers` go with it, and `details` into its body."""

    status: int
    code: str
    message: str
    parameter: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    details: Mapping[str, object] = field(default_factory=dict)

    def as_openai(self, shown_id: str) -> Json:
        error = {
            "message": self.message,
            "type": OPENAI_TYPES.get(self.status, "server_error"),
            "param": self.parameter,
            "code": self.code,
            **self.details,
        }
        return {"error": error}

    def as_anthropic(self, shown_id: str) -> Json:
        error = {
            "type": ANTHROPIC_TYPES.get(self.status, "api_error"),
            "message": self.message,
            "code": self.code,
            **self.details,
        }
        return {"type": "error", "error": error, "request_id": shown_id}

    def document(self, shown_id: str, *, is_anthropic: bool) -> Json:
        """The body in the words of one of the two."""
        if is_anthropic:
            return self.as_anthropic(shown_id)
        return self.as_openai(shown_id)

    def event(self, shown_id: str, *, is_anthropic: bool) -> bytes:
        """The same in the middle of a stream."""
        document = self.document(shown_id, is_anthropic=is_anthropic)
        name = b"event: error\n" if is_anthropic else b""
        return b"%bdata: %b\n\n" % (name, msgspec.json.encode(document))


def refused(
    status: int, code: str, message: str, parameter: str | None = None, **headers: str
) -> Refusal:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Refusal(status, code, message, parameter, named)


def refusal_of(error: GatewayError) -> Refusal:
    """The gateway has retried and fallen back already: a client's SDK need not do the
    same at once, unless there is a moment to wait for."""
    headers = {"x-modelhub-attempts": str(len(error.attempts))}
    if error.retry_after_s is not None:
        headers["retry-after"] = str(math.ceil(error.retry_after_s))
        headers["retry-after-ms"] = str(math.ceil(error.retry_after_s * 1000))
    elif not error.is_retryable or error.status >= 500:
        headers["x-should-retry"] = "false"
    message = error.message
    if error.choices:
        message += f" Choose one of: {', '.join(error.choices)}."
    return Refusal(error.status, error.code, message, None, headers, _details(error))


def _details(error: GatewayError) -> dict[str, object]:
    details: dict[str, object] = {}
    if error.choices:
        details["choices"] = error.choices
    if error.opens_at is not None:
        details["opens_at"] = (
            f"{error.opens_at.astimezone(datetime.UTC):%Y-%m-%dT%H:%M:%SZ}"
        )
    if isinstance(error.cause, SchemaMismatchError):
        details["last_output"] = error.cause.last_output
    return details
