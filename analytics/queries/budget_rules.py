"""The budgets in force, as rules for those who enforce them."""

from __future__ import annotations

from collections.abc import Iterable

from analytics.budget_rules import (
    BLOCK,
    FALLBACK,
    ORGANIZATION,
    PROVIDER,
    SWITCH,
    TAG,
    WARN,
    BudgetRule,
    Rulebook,
    model_limit,
    tag_match,
)
from analytics.models import Budget, BudgetDefinition
from registry.models import ModelSetting, Organization, Provider


def load_rulebook() -> Rulebook:
    """Of all organisations, without the monthly limits of models."""
    found = BudgetDefinition.objects.filter(is_active=True, deleted_at=None)
    return Rulebook(rules_of(found))


def rules_of(definitions: Iterable[BudgetDefinition]) -> list[BudgetRule]:
    rows = list(definitions)
    ids = [row.scope_id for row in rows if row.scope_kind == PROVIDER]
    slugs = dict(Provider.objects.filter(pk__in=ids).values_list("pk", "slug"))
    return [rule_of(row, slugs.get(row.scope_id, "")) for row in rows]


def rule_of(definition: BudgetDefinition, provider_slug: str = "") -> BudgetRule:
    return BudgetRule(
        definition_id=definition.pk,
        organization_id=definition.organization_id,
        kind=definition.scope_kind,
        match=_match(definition, provider_slug),
        scope_id=definition.scope_id,
        amount_usd=definition.amount_usd,
        name=definition.name,
        period=definition.period,
        time_zone=definition.time_zone,
        since=definition.starts_at,
        on_limit=_on_limit(definition),
        fallback_model_id=definition.fallback_model_id,
        rolls_over=definition.rolls_over,
        roll_over_cap_usd=definition.roll_over_cap_usd,
    )


def rule_of_window(budget: Budget) -> BudgetRule:
    """What the window is counted by; a model's limit is as the window says."""
    if budget.definition is not None:
        return rules_of([budget.definition])[0]
    return model_limit(budget.organization_id, budget.scope_id, budget.limit_usd)


def model_limits(organization: Organization | None = None) -> list[BudgetRule]:
    """The monthly limits of models, of one organisation or of all."""
    found = ModelSetting.objects.filter(monthly_limit_usd__isnull=False)
    if organization is not None:
        found = found.filter(organization=organization)
    rows = found.values_list("organization_id", "ai_model_id", "monthly_limit_usd")
    return [
        model_limit(owner_id, model_id, amount)
        for owner_id, model_id, amount in rows
        if amount is not None
    ]


def _match(definition: BudgetDefinition, provider_slug: str) -> str:
    if definition.scope_kind == ORGANIZATION:
        return ""
    if definition.scope_kind == TAG:
        return tag_match(definition.tag_name, definition.tag_value)
    if definition.scope_kind == PROVIDER:
        return provider_slug
    return str(definition.scope_id)


def _on_limit(definition: BudgetDefinition) -> str:
    """What is left of it: without its pack it warns, without its model it blocks."""
    if definition.on_limit == SWITCH and definition.pack_id is None:
        return WARN
    if definition.on_limit == FALLBACK and definition.fallback_model_id is None:
        return BLOCK
    return definition.on_limit
