"""What budgets can be for, by name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Q, QuerySet

from analytics.models import BudgetDefinition, BudgetScope
from registry.models import (
    AIModel,
    ApiToken,
    Connection,
    Feature,
    Organization,
    Provider,
)

GONE: Final = "no longer there"


@dataclass(frozen=True)
class ScopeChoice:
    """`word` is what a form sends: `feature:12`."""

    word: str
    label: str


def scope_label(definition: BudgetDefinition) -> str:
    """The name of what it is for."""
    key = (definition.scope_kind, definition.scope_id)
    return (
        scope_labels([definition])[key] if not _is_tag(definition) else tag(definition)
    )


def _is_tag(definition: BudgetDefinition) -> bool:
    return definition.scope_kind == BudgetScope.TAG


def tag(definition: BudgetDefinition) -> str:
    return f"{definition.tag_name} = {definition.tag_value}"


def scope_labels(
    definitions: list[BudgetDefinition],
) -> dict[tuple[str, int], str]:
    """One query a kind."""
    found: dict[tuple[str, int], str] = {}
    for kind in BudgetScope.values:
        ids = {one.scope_id for one in definitions if one.scope_kind == kind}
        if not ids or kind == BudgetScope.TAG:
            continue
        if kind == BudgetScope.ORGANIZATION:
            names = dict.fromkeys(ids, "Everything")
        else:
            names = _names(BudgetScope(kind), ids)
        for pk in ids:
            found[kind, pk] = names.get(pk, GONE)
    return found


def scope_exists(definition: BudgetDefinition) -> bool:
    kind = definition.scope_kind
    if kind == BudgetScope.TAG:
        return bool(definition.tag_name.strip() and definition.tag_value.strip())
    if kind == BudgetScope.ORGANIZATION:
        return True
    if kind not in BudgetScope.values:
        return False
    rows = _rows(BudgetScope(kind), definition.organization)
    return rows.filter(pk=definition.scope_id).exists()


NAMED_BY: Final = {
    BudgetScope.FEATURE: "key",
    BudgetScope.PROVIDER: "slug",
    BudgetScope.CONNECTION: "label",
    BudgetScope.TOKEN: "label",
}


def scope_named(organization: Organization, text: str) -> dict[str, Any]:
    """The facts of the budget that `feature:support`, `model:openai/gpt-5-mini`,
    `tag:team=search` or `organization` is for. Raises LookupError in words."""
    word, _, name = text.partition(":")
    unknown = f"There is nothing like {text[:80]!r} to make a budget for."
    if word not in BudgetScope.values:
        raise LookupError(unknown)
    kind = BudgetScope(word)
    if kind == BudgetScope.ORGANIZATION:
        return {"scope_kind": kind}
    if kind == BudgetScope.TAG:
        tag_name, _, value = name.partition("=")
        return {"scope_kind": kind, "tag_name": tag_name, "tag_value": value}
    if kind == BudgetScope.MODEL:
        provider, _, model = name.partition("/")
        wanted = {"provider__slug": provider, "model_name": model}
    else:
        wanted = {NAMED_BY[kind]: name}
    found = list(_rows(kind, organization).filter(**wanted)[:2])
    if len(found) != 1:
        several = f"Several are named {text[:80]!r}: make it on the page."
        raise LookupError(several if found else unknown)
    return {"scope_kind": kind, "scope_id": found[0].pk}


def scope_choices(organization: Organization) -> dict[str, list[ScopeChoice]]:
    """By kind, what an organisation can make a budget for; models are those enabled."""
    choices = {}
    for kind in (
        BudgetScope.FEATURE,
        BudgetScope.MODEL,
        BudgetScope.PROVIDER,
        BudgetScope.CONNECTION,
        BudgetScope.TOKEN,
    ):
        rows = _rows(kind, organization)
        if kind == BudgetScope.MODEL:
            rows = rows.filter(
                settings__organization=organization, settings__is_enabled=True
            )
        if kind == BudgetScope.PROVIDER:
            rows = rows.filter(connections__organization=organization).distinct()
        choices[kind.label] = [
            ScopeChoice(f"{kind.value}:{row.pk}", _name(kind, row)) for row in rows
        ]
    return {str(label): found for label, found in choices.items() if found}


def _rows(kind: BudgetScope, organization: Organization) -> QuerySet[Any]:
    own = Q(organization=organization)
    if kind == BudgetScope.FEATURE:
        return Feature.objects.filter(own).order_by("name")
    if kind == BudgetScope.MODEL:
        models = AIModel.objects.filter(own | Q(organization=None))
        return models.select_related("provider").order_by(
            "provider__slug", "model_name"
        )
    if kind == BudgetScope.PROVIDER:
        return Provider.objects.order_by("name")
    if kind == BudgetScope.CONNECTION:
        return Connection.objects.filter(own).order_by("label")
    return ApiToken.objects.filter(own, revoked_at=None).order_by("label")


def _names(kind: BudgetScope, ids: set[int]) -> dict[int, str]:
    sources: dict[BudgetScope, QuerySet[Any]] = {
        BudgetScope.FEATURE: Feature.objects.all(),
        BudgetScope.MODEL: AIModel.objects.select_related("provider"),
        BudgetScope.PROVIDER: Provider.objects.all(),
        BudgetScope.CONNECTION: Connection.objects.all(),
        BudgetScope.TOKEN: ApiToken.objects.all(),
    }
    return {row.pk: _name(kind, row) for row in sources[kind].filter(pk__in=ids)}


def _name(kind: BudgetScope, row: Any) -> str:
    if kind == BudgetScope.MODEL:
        return str(row.reference)
    if kind == BudgetScope.TOKEN and row.revoked_at is not None:
        return f"{row.label}, which is revoked"
    if kind in {BudgetScope.CONNECTION, BudgetScope.TOKEN}:
        return str(row.label)
    return str(row.name)
