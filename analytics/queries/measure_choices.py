"""What usage can be narrowed to, and what the words in an address mean."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import QuerySet

from analytics.questions import Dimension, Key
from analytics.usage_row import Source
from registry.models import (
    AIModel,
    ApiToken,
    Connection,
    Feature,
    Organization,
    Pack,
    PackVersion,
    Provider,
)

NOTHING: Final = "-"
"""The word of the key None: calls without a feature, a pack, …"""
SOURCES: Final = {
    Source.GATEWAY: "Gateway",
    Source.OTLP: "OpenTelemetry",
    Source.API: "Usage API",
    Source.IMPORT: "Imported",
    Source.PLAYGROUND: "Playground",
    Source.BENCHMARK: "Benchmarks",
    Source.PROBE: "Probes",
}
OFFERED: Final = (
    Dimension.FEATURE,
    Dimension.MODEL,
    Dimension.PROVIDER,
    Dimension.CONNECTION,
    Dimension.PACK,
    Dimension.SOURCE,
    Dimension.TOKEN,
)
"""Pack versions and tags are too many for a list; an address can name them."""


@dataclass(frozen=True)
class Choice:
    """`word` stands in the address, `label` on the page."""

    key: Key
    word: str
    label: str


def offered_choices(organization: Organization) -> dict[Dimension, list[Choice]]:
    """From the configuration; what is not in it any more an address can still name."""
    return {one: _offered(organization, one) for one in OFFERED}


def named_choices(
    organization: Organization, dimension: Dimension, words: Sequence[str]
) -> list[Choice]:
    """The choices that `words` name, in their order; what names nothing is left out."""
    if dimension is Dimension.TAG:
        found = [Choice(word, word, word) for word in words]
    elif dimension is Dimension.SOURCE:
        found = _sources()
    else:
        wanted = [word for word in words if word != NOTHING]
        found = _named(organization, dimension, wanted) if wanted else []
    known = {one.word: one for one in [*found, Choice(None, NOTHING, "None")]}
    return [known[word] for word in words if word in known]


def _sources() -> list[Choice]:
    return [Choice(one.value, one.value, label) for one, label in SOURCES.items()]


def _offered(organization: Organization, dimension: Dimension) -> list[Choice]:
    if dimension is Dimension.SOURCE:
        return _sources()
    enabled = {
        "settings__organization": organization,
        "settings__is_enabled": True,
    }
    match dimension:
        case Dimension.MODEL:
            found = _models(AIModel.objects.filter(**enabled))
        case Dimension.PROVIDER:
            models = AIModel.objects.filter(**enabled)
            found = _providers(
                Provider.objects.filter(pk__in=models.values("provider_id"))
            )
        case _:
            found = _own(organization, dimension, None)
    return sorted(found, key=lambda one: one.label.lower())


def _named(
    organization: Organization, dimension: Dimension, words: list[str]
) -> list[Choice]:
    match dimension:
        case Dimension.MODEL:
            names = [word.partition("/")[2] for word in words]
            visible = AIModel.objects.visible_to(organization)
            return _models(visible.filter(model_name__in=names))
        case Dimension.PROVIDER:
            return _providers(Provider.objects.filter(slug__in=words))
    return _own(organization, dimension, words)


def _models(rows: QuerySet[AIModel]) -> list[Choice]:
    kept = rows.select_related("provider")
    return [Choice(row.pk, row.reference, row.reference) for row in kept]


def _providers(rows: Iterable[Provider]) -> list[Choice]:
    return [Choice(row.pk, row.slug, row.name) for row in rows]


def _own(
    organization: Organization, dimension: Dimension, words: list[str] | None
) -> list[Choice]:
    """Rows of the organisation; those that `words` name, or all."""
    match dimension:
        case Dimension.FEATURE:
            features = Feature.objects.filter(organization=organization)
            if words is not None:
                features = features.filter(key__in=words)
            return [Choice(row.pk, row.key, row.name) for row in features]
        case Dimension.PACK:
            packs = Pack.objects.filter(organization=organization)
            if words is not None:
                packs = packs.filter(slug__in=words)
            return [Choice(row.pk, row.slug, row.name) for row in packs]
        case Dimension.CONNECTION:
            connections = Connection.objects.filter(organization=organization)
            if words is not None:
                connections = connections.filter(pk__in=_numbers(words))
            return [
                Choice(row.pk, str(row.pk), f"{row.provider.name}, {row.label}")
                for row in connections.select_related("provider")
            ]
        case Dimension.TOKEN:
            tokens = ApiToken.objects.filter(organization=organization)
            if words is not None:
                tokens = tokens.filter(pk__in=_numbers(words))
            return [Choice(row.pk, str(row.pk), row.label) for row in tokens]
        case Dimension.PACK_VERSION:
            versions = PackVersion.objects.filter(
                pack__organization=organization, pk__in=_numbers(words or [])
            )
            return [
                Choice(row.pk, str(row.pk), f"{row.pack.name} v{row.number}")
                for row in versions.select_related("pack")
            ]
    return []


def _numbers(words: Iterable[str]) -> list[int]:
    """Row ids among `words`; longer numbers are none."""
    return [int(word) for word in words if word.isascii() and word.isdigit()][:100]
