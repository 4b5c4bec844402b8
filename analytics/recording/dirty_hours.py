"""Marks of hours whose rollups are to be built again."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any, Final, Protocol

MARK: Final = (
    "INSERT INTO analytics_dirtyhour (organization_id, hour, marked_at) "
    "SELECT organization_id, hour, now() "
    "FROM unnest(%s::bigint[], %s::timestamptz[]) AS given (organization_id, hour)"
)


class Executes(Protocol):
    """A connection of psycopg, or a cursor of psycopg or of Django."""

    def execute(self, query: Any, params: Any = None, /) -> Any:  # their kinds of SQL
        ...


def mark_dirty(
    executor: Executes, moments: Iterable[tuple[int, datetime.datetime]]
) -> None:
    """Say that calls of these organisations (by id), that started at these moments,
    were written, changed or removed. To be called in the transaction that does so; one
    INSERT however many. Moments are aware; whoever marks need not cut them to hours."""
    hours = {(organization, hour_of(moment)) for organization, moment in moments}
    if hours:
        executor.execute(MARK, [list(one) for one in zip(*sorted(hours), strict=True)])


def hour_of(moment: datetime.datetime) -> datetime.datetime:
    """The hour in UTC that an aware moment falls in."""
    there = moment.astimezone(datetime.UTC)
    return there.replace(minute=0, second=0, microsecond=0)
