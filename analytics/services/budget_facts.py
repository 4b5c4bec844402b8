"""A budget as its audit entries say it."""

from __future__ import annotations

from typing import Final

from analytics.models import BudgetDefinition
from registry.snapshots import Snapshot, snapshot, stated

BOOKKEEPING: Final = ("version", "organization", "starts_at", "deleted_at")


def facts_of(definition: BudgetDefinition) -> Snapshot:
    return _plain(definition, snapshot(definition))


def stated_of(definition: BudgetDefinition) -> Snapshot:
    return _plain(definition, stated(definition))


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
