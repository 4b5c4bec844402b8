"""What a failed question says of a connection. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from registry.connection_endpoints import AddressMissing
from registry.connection_faults import told_fault
from registry.connection_secrets import SecretError
from registry.models import ConnectionState
from registry.providers.errors import ModelCallError, RateLimitError

UNSUPPORTED: Final = "unsupported"
NO_LIST: Final = frozenset({UNSUPPORTED, "not_found", "address"})
"""Codes of errors that say that there is no list of models, and nothing more: whether
anybody answers at all is for the check of the connection to tell."""


@dataclass(frozen=True)
class Failure:
    """`state` is None where the connection may be well all the same."""

    state: ConnectionState | None
    reason: str


def failure_of(
    error: ModelCallError, *, base_url: str, provider: str, limit_s: float
) -> Failure:
    """`provider` is its name, `limit_s` how long it had."""
    if error.code == UNSUPPORTED:
        reason = f"{provider} has no list of its models: add those you use by hand."
        return Failure(None, reason)
    state, reason = told_fault(
        error, base_url=base_url, provider=provider, timeout_s=limit_s
    )
    if isinstance(error, RateLimitError) or error.code in NO_LIST:
        return Failure(None, reason)
    return Failure(state, reason)


def failure_before(error: SecretError) -> Failure:
    """Why a connection was not even asked."""
    if isinstance(error, AddressMissing):
        return Failure(ConnectionState.UNREACHABLE, str(error))
    return Failure(ConnectionState.KEY_UNREADABLE, str(error))
