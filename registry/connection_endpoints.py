"""How a connection is called: its row and its provider's row as one `Endpoint`."""

from __future__ import annotations

from registry.connection_secrets import KeyMissing, SecretError, headers_of, key_of
from registry.models import Connection
from registry.providers.adapter import Endpoint
from registry.providers.table import ProviderRow, row_for


class AddressMissing(SecretError):
    """The provider has no address of its own and the connection names none."""


def endpoint_of(connection: Connection) -> Endpoint:
    """Where and as whom `connection` calls, with its secrets: never to be shown.

    Raises SecretError (KeyUnreadable, KeyMissing, AddressMissing) with the reason in
    words. Whether it is enabled is the caller's matter. Asks nothing of the database
    where the provider is loaded.
    """
    row = row_for(connection.provider.slug)
    base_url = base_url_of(connection)
    if not base_url:
        raise AddressMissing("This connection has no address: enter its base URL.")
    key = key_of(connection)
    if row.needs_key and not key:
        raise KeyMissing(f"{connection.provider.name} needs a key: enter one.")
    return _endpoint(row, base_url, key, headers_of(connection))


def endpoint_without_secrets(connection: Connection) -> Endpoint:
    """The same without key and headers, for what must be named but not called."""
    row = row_for(connection.provider.slug)
    return _endpoint(row, base_url_of(connection), "", {})


def base_url_of(connection: Connection) -> str:
    """Its own base URL, else its provider's; empty where there is neither."""
    return connection.base_url or row_for(connection.provider.slug).base_url


def _endpoint(
    row: ProviderRow, base_url: str, key: str, headers: dict[str, str]
) -> Endpoint:
    return Endpoint(
        provider=row.slug,
        dialect=row.dialect,
        base_url=base_url,
        api_key=key,
        headers=headers,
        key_header=row.key_header,
        key_prefix=row.key_prefix,
        quirks=row.quirks,
    )
