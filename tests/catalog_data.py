"""The whole catalogue for tests, and small documents made by hand."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from functools import cache
from typing import Any

from django.db import connection, transaction

from registry.catalog.build import build_document
from registry.catalog.document import (
    AliasEntry,
    CatalogDocument,
    Fact,
    ModelEntry,
    PricePeriod,
    ProviderEntry,
)
from registry.catalog.inputs import read_inputs
from registry.services.catalog_sync import sync_catalog

COPY = "catalog_copy"
TABLES = (
    "registry_provider",
    "registry_aimodel",
    "registry_price",
    "registry_modelalias",
)
DAY = datetime.date(2026, 11, 1)


@cache
def full_document() -> CatalogDocument:
    """What `modelhub catalog sync` reads by default; built once per process."""
    return build_document(read_inputs())


def copy_full_catalog() -> None:
    """Syncs the whole catalogue and keeps its rows in a schema of their own; the
    tables themselves are left as they were. About two seconds, once a session."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DROP SCHEMA IF EXISTS {COPY} CASCADE")
        cursor.execute(f"CREATE SCHEMA {COPY}")
        before = transaction.savepoint()
        sync_catalog(document=full_document())
        rows = {table: _rows_of(cursor, table) for table in TABLES}
        transaction.savepoint_rollback(before)
        for table, packed in rows.items():
            cursor.execute(f"CREATE TABLE {COPY}.{table} (LIKE public.{table})")
            with cursor.copy(f"COPY {COPY}.{table} FROM STDIN") as copy:
                copy.write(packed)


def restore_full_catalog() -> None:
    """Puts the copied rows into the tables: a quarter of a second. The planner is told:
    it may have seen them empty, and then loops over what it thinks is one row."""
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"INSERT INTO {table} SELECT * FROM {COPY}.{table}")
        cursor.execute(f"ANALYZE {', '.join(TABLES)}")


def _rows_of(cursor: Any, table: str) -> bytes:
    with cursor.copy(f"COPY {table} TO STDOUT") as copy:
        return b"".join(copy)


def model_entry(
    model_name: str = "gpt-test",
    *,
    facts: Mapping[str, Any] | None = None,
    prices: tuple[PricePeriod, ...] | None = None,
    source: str = "models.dev",
    read_on: datetime.date = DAY,
    provider: str = "openai",
) -> ModelEntry:
    stated = {"context_window": 128_000} if facts is None else facts
    return ModelEntry(
        provider=provider,
        model_name=model_name,
        facts={
            "model_name": Fact(model_name, "genai-prices", read_on),
            **{name: Fact(value, source, read_on) for name, value in stated.items()},
        },
        prices=(period("1", "3"),) if prices is None else prices,
        price_source="genai-prices",
        price_reference=f"{provider}/{model_name}",
        price_read_on=read_on,
    )


def document(*models: ModelEntry, aliases: Mapping[str, str | None] | None = None):
    """A document of one provider with these models."""
    provider = ProviderEntry(
        "openai", "OpenAI", "https://openai.example/pricing", "genai-prices", DAY
    )
    return CatalogDocument(
        (provider,),
        models,
        tuple(
            AliasEntry("openai", alias, target, "genai-prices", DAY)
            for alias, target in (aliases or {}).items()
        ),
    )


def period(
    input_usd: str,
    output_usd: str,
    starts_at: datetime.datetime | None = None,
    ends_at: datetime.datetime | None = None,
) -> PricePeriod:
    standard = {"input_mtok": input_usd, "output_mtok": output_usd}
    return PricePeriod(starts_at, ends_at, {"standard": standard})
