"""A connection's row as the snapshot holds it. One that cannot be used says why."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from registry.connection_endpoints import endpoint_of, endpoint_without_secrets
from registry.connection_secrets import SecretError
from registry.models import Connection
from registry.providers.adapter import Endpoint
from registry.resolution.entries import ConnectionEntry, RetryPolicy

SWITCHED_OFF: Final = "it is switched off"
LOCAL_NAMES: Final = (".localhost", ".local", ".lan", ".internal")


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
        is_local=is_local_address(endpoint.base_url),
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


def is_local_address(base_url: str) -> bool:
    """Whether the address is on this machine or network, as far as its text tells:
    loopback and private numbers, and names that no public server has."""
    try:
        host = urlsplit(base_url).hostname or ""
    except ValueError:
        return False
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        is_short = bool(host) and "." not in host
        return is_short or host.endswith(LOCAL_NAMES)
    return address.is_loopback or address.is_private
