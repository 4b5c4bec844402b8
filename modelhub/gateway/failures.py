"""What a client is told when nobody answered."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Final

from modelhub.gateway.call import Attempt, GatewayError
from modelhub.gateway.repairs import SchemaMismatchError
from registry.providers.errors import (
    AuthenticationError,
    ContentFilterError,
    ContextLengthError,
    InvalidRequestError,
    ModelCallError,
    ModelUnavailableError,
    NetworkError,
    RateLimitError,
    TruncatedStreamError,
)
from registry.resolution.plan import NotResolved, Plan, Skipped

TIMED_OUT: Final = frozenset({"silence", "first_token", "idle", "total"})
# error → (status, code, may be tried again). The first that fits, so children first.
ANSWERS: Final[tuple[tuple[type[ModelCallError], int, str, bool], ...]] = (
    (ContextLengthError, 400, "context_length_exceeded", False),
    (ContentFilterError, 400, "content_filter", False),
    (InvalidRequestError, 400, "invalid_request", False),
    # Not 401: the client's own token is in order.
    (AuthenticationError, 502, "provider_authentication", False),
    (RateLimitError, 429, "rate_limit_exceeded", True),
    (TruncatedStreamError, 502, "truncated", True),
    (NetworkError, 502, "provider_unreachable", True),
    (ModelUnavailableError, 502, "provider_unavailable", True),
    (SchemaMismatchError, 502, "schema_mismatch", False),
)
# Why everybody was left out → (status, code), the first that occurs.
LEFT_OUT: Final = {
    "budget": (402, "budget_exceeded"),
    "budget_held": (429, "budget_held"),
    "rate_limited": (429, "rate_limit_exceeded"),
    "budget_away": (503, "budget_unavailable"),
    "circuit_open": (503, "circuit_open"),
    "small_window": (400, "context_length_exceeded"),
    "missing_capability": (400, "missing_capability"),
    "contradicted": (400, "missing_capability"),
    "unverified": (400, "missing_capability"),
}


def error_for(
    cause: ModelCallError,
    attempts: Sequence[Attempt] = (),
    trace: Sequence[str] = (),
) -> GatewayError:
    """The answer for a provider's error, the first real one of the request."""
    status, code, is_retryable = _answer(cause)
    is_named = cause.message.startswith(cause.provider)
    where = "" if is_named else f"{cause.provider}: "
    more = f" ({len(attempts)} attempts)" if len(attempts) > 1 else ""
    return GatewayError(
        f"{where}{cause.message}{more}",
        status=status,
        code=code,
        retry_after_s=cause.retry_after_s,
        cause=cause,
        attempts=tuple(attempts),
        trace=tuple(trace),
        is_retryable=is_retryable,
    )


def _answer(cause: ModelCallError) -> tuple[int, str, bool]:
    if cause.code in TIMED_OUT:
        return 504, "timeout", True
    if cause.code == "not_found":
        return 404, "model_not_found", False
    for kind, status, code, is_retryable in ANSWERS:
        if isinstance(cause, kind):
            return (
                status,
                cause.code if status == 400 and cause.code else code,
                (is_retryable),
            )
    return 502, cause.kind, cause.tries_next


def nobody_left(
    plan: Plan,
    skipped: Sequence[Skipped],
    wait_s: float | None,
    opens_at: datetime.datetime | None = None,
) -> GatewayError:
    """Every candidate was left out before it was asked."""
    reasons = [*plan.skipped, *skipped]
    said = "; ".join(f"{one.reference} {one.reason}" for one in reasons)
    codes = [one.code for one in reasons]
    known = [code for code in LEFT_OUT if code in codes]
    status, code = LEFT_OUT[known[0]] if known else (503, "no_candidate")
    message = f"Nobody can answer {plan.selection}: {said or 'nothing is assigned'}."
    return GatewayError(
        message,
        status=status,
        code=code,
        retry_after_s=wait_s,
        opens_at=opens_at,
        trace=plan.trace,
        is_retryable=status in {429, 503} and wait_s is not None,
    )


def unresolved(error: NotResolved) -> GatewayError:
    return GatewayError(
        error.message, status=404, code="model_not_found", choices=error.choices
    )
