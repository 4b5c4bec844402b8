"""Rollups: hours whose records changed are summed up again, from the records, many by
one statement a table.

Any number of workers may do this at once. Who builds an hour holds its lock, so that it
is built by one at a time; he takes away the marks that he saw before he read the
records, and no others, so that what is written meanwhile is seen by the next."""

from __future__ import annotations

import datetime
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from django.db import connection, transaction

from analytics.recording.dirty_hours import hour_of
from analytics.rollup_sql import DIMENSIONS, HISTOGRAMS, TAG, sums_of_records
from analytics.services.arm_hours import build_arms
from analytics.services.bands import build_bands
from analytics.sums import ADDITIVE

HOUR: Final = datetime.timedelta(hours=1)
MOST_HOURS: Final = 48
QUICK_S: Final = 0.5
SLOW_S: Final = 2.0
"""Hours are built together, twice as many after a quick time and half as many after a
slow one: quiet hours cost little each, busy ones keep no transaction open for long."""
Hours = Sequence[datetime.datetime]
HourBuilder = Callable[[Any, int, Hours], None]
"""Builds one table's rows of an organisation's hours anew, with the cursor given
(Django's has no public type)."""

LOCK: Final = "SELECT pg_try_advisory_xact_lock_shared(hashtextextended(%s, 0))"
LOCK_HOURS: Final = """
SELECT hour FROM unnest(%s::timestamptz[], %s::text[]) AS wanted (hour, name)
WHERE pg_try_advisory_xact_lock(hashtextextended(name, 0))
"""
BY_HASH: Final = """
SET LOCAL jit = off; SET LOCAL work_mem = '64MB'; SET LOCAL enable_sort = off
"""
"""Compiling takes longer than the statements do. The planner thinks hours smaller than
they are: it would sort all of their records, on disk, to group them."""
SEE_MARKS: Final = """
SELECT hour, array_agg(id),
    coalesce(hour < (SELECT max(before) FROM analytics_droppedusage), FALSE)
FROM analytics_dirtyhour WHERE organization_id = %s AND hour = ANY(%s) GROUP BY hour
"""
TAKE_MARKS: Final = "DELETE FROM analytics_dirtyhour WHERE id = ANY(%s)"
OPEN_DAYS: Final = """
WITH opened AS (
    SELECT id FROM analytics_closedday
    WHERE organization_id = %s AND EXISTS (
        SELECT FROM unnest(%s::timestamptz[]) AS hour
        WHERE starts_at < hour + interval '1 hour' AND ends_at > hour
    )
),
emptied AS (
    DELETE FROM analytics_dayrollup WHERE closed_day_id IN (SELECT id FROM opened)
)
DELETE FROM analytics_closedday WHERE id IN (SELECT id FROM opened)
"""
DIRTY: Final = """
SELECT organization_id, hour FROM analytics_dirtyhour
WHERE (%(organization)s::bigint IS NULL OR organization_id = %(organization)s)
    AND (%(before)s::timestamptz IS NULL OR hour < %(before)s)
GROUP BY organization_id, hour ORDER BY hour DESC, organization_id
"""


def roll_up(
    *,
    organization_id: int | None = None,
    before: datetime.datetime | None = None,
    seconds: float | None = None,
    done: Callable[[int], None] = lambda _: None,
) -> int:
    """Build hours that are marked, the newest first: of one organisation or of all,
    those `before` a moment or all, for about so many seconds or until none is left.
    Hours that another worker is at are left to him. Returns how many were built;
    `done` hears how many hours were dealt with each time."""
    started = time.monotonic()
    waiting = _Waiting(_dirty(organization_id, before))
    built, together = 0, 1
    while waiting and (seconds is None or time.monotonic() - started < seconds):
        organization, hours = waiting.take(together)
        since = time.monotonic()
        built += build_hours(organization, hours)
        together = _how_many_next(len(hours), time.monotonic() - since)
        done(len(hours))
    return built


