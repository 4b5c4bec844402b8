"""How a call ended that went wrong, by its span. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from analytics.otlp.reading import Reader
from analytics.otlp.spans import Span, clean
from analytics.usage_row import Outcome

LONGEST_MESSAGE: Final = 200
STATUSES: Final = ("http.response.status_code", "http.status_code")
BY_STATUS: Final = {
    400: "invalid_request",
    401: "authentication",
    403: "authentication",
    404: "invalid_request",
    408: "network",
    413: "invalid_request",
    422: "invalid_request",
    429: "rate_limit",
}
BY_WORD: Final = (
    ("ratelimit", "rate_limit"),
    ("contextlength", "context_length"),
    ("contextwindow", "context_length"),
    ("contentfilter", "content_filter"),
    ("contentpolicy", "content_filter"),
    ("authentication", "authentication"),
    ("permission", "authentication"),
    ("timeout", "network"),
    ("connect", "network"),
    ("network", "network"),
    ("badrequest", "invalid_request"),
    ("invalidrequest", "invalid_request"),
    ("validation", "invalid_request"),
    ("notfound", "invalid_request"),
    ("unavailable", "unavailable"),
    ("overloaded", "unavailable"),
    ("internalserver", "unavailable"),
)
"""Parts of the names that SDKs give their exceptions, and of `error.type`."""


@dataclass(frozen=True, slots=True)
class Failure:
    """`kind` is that of a ModelCallError (registry.providers.errors)."""

    outcome: Outcome
    kind: str
    message: str
    status_code: int | None


def failure_of(span: Span, reader: Reader) -> Failure | None:
    """None where the span says nothing of an error."""
    word = reader.text("error_kind", "error.type")
    said = reader.text("status_code", *STATUSES)
    status = _status(said) or _status(word)
    if not (span.is_error or word or (status is not None and status >= 400)):
        return None
    is_cancelled = "cancel" in word.lower()
    return Failure(
        Outcome.CANCELLED if is_cancelled else Outcome.ERROR,
        "" if is_cancelled else _kind(word, status),
        clean(span.status_message or word)[:LONGEST_MESSAGE],
        status,
    )


def _kind(word: str, status: int | None) -> str:
    if status is not None:
        return BY_STATUS.get(status, "unavailable" if status >= 500 else "error")
    folded = "".join(one for one in word.lower() if one.isalpha())
    return next((kind for part, kind in BY_WORD if part in folded), "error")


def _status(text: str) -> int | None:
    is_status = len(text) == 3 and text.isascii() and text.isdigit()
    return int(text) if is_status else None
