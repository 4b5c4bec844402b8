"""A connection's row as the snapshot holds it. One that cannot be used says why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from registry.addresses import is_local, is_this_machine
from registry.connection_endpoints import endpoint_of, endpoint_without_secrets
from registry.connection_secrets import SecretError
from registry.discovery.local import runs_locally
from registry.models import Connection
from registry.providers.adapter import Endpoint
from registry.providers.memory_estimate import estimate_memory
from registry.resolution.entries import ConnectionEntry, Probed, RetryPolicy

SWITCHED_OFF: Final = "it is switched off"


class OfferedRow(NamedTuple):
    """What the last discovery said of one model at a connection."""

    model_id: int
    is_available: bool
    is_loaded: bool | None
    size_bytes: int | None
    context_window: int | None


def connection_entry(
    connection: Connection,
    retry: RetryPolicy,
    offered: Sequence[OfferedRow],
    probed: Mapping[int, Mapping[str, Probed]] | None = None,
) -> ConnectionEntry:
    """Never raises: an unusable connection is an entry with `problem`, without key."""
    endpoint, problem = _endpoint(connection)
    # A cloud model of Ollama has no size, so that it needs no room.
    runs_here = runs_locally(
        endpoint.dialect, endpoint.base_url, ""
    ) and is_this_machine(endpoint.base_url)
    return ConnectionEntry(
        id=connection.pk,
        organization_id=connection.organization_id,
        label=connection.label,
        endpoint=endpoint,
        position=connection.position,
        requests_per_minute=connection.requests_per_minute,
        tokens_per_minute=connection.tokens_per_minute,
        retry=retry,
        problem=problem,
        is_local=is_local(endpoint.base_url),
        offers={one.model_id: one.is_available for one in offered},
        memory_gb=_memory(offered) if runs_here else {},
        probed=probed or {},
        loaded_ids=frozenset(one.model_id for one in offered if one.is_loaded),
        runs_here=runs_here,
    )


def _memory(offered: Sequence[OfferedRow]) -> dict[int, float]:
    """What each model takes that has a known size, in GB."""
    found = {}
    for one in offered:
        estimate = estimate_memory(
            size_bytes=one.size_bytes, context_window=one.context_window
        )
        if estimate is not None:
            found[one.model_id] = estimate.gb
    return found


def _endpoint(connection: Connection) -> tuple[Endpoint, str]:
    if not connection.is_enabled:
        return endpoint_without_secrets(connection), SWITCHED_OFF
    try:
        return endpoint_of(connection), ""
    except SecretError as error:
        message = str(error)
        # It stands after a colon.
        problem = message[:1].lower() + message[1:].rstrip(".")
        return endpoint_without_secrets(connection), problem
