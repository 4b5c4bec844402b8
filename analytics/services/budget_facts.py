"""A budget as its audit entries say it."""

from __future__ import annotations

from typing import Final

from analytics.models import BudgetDefinition, BudgetScope
from analytics.queries.budget_scopes import scope_label
from registry.snapshots import Snapshot, snapshot, stated

SCOPE: Final = ("scope_kind", "scope_id", "tag_name", "tag_value")
BOOKKEEPING: Final = ("version", "organization", "starts_at", "deleted_at")


def facts_of(definition: BudgetDefinition) -> Snapshot:
    return _plain(definition, snapshot(definition))


def stated_of(definition: BudgetDefinition) -> Snapshot:
    """What it is for is told by name: what it names may be gone when this is read."""
    facts = _plain(definition, stated(definition))
    for name in SCOPE:
        facts.pop(name, None)
    return {"name": facts.pop("name", ""), "for": scope_words(definition), **facts}


def scope_words(definition: BudgetDefinition) -> str:
    """`feature Planner`, `tag team = search`, `everything`."""
    if definition.scope_kind == BudgetScope.ORGANIZATION:
        return "everything"
    label = str(definition.get_scope_kind_display())
    kind = label if label[:2].isupper() else label.lower()
    return f"{kind} {scope_label(definition)}"


def _plain(definition: BudgetDefinition, facts: Snapshot) -> Snapshot:
    for name in BOOKKEEPING:
        facts.pop(name, None)
    if facts.get("pack"):
        facts["pack"] = definition.pack.slug if definition.pack else None
    if facts.get("fallback_model"):
        model = definition.fallback_model
        facts["fallback_model"] = model.reference if model else None
    if "thresholds" in facts:
        facts["thresholds"] = [
            f"{share.normalize():f}" for share in facts["thresholds"]
        ]
    return facts
