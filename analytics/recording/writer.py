"""Calls into PostgreSQL: many at a time, by COPY, each at most once."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

import psycopg
from psycopg import sql

from analytics.recording.breathing import gently
from analytics.recording.calls import Call
from analytics.recording.columns import (
    PAYLOAD_COLUMNS,
    ROW_COLUMNS,
    payload_values,
    row_values,
)
from analytics.recording.dirty_hours import mark_dirty

Connection = psycopg.Connection[tuple[object, ...]]
Connect = Callable[[], Connection]
Rows = Sequence[tuple[object, ...]]
Moments = set[tuple[int, datetime.datetime]]


class DatabaseAway(Exception):
    """Nothing can be written now; the text says why. Try again later."""


@dataclass(frozen=True)
class Rejected:
    """A call that the database will never take, or only without its payload."""

    call: Call
    reason: str
    is_payload_only: bool = False


@dataclass(frozen=True)
class Target:
    """A table, and the temporary one beside it for rows that may be there already."""

    table: str
    staging: str
    columns: tuple[str, ...]

    def statement(self, text: str) -> sql.Composed:
        return sql.SQL(text).format(
            table=sql.Identifier(self.table),
            staging=sql.Identifier(self.staging),
            columns=sql.SQL(", ").join(map(sql.Identifier, self.columns)),
        )


Way = Callable[[Connection, Target, Rows], None]
ROWS: Final = Target("analytics_usagerecord", "usage_staging", ROW_COLUMNS)
PAYLOADS: Final = Target("analytics_usagepayload", "payload_staging", PAYLOAD_COLUMNS)
STAGING: Final = (
    "CREATE TEMPORARY TABLE {staging} ON COMMIT DELETE ROWS AS "
    "SELECT {columns} FROM {table} WITH NO DATA"
)
COPY: Final = "COPY {table} ({columns}) FROM STDIN"
COPY_ASIDE: Final = "COPY {staging} ({columns}) FROM STDIN"
INSERT: Final = (
    "INSERT INTO {table} ({columns}) SELECT {columns} FROM {staging} "
    "ON CONFLICT DO NOTHING"
)
HOUR_S: Final = 3600
LINES_AT_ONCE: Final = 100
REFUSALS: Final = (psycopg.DataError, psycopg.IntegrityError, ValueError, OverflowError)
"""The rows are at fault, and not the database."""


def copy_lines(connection: Connection, lines: Iterator[str]) -> None:
    """Write new rows, given as lines of COPY, within the transaction that `connection`
    is in. Raises what psycopg raises; UniqueViolation where one is there already."""
    with (
        connection.cursor() as cursor,
        cursor.copy(ROWS.statement(COPY)) as copy,
    ):
        while some := "".join(islice(lines, LINES_AT_ONCE)):
            copy.write(some)


def mark_hours(
    connection: Connection, organization_id: int, times: Iterable[datetime.datetime]
) -> None:
    """The hours of calls that were written have to be summed up again."""
    hours = {(organization_id, int(at.timestamp() // HOUR_S)) for at in times}
    mark_dirty(connection, _moments(hours))


class UsageWriter:
    """Holds one connection of its own, opened when it is needed. Used by one thread."""

    def __init__(self, connect: Connect) -> None:
        self._connect = connect
        self._connection: Connection | None = None

    def write(self, calls: Sequence[Call]) -> list[Rejected]:
        """Store all calls but those that cannot be stored; these come back. A call
        that is there already is left as it is. Raises DatabaseAway; then some of the
        calls may be stored, and all can be written again."""
        if not calls:
            return []
        try:
            self._store(calls)
        except REFUSALS as error:
            if len(calls) == 1:
                return self._reject(calls[0], _reason(error))
            middle = len(calls) // 2
            return [*self.write(calls[:middle]), *self.write(calls[middle:])]
        except psycopg.Error as error:
            self.close()
            raise DatabaseAway(_reason(error)) from error
        return []

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def forget(self) -> None:
        """In a forked child: the connection is the parent's."""
        self._connection = None

    def _reject(self, call: Call, reason: str) -> list[Rejected]:
        if call.payload is None:
            return [Rejected(call, reason)]
        alone = self.write([Call(call.row)])
        return alone or [Rejected(call, reason, is_payload_only=True)]

    def _store(self, calls: Sequence[Call]) -> None:
        rows = [row_values(call) for call in gently(calls)]
        payloads = [found for call in calls if (found := payload_values(call))]
        moments = _moments(set(map(_hour_number, calls)))
        try:
            self._send(_copy, rows, payloads, moments)
        except psycopg.errors.UniqueViolation:
            # Some were written before a crash, or a broken connection, already.
            self._send(_copy_new_ones, rows, payloads, moments)

    def _send(self, way: Way, rows: Rows, payloads: Rows, moments: Moments) -> None:
        connection = self._opened()
        with connection.transaction():
            way(connection, ROWS, rows)
            mark_dirty(connection, moments)
            if payloads:
                way(connection, PAYLOADS, payloads)

    def _opened(self) -> Connection:
        if self._connection is None or self._connection.closed:
            connection = self._connect()
            try:
                for target in (ROWS, PAYLOADS):
                    connection.execute(target.statement(STAGING))
            except psycopg.Error:
                connection.close()
                raise
            self._connection = connection
        return self._connection


def _copy(connection: Connection, target: Target, rows: Rows) -> None:
    _copy_into(connection, target, COPY, rows)


def _copy_new_ones(connection: Connection, target: Target, rows: Rows) -> None:
    """COPY knows no ON CONFLICT; so by a table beside it, at half the speed."""
    _copy_into(connection, target, COPY_ASIDE, rows)
    connection.execute(target.statement(INSERT))


def _copy_into(
    connection: Connection, target: Target, statement: str, rows: Rows
) -> None:
    with (
        connection.cursor() as cursor,
        cursor.copy(target.statement(statement)) as copy,
    ):
        for row in gently(rows):
            copy.write_row(row)


def _hour_number(call: Call) -> tuple[int, int]:
    """Of whom, and which hour since 1970."""
    return call.row.organization_id, int(call.row.started_at.timestamp() // HOUR_S)


def _moments(hours: set[tuple[int, int]]) -> Moments:
    return {
        (owner, datetime.datetime.fromtimestamp(hour * HOUR_S, datetime.UTC))
        for owner, hour in hours
    }


def _reason(error: Exception) -> str:
    return str(error).strip().split("\n")[0] or type(error).__name__
