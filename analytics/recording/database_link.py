"""A connection for the recorder's thread: Django's settings, none of its machinery."""

from __future__ import annotations

from typing import Final

from analytics.recording.writer import Connection
from registry.direct_connection import connect_directly

STATEMENT_TIMEOUT: Final = "60s"
"""A database that hangs is one that is away."""


def usage_connection() -> Connection:
    """A new connection to the default database, with a session of its own: the writer
    keeps temporary tables. Raises psycopg.Error."""
    connection: Connection = connect_directly(application_name="modelhub usage")
    connection.execute(f"SET statement_timeout = '{STATEMENT_TIMEOUT}'")
    return connection
