"""Reads the snapshot from the database: few queries, at one moment. The catalogue and
what the organisations decided are read apart, as the latter changes far more often."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from dataclasses import replace
from typing import Final

from django.db import connection, transaction
from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils import timezone

from registry.machine_probe import machine_watch
from registry.models import AIModel, ModelAlias, Price
from registry.profiles.strengths import SCALES, strengths_of
from registry.providers.adapter import ModelTraits
from registry.resolution.entries import ModelEntry
from registry.resolution.loading_organizations import load_configuration
from registry.resolution.price_book import PriceRow
from registry.resolution.snapshot import AliasRow, Catalog, Configuration, Snapshot

CHANNEL: Final = "modelhub_configuration"
"""Where changes are announced; the payload is the part: organization or catalog."""
CATALOG_PART: Final = "catalog"
VERSION: Final = "SELECT last_value FROM registry_configuration_version"
NEXT_VERSION: Final = "SELECT nextval('registry_configuration_version')"
ANNOUNCE: Final = "SELECT pg_notify(%s, %s)"
AT_ONE_MOMENT: Final = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"


def load_snapshot() -> Snapshot:
    """Everything, as it is committed now; inside a transaction, as that one sees it."""
    with _one_moment():
        return Snapshot(
            version=read_version(),
            loaded_at=timezone.now(),
            catalog=Catalog.of(
                _models(AIModel.objects.all()),
                _aliases().iterator(),
                price_rows(Price.objects.all()),
            ),
            configuration=load_configuration(),
            machine=machine_watch().machine(),
        )


def load_snapshot_of(
    organization_id: int, names: AbstractSet[str] = frozenset()
) -> Snapshot:
    """What one organisation's features mean now, for its pages: of the catalogue it
    holds only the models that the organisation uses, that its profiles prefer, or
    whose bare name or alias is among `names`."""
    with _one_moment():
        configuration = load_configuration(organization_id)
        ids = used_model_ids(configuration)
        names = names | preferred_model_names(configuration)
        aliases = list(_aliases().filter(alias__in=names))
        ids.update(target for *_, target in aliases if target is not None)
        models = AIModel.objects.filter(Q(pk__in=ids) | Q(model_name__in=names))
        prices = Price.objects.filter(ai_model__in=models).filter(
            Q(organization=None) | Q(organization=organization_id)
        )
        return Snapshot(
            version=read_version(),
            loaded_at=timezone.now(),
            catalog=Catalog.of(_models(models), aliases, price_rows(prices)),
            configuration=configuration,
            machine=machine_watch().machine(),
        )


def preferred_model_names(configuration: Configuration) -> set[str]:
    """Names, without their provider, of the models that profiles prefer and that
    features list for an automatic choice."""
    listed = {
        reference.partition("/")[2]
        for feature in configuration.features.values()
        if feature.choice is not None
        for reference in feature.choice.models
    }
    return listed | {
        reference.partition("/")[2]
        for profile in configuration.profiles.values()
        for preference in profile.document.preferences
        for reference in preference.references
    }


def used_model_ids(configuration: Configuration) -> set[int]:
    """Models that are enabled, assigned or a default fallback somewhere."""
    ids = {
        pk for feature in configuration.features.values() for pk in feature.model_ids
    }
    for one in configuration.organizations.values():
        ids |= one.enabled_model_ids
        ids.update(*one.default_fallbacks.values())
        if one.default_model_id is not None:
            ids.add(one.default_model_id)
    return ids


def reload_organizations(snapshot: Snapshot) -> Snapshot:
    """`snapshot` with what the organisations decided until now, and its catalogue."""
    with _one_moment():
        return replace(
            snapshot,
            version=read_version(),
            loaded_at=timezone.now(),
            configuration=load_configuration(),
            machine=machine_watch().machine(),
            plans={},
            narrowed={},
        )


def read_version() -> int:
    """The number of the last change of the configuration. A change that is not
    committed yet may be counted already; when it is, it is announced."""
    with connection.cursor() as cursor:
        cursor.execute(VERSION)
        (version,) = cursor.fetchone()
    return int(version)


def announce_all() -> int:
    """Have everybody read everything again, and answer a version: whatever snapshot has
    it holds all that was committed before the call. `read_version` cannot promise
    that, as it counts a change before it is committed. Not inside a transaction."""
    with connection.cursor() as cursor:
        cursor.execute(NEXT_VERSION)
        (version,) = cursor.fetchone()
        cursor.execute(ANNOUNCE, [CHANNEL, CATALOG_PART])
    return int(version)


@contextmanager
def _one_moment() -> Iterator[None]:
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(AT_ONE_MOMENT)
        yield


def _models(models: QuerySet[AIModel]) -> Iterator[ModelEntry]:
    rows = models.order_by().values_list(
        "pk",
        "provider__slug",
        "model_name",
        "organization_id",
        "capabilities",
        "context_window",
        "max_output_tokens",
        "family",
        "retired_on",
        "min_memory_gb",
        *(f"ratings__{one.category}__score" for one in SCALES.values()),
    )
    for (
        pk,
        provider,
        name,
        owner,
        capabilities,
        window,
        output,
        family,
        retired,
        memory,
        *scores,
    ) in rows:
        traits = ModelTraits(name, frozenset(capabilities), window, output, family)
        yield ModelEntry(
            pk,
            provider,
            name,
            owner,
            traits,
            retired,
            _strengths(scores),
            None if memory is None else float(memory),
        )


def _strengths(scores: list[float | None]) -> dict[str, float]:
    if not any(scores):
        return {}
    categories = (one.category for one in SCALES.values())
    return strengths_of(dict(zip(categories, scores, strict=True)))


def _aliases() -> QuerySet[ModelAlias, AliasRow]:
    return ModelAlias.objects.order_by().values_list(
        "provider__slug", "alias", "ai_model_id"
    )


def price_rows(prices: QuerySet[Price]) -> Iterator[PriceRow]:
    """What a price book is made of."""
    rows = prices.order_by().values_list(
        "pk",
        "ai_model_id",
        "organization_id",
        "effective_from",
        "effective_to",
        # As text: most prices are never asked for.
        Cast("rates", TextField()),
        "discount_percent",
    )
    return (PriceRow(*row) for row in rows)
