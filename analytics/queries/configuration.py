"""All that an organisation has decided, in the form of configuration files."""

from __future__ import annotations

from collections.abc import Collection

from analytics.configuration_sections import SECTIONS
from analytics.models import BudgetDefinition, BudgetScope
from registry.configuration.fields import plain_number
from registry.configuration.planning import sorted_document
from registry.configuration.section import Document, Entries, Entry
from registry.models import (
    AIModel,
    ApiToken,
    Connection,
    Feature,
    Organization,
    Provider,
)
from registry.queries.configuration import followed_features, registry_document


def current_document(
    organization: Organization, only: Collection[str] = tuple(SECTIONS)
) -> Document:
    """Every entry with every field, as plans compare them."""
    found = registry_document(organization, only)
    if "budgets" in only:
        found["budgets"] = _budgets(organization)
    return {name: found[name] for name in SECTIONS if name in found}


def exported_document(
    organization: Organization, only: Collection[str] = tuple(SECTIONS)
) -> Document:
    """As it is written to a file: what is as it always was is left out, and so is what
    features get from the active pack."""
    document = current_document(organization, only)
    features = document.get("features", {})
    followed = followed_features(organization) if features else set()
    own = {
        key: entry.pop("assignment")
        for key, entry in features.items()
        if key not in followed
    }
    for key in followed & set(features):
        del features[key]["assignment"]
    found = sorted_document(document, SECTIONS)
    for key, assignment in own.items():
        # Also where it says that there is none.
        found["features"][key]["assignment"] = assignment
    return found


def _budgets(organization: Organization) -> Entries:
    rows = list(
        BudgetDefinition.objects.filter(organization=organization, deleted_at=None)
        .select_related("pack", "fallback_model__provider")
        .order_by("name")
    )
    names = _scope_names(rows)
    return {row.name: _budget(row, names) for row in rows}


def _budget(row: BudgetDefinition, names: dict[tuple[str, int], str]) -> Entry:
    cap, model = row.roll_over_cap_usd, row.fallback_model
    return {
        "scope": scope_words(row, names),
        "amount_usd": plain_number(row.amount_usd),
        "period": row.period,
        "time_zone": row.time_zone,
        "rolls_over": row.rolls_over,
        "roll_over_cap_usd": None if cap is None else plain_number(cap),
        "thresholds": [plain_number(one) for one in row.thresholds],
        "on_limit": row.on_limit,
        "pack": row.pack.slug if row.pack else "",
        "fallback_model": model.reference if model else None,
        "active": row.is_active,
    }


def scope_words(row: BudgetDefinition, names: dict[tuple[str, int], str]) -> str:
    if row.scope_kind == BudgetScope.ORGANIZATION:
        return BudgetScope.ORGANIZATION.value
    if row.scope_kind == BudgetScope.TAG:
        return f"tag:{row.tag_name}={row.tag_value}"
    name = names.get((row.scope_kind, row.scope_id), f"#{row.scope_id}")
    return f"{row.scope_kind}:{name}"


def _scope_names(rows: list[BudgetDefinition]) -> dict[tuple[str, int], str]:
    def ids(kind: BudgetScope) -> list[int]:
        return [one.scope_id for one in rows if one.scope_kind == kind]

    models = AIModel.objects.select_related("provider")
    connections = Connection.objects.select_related("provider")
    return {
        **{
            ("feature", one.pk): one.key
            for one in Feature.objects.filter(pk__in=ids(BudgetScope.FEATURE))
        },
        **{
            ("model", one.pk): one.reference
            for one in models.filter(pk__in=ids(BudgetScope.MODEL))
        },
        **{
            ("provider", one.pk): one.slug
            for one in Provider.objects.filter(pk__in=ids(BudgetScope.PROVIDER))
        },
        **{
            ("connection", one.pk): f"{one.provider.slug}/{one.label}"
            for one in connections.filter(pk__in=ids(BudgetScope.CONNECTION))
        },
        **{
            ("token", one.pk): one.label
            for one in ApiToken.objects.filter(pk__in=ids(BudgetScope.TOKEN))
        },
    }
