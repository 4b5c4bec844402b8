"""A connection for the recorder's thread: Django's settings, none of its machinery."""

from __future__ import annotations

from typing import Final

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections

from analytics.recording.writer import Connection

OF_DJANGO: Final = ("context", "cursor_factory")
STATEMENT_TIMEOUT: Final = "60s"
"""A database that hangs is one that is away."""


def usage_connection() -> Connection:
    """A new connection to the default database. Raises psycopg.Error."""
    params = connections[DEFAULT_DB_ALIAS].get_connection_params()
    for name in OF_DJANGO:
        params.pop(name, None)
    params |= {"autocommit": True, "application_name": "modelhub usage"}
    connection: Connection = psycopg.connect(**params)
    connection.execute(f"SET statement_timeout = '{STATEMENT_TIMEOUT}'")
    return connection
