"""The history of a budget, and taking its last change back."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from django.db.models import Q

from analytics.models import BudgetDefinition
from analytics.services.budget_definitions import change_budget
from analytics.services.budget_facts import facts_of
from registry.models import AIModel, AuditEntry, Pack, User

UNDOABLE: Final = ("budget.changed", "budget.paused", "budget.resumed")


def undo_change(
    *, definition: BudgetDefinition, entry: AuditEntry, actor: User | None
) -> bool:
    """Set back what the change said before, as a change of its own. False where
    somebody has changed the same since. Raises BudgetRefused."""
    before, after = entry.before or {}, entry.after or {}
    now = facts_of(definition)
    if entry.action not in UNDOABLE or any(now.get(n) != after[n] for n in after):
        return False
    facts = {name: _value(definition, name, said) for name, said in before.items()}
    return change_budget(definition=definition, actor=actor, **facts)


def last_change(definition: BudgetDefinition) -> AuditEntry | None:
    """The newest entry of its history that can be taken back."""
    entries = AuditEntry.objects.filter(
        object_type="budgetdefinition",
        object_id=str(definition.pk),
        action__in=UNDOABLE,
    )
    return entries.order_by("-at", "-pk").first()


def _value(definition: BudgetDefinition, name: str, said: Any) -> Any:
    """What an audit entry wrote, as the field has it."""
    if said is None:
        return None
    if name in {"amount_usd", "roll_over_cap_usd"}:
        return Decimal(said)
    if name == "thresholds":
        return [Decimal(share) for share in said]
    if name == "pack":
        packs = Pack.objects.filter(organization=definition.organization)
        return packs.filter(slug=said).first()
    if name == "fallback_model":
        provider, _, model_name = said.partition("/")
        owners = Q(organization=None) | Q(organization=definition.organization)
        models = AIModel.objects.filter(owners, provider__slug=provider)
        return models.filter(model_name=model_name).first()
    return said