def build_hours(organization_id: int, hours: Iterable[datetime.datetime]) -> int:
    """Sum up the records of some hours anew and take their marks away, in one
    transaction. Returns how many: not those that another worker is at, nor those that
    have no marks. An hour whose records were dropped for their age keeps its rollups,
    and only loses its marks."""
    with transaction.atomic(), connection.cursor() as cursor:
        locked = _lock(cursor, organization_id, {hour_of(hour) for hour in hours})
        cursor.execute(SEE_MARKS, [organization_id, locked])
        seen = cursor.fetchall()
        kept = sorted(hour for hour, _, is_dropped in seen if not is_dropped)
        if kept:
            cursor.execute(BY_HASH)
            for build in HOUR_BUILDERS:
                build(cursor, organization_id, kept)
            cursor.execute(OPEN_DAYS, [organization_id, kept])
        if seen:
            cursor.execute(
                TAKE_MARKS, [[mark for _, marks, _ in seen for mark in marks]]
            )
    return len(seen)


def _dirty(
    organization_id: int | None, before: datetime.datetime | None
) -> list[tuple[int, datetime.datetime]]:
    with connection.cursor() as cursor:
        cursor.execute(DIRTY, {"organization": organization_id, "before": before})
        found: list[tuple[int, datetime.datetime]] = cursor.fetchall()
    return found


class _Waiting:
    """Hours to be built, the newest first whosesoever it is."""

    def __init__(self, dirty: Iterable[tuple[int, datetime.datetime]]) -> None:
        self._hours: dict[int, deque[datetime.datetime]] = {}
        for organization, hour in dirty:
            self._hours.setdefault(organization, deque()).append(hour)

    def __bool__(self) -> bool:
        return bool(self._hours)

    def take(self, most: int) -> tuple[int, list[datetime.datetime]]:
        """The newest hour, and the next ones of its organisation."""
        organization = max(self._hours, key=lambda one: self._hours[one][0])
        mine = self._hours[organization]
        taken = [mine.popleft() for _ in range(min(most, len(mine)))]
        if not mine:
            del self._hours[organization]
        return organization, taken


def _how_many_next(hours: int, took_s: float) -> int:
    if took_s < QUICK_S:
        return min(hours * 2, MOST_HOURS)
    return max(hours // 2, 1) if took_s > SLOW_S else hours


def _lock(
    cursor: Any, organization_id: int, hours: Iterable[datetime.datetime]
) -> list[datetime.datetime]:
    """The hours that are this transaction's to build now."""
    name = lock_name(organization_id)
    cursor.execute(LOCK, [name])
    if not cursor.fetchone()[0]:
        return []
    wanted = sorted(hours)
    cursor.execute(LOCK_HOURS, [wanted, [f"{name} {hour}" for hour in wanted]])
    return [hour for (hour,) in cursor.fetchall()]


def lock_name(organization_id: int) -> str:
    """Of the lock that builders of hours share, and who closes a day has alone."""
    return f"modelhub rollups {organization_id}"


def build_sums(cursor: Any, organization_id: int, hours: Hours) -> None:
    _build(cursor, "analytics_hourrollup", organization_id, hours, by_tag=False)


def build_tag_sums(cursor: Any, organization_id: int, hours: Hours) -> None:
    _build(cursor, "analytics_hourtagrollup", organization_id, hours, by_tag=True)


HOUR_BUILDERS: Final[tuple[HourBuilder, ...]] = (
    build_sums,
    build_tag_sums,
    build_bands,
    build_arms,
)
"""Everything that is kept by the hour."""


def _build(
    cursor: Any, table: str, organization_id: int, hours: Hours, *, by_tag: bool
) -> None:
    names = (*DIMENSIONS, *(TAG if by_tag else ()), *ADDITIVE, *HISTOGRAMS)
    columns = ", ".join(names)
    cursor.execute(
        f"DELETE FROM {table} WHERE organization_id = %s AND hour = ANY(%s)",  # noqa: S608  # our own names
        [organization_id, list(hours)],
    )
    ends = [hour + HOUR for hour in hours]
    cursor.execute(
        f"INSERT INTO {table} (organization_id, hour, {columns}) "  # noqa: S608  # our own names
        f"SELECT %s, low, {columns} FROM ({sums_of_records(by_tag=by_tag)}) AS summed",
        [organization_id, list(hours), ends, organization_id, organization_id],
    )
