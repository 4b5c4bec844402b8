"""How the database is reached with a session of one's own. `DATABASE_URL` may lead
through a pooler that lends its sessions for a transaction; what listens, waits for a
lock or keeps temporary tables goes past it where `DATABASE_DIRECT_URL` says how."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import psycopg
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.postgresql.base import DatabaseWrapper

OF_DJANGO: Final = ("context", "cursor_factory")


def connect_directly(**parameters: Any) -> psycopg.Connection[Any]:
    """A new connection to the default database, without Django's machinery, that
    commits each statement. `parameters` are psycopg's. Raises psycopg.Error."""
    usual = connections[DEFAULT_DB_ALIAS]
    if settings.DIRECT_DATABASE is not None:
        usual = DatabaseWrapper({**usual.settings_dict, **settings.DIRECT_DATABASE})
    words = usual.get_connection_params()
    for name in OF_DJANGO:
        words.pop(name, None)
    return psycopg.connect(**{**words, "autocommit": True, **parameters})


@contextmanager
def all_direct() -> Iterator[None]:
    """Within it every connection of this process goes past the pooler: for commands
    that change tables, or have PostgreSQL's own programs do so."""
    if settings.DIRECT_DATABASE is None:
        yield
        return
    stated = connections[DEFAULT_DB_ALIAS].settings_dict
    before = dict(stated)
    connections.close_all()
    stated.update(settings.DIRECT_DATABASE)
    try:
        yield
    finally:
        connections.close_all()
        stated.update(before)


@contextmanager
def only_one(lock: int) -> Iterator[None]:
    """Wait until nobody else, on whatever machine, is within the same `lock`."""
    with connect_directly(application_name="modelhub lock") as session:
        session.execute("SELECT pg_advisory_lock(%s)", [lock])
        yield
        # A server takes its time to notice that a session has ended.
        session.execute("SELECT pg_advisory_unlock(%s)", [lock])
