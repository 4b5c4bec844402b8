"""What the keys of an answer are called today, and where their pages are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from django.urls import reverse

from analytics.questions import Dimension, Key
from analytics.request_story import KINDS
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

NONE_LABELS: Final = {
    Dimension.MODEL: "Unknown model",
    Dimension.PROVIDER: "Unknown provider",
    Dimension.FEATURE: "No feature",
    Dimension.PACK: "No pack",
    Dimension.PACK_VERSION: "No pack",
    Dimension.CONNECTION: "No connection",
    Dimension.SOURCE: "Unknown source",
    Dimension.TOKEN: "No token",
    Dimension.TAG: "Without the tag",
    Dimension.ERROR: "No error",
}
GONE_LABELS: Final = {
    Dimension.MODEL: "Deleted model",
    Dimension.PROVIDER: "Deleted provider",
    Dimension.FEATURE: "Deleted feature",
    Dimension.PACK: "Deleted pack",
    Dimension.PACK_VERSION: "Deleted pack version",
    Dimension.CONNECTION: "Deleted connection",
    Dimension.TOKEN: "Deleted token",
}
SOURCE_LABELS: Final = {
    Source.GATEWAY: "Gateway",
    Source.OTLP: "OpenTelemetry",
    Source.API: "Usage API",
    Source.IMPORT: "Imported files",
    Source.PLAYGROUND: "Playground",
    Source.BENCHMARK: "Benchmarks",
    Source.PROBE: "Probes",
}


@dataclass(frozen=True)
class KeyName:
    """`address` is the page of the thing, `reference` its `provider/model-id`; both are
    empty where there is none."""

    label: str
    address: str = ""
    reference: str = ""


Names = Mapping[int, KeyName]
Lookup = Callable[[Organization, set[int]], Names]


def names_of_keys(
    organization: Organization, dimension: Dimension, keys: Iterable[Key]
) -> dict[Key, KeyName]:
    """The name of each key of `dimension`, by one query at most. None, what is gone and
    what is another organisation's have words too."""
    wanted = set(keys)
    ids = {key for key in wanted if isinstance(key, int)}
    look_up = LOOKUPS.get(dimension)
    found = look_up(organization, ids) if look_up and ids else {}
    return {key: _name(dimension, key, found) for key in wanted}


def _name(dimension: Dimension, key: Key, found: Names) -> KeyName:
    if key is None:
        return KeyName(NONE_LABELS[dimension])
    if isinstance(key, int):
        return found.get(key) or KeyName(f"{GONE_LABELS[dimension]} {key}")
    if dimension is Dimension.SOURCE:
        return KeyName(dict(SOURCE_LABELS).get(key, key))  # type: ignore[call-overload]  # its words are the keys
    if dimension is Dimension.ERROR:
        return KeyName(KINDS.get(key, key.replace("_", " ").capitalize()))
    return KeyName(key or "(empty)")


def _models(organization: Organization, ids: set[int]) -> Names:
    models = AIModel.objects.visible_to(organization).select_related("provider")
    return {
        pk: KeyName(one.name, one.get_absolute_url(), one.reference)
        for pk, one in models.in_bulk(ids).items()
    }


def _providers(_: Organization, ids: set[int]) -> Names:
    page = reverse("registry:model_list")
    return {
        pk: KeyName(one.name, f"{page}?provider={one.slug}")
        for pk, one in Provider.objects.in_bulk(ids).items()
    }


def _features(organization: Organization, ids: set[int]) -> Names:
    features = Feature.objects.filter(organization=organization)
    return {
        pk: KeyName(one.name or one.key, one.get_absolute_url())
        for pk, one in features.in_bulk(ids).items()
    }


def _packs(organization: Organization, ids: set[int]) -> Names:
    packs = Pack.objects.filter(organization=organization)
    return {
        pk: KeyName(one.name, reverse("registry:pack_detail", args=[one.slug]))
        for pk, one in packs.in_bulk(ids).items()
    }


def _pack_versions(organization: Organization, ids: set[int]) -> Names:
    versions = PackVersion.objects.filter(pack__organization=organization)
    return {
        pk: KeyName(
            f"{one.pack.name} v{one.number}",
            reverse("registry:pack_detail", args=[one.pack.slug]),
        )
        for pk, one in versions.select_related("pack").in_bulk(ids).items()
    }


def _connections(organization: Organization, ids: set[int]) -> Names:
    connections = Connection.objects.filter(organization=organization)
    return {
        pk: KeyName(one.label, reverse("registry:connection_detail", args=[pk]))
        for pk, one in connections.in_bulk(ids).items()
    }


def _tokens(organization: Organization, ids: set[int]) -> Names:
    tokens = ApiToken.objects.filter(organization=organization)
    page = reverse("registry:api_tokens")
    return {pk: KeyName(str(one), page) for pk, one in tokens.in_bulk(ids).items()}


LOOKUPS: Final[Mapping[Dimension, Lookup]] = {
    Dimension.MODEL: _models,
    Dimension.PROVIDER: _providers,
    Dimension.FEATURE: _features,
    Dimension.PACK: _packs,
    Dimension.PACK_VERSION: _pack_versions,
    Dimension.CONNECTION: _connections,
    Dimension.TOKEN: _tokens,
}
