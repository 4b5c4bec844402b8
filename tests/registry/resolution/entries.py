"""Snapshots made by hand, for tests of pure code."""

from __future__ import annotations

import datetime

from registry.providers.adapter import Endpoint, ModelTraits
from registry.resolution.entries import (
    ConnectionEntry,
    FeatureEntry,
    ModelEntry,
    OrganizationEntry,
)
from registry.resolution.snapshot import Catalog, Configuration, Snapshot

ACME = 1
OTHER = 2
TODAY = datetime.date(2026, 11, 21)
NOW = datetime.datetime(2026, 11, 21, 12, tzinfo=datetime.UTC)


def model(
    pk: int,
    reference: str,
    *,
    organization_id: int | None = None,
    retired_on: datetime.date | None = None,
    window: int | None = None,
    capabilities: tuple[str, ...] = (),
) -> ModelEntry:
    provider, _, name = reference.partition("/")
    traits = ModelTraits(name, frozenset(capabilities), window)
    return ModelEntry(pk, provider, name, organization_id, traits, retired_on)


def connection(
    pk: int,
    provider: str,
    *,
    organization_id: int = ACME,
    label: str = "main",
    position: int = 1,
    problem: str = "",
    is_local: bool = False,
    offers: dict[int, bool] | None = None,
    probed: dict | None = None,
) -> ConnectionEntry:
    endpoint = Endpoint(provider, "openai", f"https://{provider}.example")
    return ConnectionEntry(
        pk,
        organization_id,
        label,
        endpoint,
        position,
        problem=problem,
        is_local=is_local,
        offers=offers or {},
        probed=probed or {},
    )


def feature(key: str, *model_ids: int, **more) -> FeatureEntry:
    return FeatureEntry(
        hash(key), key, ACME, model_ids, revision_number=len(model_ids), **more
    )


def snapshot(
    models: list[ModelEntry],
    connections: list[ConnectionEntry] | None = None,
    features: list[FeatureEntry] | None = None,
    aliases: list[tuple[str, str, int | None]] | None = None,
    enabled: set[int] | None = None,
    **decided,
) -> Snapshot:
    """Acme has enabled all models (or `enabled`) and is connected to each of their
    providers (or has `connections`)."""
    ids = {one.id for one in models} if enabled is None else enabled
    if connections is None:
        providers = sorted({one.provider for one in models})
        connections = [connection(n, one) for n, one in enumerate(providers, 1)]
    acme = OrganizationEntry(
        ACME, "acme", "Acme", enabled_model_ids=frozenset(ids), **decided
    )
    return Snapshot(
        version=7,
        loaded_at=NOW,
        catalog=Catalog.of(models, aliases or ()),
        configuration=Configuration.of(
            [acme, OrganizationEntry(OTHER, "other")], features or (), connections
        ),
    )
