"""What a failed question says of a connection. Pure."""

from dataclasses import dataclass
from typing import Final

from registry.models import ConnectionState
from registry.providers.errors import (
    AuthenticationError,
    ModelCallError,
    NetworkError,
    RateLimitError,
)

NOT_FOUND: Final = "not_found"


@dataclass(frozen=True)
class Failure:
    """`state` is None where the connection may be well all the same: it asks to wait,
    or it lists no models at all."""

    state: ConnectionState | None
    reason: str


def failure_of(error: ModelCallError) -> Failure:
    if isinstance(error, AuthenticationError):
        return Failure(ConnectionState.KEY_REJECTED, error.message)
    if isinstance(error, NetworkError):
        return Failure(ConnectionState.UNREACHABLE, error.message)
    if isinstance(error, RateLimitError):
        return Failure(None, error.message)
    if error.code == NOT_FOUND:
        return Failure(None, "It has no list of models at this address.")
    return Failure(ConnectionState.FAILING, error.message)
