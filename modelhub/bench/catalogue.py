"""How long the catalogue takes into an empty database, beside a bare COPY."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.db import connection

from modelhub.bench.timing import Measurement, measure
from registry.models import AIModel, ModelAlias, Price, Provider
from registry.services.catalog_sync import sync_from_sources

TABLES: Final = tuple(
    model._meta.db_table for model in (Provider, AIModel, ModelAlias, Price)
)
SYNC_TARGET_MS: Final = 3000


def measure_sync(runs: int) -> Measurement:
    """Full syncs into an empty registry. The last one stays, for what follows."""
    timing = measure(sync_from_sources, runs=runs, warm=0, prepare=_empty)
    # What autovacuum does a minute later: pages are measured with known sizes.
    _execute(f"ANALYZE {', '.join(TABLES)}")
    dumped = {table: _dump(table) for table in TABLES}
    _make_copies()
    beside = measure(_copy_in(dumped), runs=runs, warm=1, prepare=_empty_copies)
    rows = AIModel.objects.count() + Price.objects.count()
    return Measurement(
        "Catalogue sync into an empty database",
        timing,
        SYNC_TARGET_MS,
        f"COPY of the same {rows:,} rows",
        beside,
    )


def measure_second_sync(runs: int) -> Measurement:
    """The daily case: a sync that finds nothing to change."""
    timing = measure(sync_from_sources, runs=runs, warm=0)
    return Measurement("Catalogue sync that changes nothing", timing)


def _empty() -> None:
    _execute(f"TRUNCATE {', '.join(TABLES)} CASCADE")


def _make_copies() -> None:
    for table in TABLES:
        _execute(
            f"CREATE TEMPORARY TABLE {_copy_of(table)} (LIKE {table} INCLUDING ALL)"
        )


def _empty_copies() -> None:
    _execute(f"TRUNCATE {', '.join(map(_copy_of, TABLES))}")


def _copy_of(table: str) -> str:
    return f"bench_{table}"


def _dump(table: str) -> bytes:
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} TO STDOUT") as copy:
        return b"".join(bytes(block) for block in copy)


def _copy_in(dumped: dict[str, bytes]) -> Callable[[], None]:
    def copy_all() -> None:
        for table, data in dumped.items():
            statement = f"COPY {_copy_of(table)} FROM STDIN"
            with connection.cursor() as cursor, cursor.copy(statement) as copy:
                copy.write(data)

    return copy_all


def _execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
