"""Which models a calculation is about, read with a constant number of queries."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, QuerySet

from registry.models import AIModel, Assignment, ModelAlias, Organization, Price

MAX_MODELS = 20
"""How many models one calculation lists."""

# What the calculator reads of a model; the rest of the row stays in the database.
COLUMNS = (
    "model_name",
    "name",
    "organization_id",
    "capabilities",
    "context_window",
    "max_output_tokens",
    "retired_on",
    "is_listed",
    "provider__slug",
    "provider__name",
)


@dataclass(frozen=True)
class Chosen:
    """The models that a list of references names, in its order and once each."""

    ai_models: tuple[AIModel, ...]
    unknown: tuple[str, ...] = ()
    repeated: tuple[str, ...] = ()
    beyond_limit: tuple[str, ...] = ()
    aliases: dict[str, str] = field(default_factory=dict)


def calculable(organization: Organization) -> QuerySet[AIModel]:
    return (
        AIModel.objects.visible_to(organization)
        .select_related("provider")
        .only(*COLUMNS)
    )


def named_models(organization: Organization, references: Sequence[str]) -> Chosen:
    """The models named by `provider/model-id` or by an alias. Two queries at most.
    An organisation's own model wins over the catalogue's of the same name."""
    unique = list(dict.fromkeys(references))
    found = _by_reference(organization, unique)
    aliases = _by_alias(organization, [each for each in unique if each not in found])
    found |= aliases
    ai_models = {found[each].pk: found[each] for each in unique if each in found}
    kept = list(ai_models.values())
    repeated = {each for each in references if references.count(each) > 1}
    return Chosen(
        ai_models=tuple(kept[:MAX_MODELS]),
        unknown=tuple(each for each in unique if each not in found),
        repeated=tuple(each for each in unique if each in repeated),
        beyond_limit=tuple(model.reference for model in kept[MAX_MODELS:]),
        aliases={alias: model.reference for alias, model in aliases.items()},
    )


def _by_reference(
    organization: Organization, references: Iterable[str]
) -> dict[str, AIModel]:
    wanted = _pairs(references, "model_name")
    if wanted is None:
        return {}
    rows = calculable(organization).filter(wanted)
    # The organisation's own row comes last and so replaces the catalogue's.
    return {
        model.reference: model
        for model in sorted(rows, key=lambda model: model.organization_id or 0)
    }


def _by_alias(
    organization: Organization, references: Iterable[str]
) -> dict[str, AIModel]:
    wanted = _pairs(references, "alias")
    if wanted is None:
        return {}
    rows = (
        ModelAlias.objects.filter(wanted)
        .exclude(ai_model=None)
        .select_related("provider", "ai_model__provider")
    )
    return {
        str(row): row.ai_model
        for row in rows
        if row.ai_model and row.ai_model.organization_id in (None, organization.pk)
    }


def _pairs(references: Iterable[str], name_field: str) -> Q | None:
    wanted: Q | None = None
    for reference in references:
        slug, _, name = reference.partition("/")
        # PostgreSQL cannot even compare a text that holds a NUL.
        if slug and name and "\x00" not in reference:
            pair = Q(("provider__slug", slug), (name_field, name))
            wanted = pair if wanted is None else wanted | pair
    return wanted


def usual_models(organization: Organization) -> list[AIModel]:
    """What the organisation works with: its enabled models and those that features
    use, in the catalogue's order. One query."""
    used = Assignment.objects.filter(
        feature__organization=organization, feature__archived_at=None
    ).values("revision__ai_model")
    enabled = Q(settings__organization=organization, settings__is_enabled=True)
    return list(calculable(organization).filter(enabled | Q(pk__in=used)).distinct())


def capable_models(
    organization: Organization,
    capabilities: Sequence[str],
    provider_slug: str,
    on: datetime.date,
) -> QuerySet[AIModel]:
    """Listed models, not retired, that are known to have all of `capabilities`."""
    found = calculable(organization).filter(is_listed=True).exclude(retired_on__lte=on)
    if capabilities:
        found = found.filter(capabilities__contains=list(capabilities))
    if provider_slug:
        found = found.filter(provider__slug=provider_slug)
    return found


def current_assignments(organization: Organization) -> list[Assignment]:
    """The assignment in force of each feature that has a model, by feature name."""
    return list(
        Assignment.objects.filter(
            feature__organization=organization, feature__archived_at=None
        )
        .exclude(revision__ai_model=None)
        .select_related("feature", "revision__ai_model__provider")
        .order_by("feature__name", "feature__key")
    )


def enabled_ids(organization: Organization) -> set[int]:
    return set(
        organization.model_settings.filter(is_enabled=True).values_list(
            "ai_model_id", flat=True
        )
    )


def price_documents(
    ai_models: QuerySet[AIModel], organization: Organization, at: datetime.datetime
) -> tuple[dict[int, dict[str, Any]], set[int]]:
    """The catalogue price in force of each model as stored, and the models for which
    the organisation negotiated a price. For a first ranking: `quotes` is the price."""
    rows = (
        Price.objects.in_force(at)
        .filter(Q(organization=None) | Q(organization=organization))
        .filter(ai_model__in=ai_models.only("pk").select_related(None).order_by())
        .values_list("ai_model_id", "organization_id", "rates")
    )
    documents: dict[int, dict[str, Any]] = {}
    negotiated: set[int] = set()
    for pk, organization_id, rates in rows:
        if organization_id is None:
            documents[pk] = rates
        else:
            negotiated.add(pk)
    return documents, negotiated
