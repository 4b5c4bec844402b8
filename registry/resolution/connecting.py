"""A connection's row as the snapshot holds it. One that cannot be used says why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from registry.addresses import is_local
from registry.connection_endpoints import endpoint_of, endpoint_without_secrets
from registry.connection_secrets import SecretError
from registry.models import Connection
from registry.providers.adapter import Endpoint
from registry.resolution.entries import ConnectionEntry, RetryPolicy

SWITCHED_OFF: Final = "it is switched off"


def connection_entry(
    connection: Connection, retry: RetryPolicy, offers: Mapping[int, bool]
) -> ConnectionEntry:
    """Never raises: an unusable connection is an entry with `problem`, without key."""
    endpoint, problem = _endpoint(connection)
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
        offers=offers,
    )


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
