"""Calls into PostgreSQL: many at a time, by COPY, each at most once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import psycopg
from psycopg import sql

from analytics.recording.calls import Call
from analytics.recording.columns import (
    PAYLOAD_COLUMNS,
    ROW_COLUMNS,
    payload_values,
    row_values,
)

Connection = psycopg.Connection[tuple[object, ...]]
Connect = Callable[[], Connection]


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
    """A table, and the temporary one beside it through which rows go: COPY knows no
    ON CONFLICT, and a row may come twice after a crash."""

    table: str
    staging: str
    columns: tuple[str, ...]

    def statement(self, text: str) -> sql.Composed:
        return sql.SQL(text).format(
            table=sql.Identifier(self.table),
            staging=sql.Identifier(self.staging),
            columns=sql.SQL(", ").join(map(sql.Identifier, self.columns)),
        )


ROWS: Final = Target("analytics_usagerecord", "usage_staging", ROW_COLUMNS)
PAYLOADS: Final = Target("analytics_usagepayload", "payload_staging", PAYLOAD_COLUMNS)
STAGING: Final = (
    "CREATE TEMPORARY TABLE {staging} ON COMMIT DELETE ROWS AS "
    "SELECT {columns} FROM {table} WITH NO DATA"
)
COPY: Final = "COPY {staging} ({columns}) FROM STDIN"
INSERT: Final = (
    "INSERT INTO {table} ({columns}) SELECT {columns} FROM {staging} "
    "ON CONFLICT DO NOTHING"
)
REFUSALS: Final = (psycopg.DataError, psycopg.IntegrityError, ValueError, OverflowError)
"""The rows are at fault, and not the database."""


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
        rows = [row_values(call) for call in calls]
        payloads = [found for call in calls if (found := payload_values(call))]
        connection = self._opened()
        with connection.transaction():
            _insert(connection, ROWS, rows)
            if payloads:
                _insert(connection, PAYLOADS, payloads)

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


def _insert(
    connection: Connection, target: Target, rows: Iterable[tuple[object, ...]]
) -> None:
    with connection.cursor() as cursor:
        with cursor.copy(target.statement(COPY)) as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute(target.statement(INSERT))


def _reason(error: Exception) -> str:
    return str(error).strip().split("\n")[0] or type(error).__name__
