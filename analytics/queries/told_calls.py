"""Which of the calls that somebody tells of are known."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Set
from typing import Any, Final, cast

import psycopg
from django.db import connection

BY_REQUEST: Final = """
SELECT id FROM analytics_usagerecord
WHERE organization_id = %s AND request_id = ANY(%s::uuid[])
"""


def told_already(
    organization_id: int,
    ids: Set[uuid.UUID],
    request_ids: Set[uuid.UUID],
    meanwhile: Callable[[], None],
) -> set[uuid.UUID]:
    """Those of `ids` that stand in the table, at whatever time: found by the index
    of requests in every partition. A call may have been told as a request of its own
    before it was told as a part of another.

    `meanwhile` is done while the database looks; it must not ask it anything."""
    connection.ensure_connection()
    link = cast("psycopg.Connection[tuple[Any, ...]]", connection.connection)
    # One text: psycopg would look at each id of a list by itself.
    asked = "{" + ",".join([one.hex for one in ids | request_ids]) + "}"
    # Binding happens in the database: Django's own cursor writes it into the question.
    with (
        connection.wrap_database_errors,
        link.pipeline(),
        psycopg.Cursor(link) as cursor,
    ):
        cursor.execute(BY_REQUEST, [organization_id, asked], binary=True)
        meanwhile()
        return {one for (one,) in cursor.fetchall() if one in ids}
