"""What models and features are meant that somebody else names: a few queries for any
number of names."""

from __future__ import annotations

from collections.abc import Iterable

from analytics.intake.rows import Known
from analytics.intake.spellings import Place, places, slugs_of
from analytics.models import ModelAlias
from registry.models import AIModel, Feature, Organization
from registry.models import ModelAlias as CatalogAlias

Said = tuple[str, str]
"""Provider and model in the teller's words."""
Kind = tuple[str, str]
"""A provider's slug and the name of a model in small letters: versions of one model
share it."""


def models_meant(organization: Organization, said: Iterable[Said]) -> dict[Said, Known]:
    """The model of each name; one that nobody knows is absent. What the organisation
    says itself comes first, then exact ids (its own before the catalogue's), then
    aliases of the catalogue."""
    asked = set(said)
    if not asked:
        return {}
    found = _as_organization_says(organization, asked)
    looked = {one: places(*one) for one in asked - found.keys()}
    stands_at = _standing_at(organization, {p for ps in looked.values() for p in ps})
    for one, spots in looked.items():
        known = next((stands_at[spot] for spot in spots if spot in stands_at), None)
        if known is not None:
            found[one] = known
    return found


def kind_of(model: AIModel) -> Kind:
    return model.provider.slug, (model.name or model.model_name).casefold()


def invoiced_kinds(
    organization: Organization, said: Iterable[Said]
) -> dict[Said, Kind]:
    """The kind of each model that an invoice names by its id, an alias or its name for
    people (Claude Sonnet 4.5). What nobody knows is absent."""
    named = {one for one in said if one[1]}
    meant = models_meant(organization, named)
    models = AIModel.objects.select_related("provider").in_bulk(
        {known.ai_model_id for known in meant.values()}
    )
    found = {one: kind_of(models[known.ai_model_id]) for one, known in meant.items()}
    rest = named - found.keys()
    if not rest:
        return found
    by_name = {
        kind_of(model)
        for model in AIModel.objects.visible_to(organization)
        .filter(name__in={model for _, model in rest})
        .select_related("provider")
    }
    for provider, model in rest:
        kinds = [(slug, model.casefold()) for slug in slugs_of(provider)]
        kind = next((one for one in kinds if one in by_name), None)
        if kind is not None:
            found[provider, model] = kind
    return found


def features_meant(organization: Organization, said: Iterable[str]) -> dict[str, int]:
    """The id of each feature by its key, else by its name in any case."""
    asked = {one for one in said if one}
    if not asked:
        return {}
    rows = list(
        Feature.objects.filter(organization=organization)
        .order_by("-archived_at", "pk")
        .values_list("pk", "key", "name")
    )
    by_key = {key: pk for pk, key, _ in rows}
    by_name = {word.casefold(): pk for pk, key, name in rows for word in (name, key)}
    found = {one: by_key.get(one) or by_name.get(one.casefold()) for one in asked}
    return {one: pk for one, pk in found.items() if pk is not None}


def _as_organization_says(
    organization: Organization, asked: set[Said]
) -> dict[Said, Known]:
    rows = ModelAlias.objects.filter(
        organization=organization, model__in={model.strip() for _, model in asked}
    ).values_list("provider", "model", "ai_model_id", "ai_model__model_name")
    meant = {
        (provider.lower(), model): Known(pk, name) for provider, model, pk, name in rows
    }
    named = {one: meant.get((one[0].strip().lower(), one[1].strip())) for one in asked}
    return {one: known for one, known in named.items() if known is not None}


def _standing_at(organization: Organization, spots: set[Place]) -> dict[Place, Known]:
    slugs, names = {slug for slug, _ in spots}, {name for _, name in spots}
    aliases = CatalogAlias.objects.filter(
        provider__slug__in=slugs, alias__in=names, ai_model__isnull=False
    ).values_list("provider__slug", "alias", "ai_model_id", "ai_model__model_name")
    exact = (
        AIModel.objects.visible_to(organization)
        .filter(provider__slug__in=slugs, model_name__in=names)
        # Empty comes first in this order: the organisation's own wins.
        .order_by("-organization_id")
        .values_list("provider__slug", "model_name", "pk")
    )
    found = {(slug, alias): Known(pk or 0, name) for slug, alias, pk, name in aliases}
    found |= {(slug, name): Known(pk, name) for slug, name, pk in exact}
    return found
