"""Making, changing, pausing, deleting and restoring budgets."""

from __future__ import annotations

import datetime
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from analytics.models import BudgetDefinition, BudgetScope
from analytics.queries.budget_rules import rules_of
from analytics.queries.budget_scopes import scope_label
from analytics.services.budget_checking import BudgetRefused, living, validate
from analytics.services.budget_facts import facts_of, stated_of
from analytics.services.budget_windows import open_budget
from registry.audit import record_change
from registry.models import Organization, User
from registry.snapshots import Snapshot, differences

FIXED: Final = ("scope_kind", "scope_id", "tag_name", "tag_value", "period")
FIXED_TOO: Final = ("time_zone",)
EDITABLE: Final = (
    "name",
    "amount_usd",
    "rolls_over",
    "roll_over_cap_usd",
    "thresholds",
    "on_limit",
    "pack",
    "fallback_model",
    "is_active",
)
MOST_BUDGETS: Final = 200


class StaleBudget(Exception):
    """Somebody else changed the budget meanwhile; nothing was changed."""

    def __init__(self, definition: BudgetDefinition) -> None:
        self.definition = definition
        super().__init__(f"{definition.name} was changed meanwhile.")


@transaction.atomic
def create_budget(
    *,
    organization: Organization,
    actor: User | None,
    actor_label: str = "",
    **facts: Any,  # a field of FIXED, FIXED_TOO or EDITABLE each
) -> BudgetDefinition:
    """A new budget; what its calls have cost in this window already is spent. Without
    a name it is named after its scope. Raises BudgetRefused."""
    _check_names(facts, (*FIXED, *FIXED_TOO, *EDITABLE))
    # One after the other: the count below must hold.
    Organization.objects.select_for_update().get(pk=organization.pk)
    if living(organization).count() >= MOST_BUDGETS:
        raise BudgetRefused({"": f"At most {MOST_BUDGETS} budgets at a time."})
    facts.setdefault("time_zone", organization.time_zone)
    definition = BudgetDefinition(organization=organization, **facts)
    if definition.scope_kind == BudgetScope.ORGANIZATION:
        definition.scope_id = organization.pk
    definition.name = definition.name.strip() or _usual_name(definition)
    validate(definition)
    definition.save(force_insert=True)
    _record(definition, actor, actor_label, "created", None, stated_of(definition))
    _apply(definition)
    return definition


@transaction.atomic
def change_budget(
    *,
    definition: BudgetDefinition,
    actor: User | None,
    actor_label: str = "",
    expected_version: int | None = None,
    **facts: Any,  # a field of EDITABLE each
) -> bool:
    """Whether anything changed. `expected_version`: as the person saw it. A new amount
    holds in the window that is open now. Raises BudgetRefused and StaleBudget."""
    _check_names(facts, EDITABLE)
    locked = _locked(definition)
    before = facts_of(locked)
    for name, value in facts.items():
        setattr(locked, name, value)
    locked.name = locked.name.strip()
    changed = differences(before, facts_of(locked))
    if not changed[1]:
        return False
    if expected_version is not None and locked.version != expected_version:
        raise StaleBudget(BudgetDefinition.objects.get(pk=definition.pk))
    if locked.deleted_at is not None:
        raise BudgetRefused({"": "This budget is deleted. Restore it first."})
    validate(locked)
    _save(locked)
    _record(locked, actor, actor_label, _verb(changed[1]), *changed)
    _apply(locked)
    definition.refresh_from_db()
    return True


@transaction.atomic
def delete_budget(
    *, definition: BudgetDefinition, actor: User | None, actor_label: str = ""
) -> bool:
    """It stops holding; its windows stay. False where it was deleted already."""
    locked = _locked(definition)
    if locked.deleted_at is not None:
        return False
    locked.deleted_at = timezone.now()
    _save(locked)
    _record(locked, actor, actor_label, "deleted", stated_of(locked), None)
    definition.refresh_from_db()
    return True


@transaction.atomic
def restore_budget(
    *, definition: BudgetDefinition, actor: User | None, actor_label: str = ""
) -> bool:
    """Raises BudgetRefused where what it is for is gone."""
    locked = _locked(definition)
    if locked.deleted_at is None:
        return False
    locked.deleted_at = None
    validate(locked)
    _save(locked)
    _record(locked, actor, actor_label, "restored", None, stated_of(locked))
    _apply(locked)
    definition.refresh_from_db()
    return True


def _locked(definition: BudgetDefinition) -> BudgetDefinition:
    return BudgetDefinition.objects.select_for_update().get(pk=definition.pk)


def _save(definition: BudgetDefinition) -> None:
    definition.version += 1
    definition.save()


def _apply(definition: BudgetDefinition, at: datetime.datetime | None = None) -> None:
    """The window that is open now has the limit as it is now."""
    if definition.is_active:
        open_budget(rule=rules_of([definition])[0], at=at or timezone.now())


def _check_names(facts: dict[str, Any], known: tuple[str, ...]) -> None:
    unknown = sorted(set(facts) - set(known))
    if unknown:
        message = f"A budget has no {', '.join(unknown)} to set."
        raise TypeError(message)


def _usual_name(definition: BudgetDefinition) -> str:
    return f"{scope_label(definition)}, {definition.get_period_display().lower()}"[:80]


def _verb(after: Snapshot) -> str:
    if set(after) == {"is_active"}:
        return "resumed" if after["is_active"] else "paused"
    return "changed"


def _record(
    definition: BudgetDefinition,
    actor: User | None,
    actor_label: str,
    verb: str,
    before: Snapshot | None,
    after: Snapshot | None,
) -> None:
    record_change(
        organization=definition.organization,
        actor=actor,
        actor_label=actor_label,
        action=f"budget.{verb}",
        target=definition,
        before=before,
        after=after,
    )
