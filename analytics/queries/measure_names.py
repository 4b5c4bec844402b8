"""What the keys of answers are called today. Calls outlive what they name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from analytics.queries.measure_choices import SOURCES
from analytics.questions import Dimension, Key
from analytics.request_story import KINDS
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

NONE: Final = {
    Dimension.MODEL: "Unknown model",
    Dimension.PROVIDER: "Unknown provider",
    Dimension.FEATURE: "No feature",
    Dimension.PACK: "No pack",
    Dimension.PACK_VERSION: "No pack",
    Dimension.CONNECTION: "No connection",
    Dimension.SOURCE: "No source",
    Dimension.TOKEN: "No API token",
    Dimension.TAG: "Without this tag",
    Dimension.ERROR: "No error",
}


def measure_names(
    organization: Organization, dimension: Dimension, keys: Iterable[Key]
) -> Mapping[Key, str]:
    """A name for each of `keys`; what is gone is told as deleted, with its number. One
    query at most."""
    wanted = set(keys)
    known = _known(organization, dimension, {key for key in wanted if key})
    return {
        key: known.get(key) or (_gone(dimension, key) if key else NONE[dimension])
        for key in wanted
    }


def _gone(dimension: Dimension, key: Key) -> str:
    if isinstance(key, str):
        return key
    return f"Deleted {dimension.value.replace('_', ' ')} {key}"


def _known(
    organization: Organization, dimension: Dimension, keys: set[Key]
) -> Mapping[Key, str]:
    names: dict[Key, str] = {}
    match dimension:
        case Dimension.SOURCE:
            names.update({one.value: label for one, label in SOURCES.items()})
        case Dimension.ERROR:
            names.update(KINDS.items())
        case Dimension.TAG:
            names.update((key, str(key)) for key in keys)
        case _:
            ids = [key for key in keys if isinstance(key, int)]
            return _rows(organization, dimension, ids) if ids else {}
    return names


def _rows(
    organization: Organization, dimension: Dimension, ids: list[int]
) -> Mapping[Key, str]:
    own = {"pk__in": ids, "organization": organization}
    match dimension:
        case Dimension.MODEL:
            models = AIModel.objects.visible_to(organization).filter(pk__in=ids)
            return {row.pk: row.reference for row in models.select_related("provider")}
        case Dimension.PROVIDER:
            return {row.pk: row.name for row in Provider.objects.filter(pk__in=ids)}
        case Dimension.FEATURE:
            return {row.pk: row.name for row in Feature.objects.filter(**own)}
        case Dimension.PACK:
            return {row.pk: row.name for row in Pack.objects.filter(**own)}
        case Dimension.CONNECTION:
            connections = Connection.objects.filter(**own).select_related("provider")
            return {row.pk: f"{row.provider.name}, {row.label}" for row in connections}
        case Dimension.TOKEN:
            return {row.pk: row.label for row in ApiToken.objects.filter(**own)}
    versions = PackVersion.objects.filter(
        pk__in=ids, pack__organization=organization
    ).select_related("pack")
    return {row.pk: f"{row.pack.name} v{row.number}" for row in versions}
