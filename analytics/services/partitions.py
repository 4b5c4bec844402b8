"""The monthly partitions of usage: made ahead, dropped when their time is over.

A row whose month has no partition lands in the default one; it is moved when its month
is made. Made and moved beside the table and attached then, so that nobody who writes
waits for it."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable
from typing import Final

from django.db import connection, transaction
from django.utils import timezone
from psycopg import sql

from analytics.models import DroppedUsage
from analytics.months import Month

TABLE: Final = "analytics_usagerecord"
DEFAULT: Final = f"{TABLE}_default"
NAME: Final = re.compile(rf"{TABLE}_(\d{{4}})_(\d{{2}})")
LOCK_KEY: Final = 7_205_001
"""Of the advisory lock that lets one process at a time change partitions."""
LOCK_PATIENCE: Final = "5s"
"""A lock that is not had by then is tried again by the next run."""

MOVE: Final = """
WITH moved AS (
    DELETE FROM {default} WHERE started_at >= {start} AND started_at < {end} RETURNING *
)
INSERT INTO {partition} SELECT * FROM moved
"""


def ensure_partitions(
    months_ahead: int = 2, now: datetime.datetime | None = None
) -> list[str]:
    """Make the default partition and those of the month before, this month and
    `months_ahead` more. Returns the names of new ones. Safe to run at any time."""
    this = Month.of(now or timezone.now())
    with transaction.atomic():
        _take_lock()
        _run(
            "CREATE TABLE IF NOT EXISTS {} PARTITION OF {} DEFAULT",
            sql.Identifier(DEFAULT),
            sql.Identifier(TABLE),
        )
        present = set(_attached())
        missing = [
            month
            for month in (this.plus(step) for step in range(-1, months_ahead + 1))
            if month not in present
        ]
        return [_make(month) for month in missing]


def ensure_months(months: Iterable[Month]) -> list[str]:
    """Make the partitions of `months` that have none: those of calls long ago, of which
    somebody tells now. Returns the names of new ones."""
    with transaction.atomic():
        _take_lock()
        missing = sorted(set(months) - set(_attached()))
        return [_make(month) for month in missing]


def drop_partitions_before(moment: datetime.datetime) -> list[str]:
    """Drop every month that ended by the start of `moment`'s month, and strays as old.
    Returns the names of dropped partitions. Rollups stay."""
    first = Month.of(moment)
    with transaction.atomic():
        _take_lock()
        old = [month for month in _attached() if month < first]
        for month in old:
            _run("DROP TABLE {}", _identifier(month))
        _run(
            "DELETE FROM {} WHERE started_at < {}",
            sql.Identifier(DEFAULT),
            sql.Literal(first.start),
        )
        if not DroppedUsage.objects.filter(before__gte=first.start).exists():
            DroppedUsage.objects.create(before=first.start)
    return [f"{TABLE}_{month}" for month in old]


def keep_months(months: int, now: datetime.datetime | None = None) -> list[str]:
    """Drop what is older than `months` whole months before this one."""
    this = Month.of(now or timezone.now())
    return drop_partitions_before(this.plus(-months).start)


def partition_names() -> list[str]:
    """The monthly partitions, oldest first."""
    return [f"{TABLE}_{month}" for month in _attached()]


def stray_count() -> int:
    """Rows in the default partition: their month had none when they came."""
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(DEFAULT))
        )
        return int(cursor.fetchone()[0])


def _make(month: Month) -> str:
    partition, start, end = _identifier(month), month.start, month.end
    _run(
        "CREATE TABLE {} (LIKE {} INCLUDING DEFAULTS INCLUDING CONSTRAINTS)",
        partition,
        sql.Identifier(TABLE),
    )
    move = sql.SQL(MOVE).format(
        default=sql.Identifier(DEFAULT),
        partition=partition,
        start=sql.Literal(start),
        end=sql.Literal(end),
    )
    with connection.cursor() as cursor:
        cursor.execute(move)
    _run(
        "ALTER TABLE {} ATTACH PARTITION {} FOR VALUES FROM ({}) TO ({})",
        sql.Identifier(TABLE),
        partition,
        sql.Literal(start),
        sql.Literal(end),
    )
    return f"{TABLE}_{month}"


def _attached() -> list[Month]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid "
            "WHERE i.inhparent = %s::regclass",
            [TABLE],
        )
        found = [NAME.fullmatch(row[0]) for row in cursor.fetchall()]
    return sorted(Month(int(one[1]), int(one[2])) for one in found if one)


def _identifier(month: Month) -> sql.Identifier:
    return sql.Identifier(f"{TABLE}_{month}")


def _take_lock() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = '{LOCK_PATIENCE}'")
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK_KEY])


def _run(statement: str, *parts: sql.Composable) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL(statement).format(*parts))
