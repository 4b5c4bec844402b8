"""Statements that PostgreSQL is not to compile: it thinks them larger than they are,
and compiling takes longer than they do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction


@contextmanager
def uncompiled_cursor() -> Iterator[Any]:
    """A cursor of Django (whose type is not public), within a transaction."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL jit = off")
        yield cursor
