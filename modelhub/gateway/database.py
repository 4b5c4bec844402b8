"""The database for the gateway's own connections: where it is, in psycopg's words."""

from __future__ import annotations

from django.db import connections
from psycopg.conninfo import make_conninfo

NOT_FOR_LIBPQ = frozenset(
    {"pool", "server_side_binding", "isolation_level", "assume_role"}
    | {"prepare_threshold", "cursor_factory", "context", "autocommit"}
)


def connection_words() -> str:
    """A connection string with the password in it: never to be logged."""
    stated = connections["default"].settings_dict
    options = {
        name: value
        for name, value in stated["OPTIONS"].items()
        if name not in NOT_FOR_LIBPQ
    }
    return make_conninfo(
        "",
        dbname=stated["NAME"],
        user=stated["USER"] or None,
        password=stated["PASSWORD"] or None,
        host=stated["HOST"] or None,
        port=stated["PORT"] or None,
        **options,
    )


def database_name() -> str:
    return str(connections["default"].settings_dict["NAME"])
