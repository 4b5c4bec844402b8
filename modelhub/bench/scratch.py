"""A database of its own for the time of a measurement, on the server that is set."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management import CommandError, call_command
from django.db import connection
from django.db.utils import ProgrammingError
from psycopg import sql


@contextmanager
def scratch_database() -> Iterator[str]:
    """Points Django's connection at a new, migrated database and drops it at the end,
    also after an error or Ctrl-C. The database that is set is not touched.

    Raises CommandError where the user may not create databases.
    """
    usual, name = connection.settings_dict["NAME"], f"modelhub_bench_{os.getpid()}"
    try:
        _run("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'", name)
    except ProgrammingError as error:
        raise CommandError(
            f"The benchmark needs to create a database of its own: {error}".strip()
        ) from error
    try:
        _switch(name)
        call_command("migrate", verbosity=0, interactive=False)
        yield name
    finally:
        _switch(usual)
        _run("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


def _run(statement: str, name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL(statement).format(sql.Identifier(name)))


def _switch(name: str) -> None:
    connection.close()
    # A pool keeps connections to the database it was opened for.
    if hasattr(connection, "close_pool"):
        connection.close_pool()
    connection.settings_dict["NAME"] = name
