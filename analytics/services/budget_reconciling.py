"""Comparing what was held and settled with what calls were recorded to cost."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Final

from django.db import transaction

from analytics.budget_rules import BudgetRule
from analytics.models import Budget, BudgetDefinition
from analytics.queries.budget_records import recorded
from analytics.queries.budget_rules import model_limits, rules_of
from analytics.services.budget_actions import switch_if_used_up
from analytics.services.budget_alerts import tell_thresholds
from analytics.services.budget_windows import carried_usd, open_budget
from analytics.services.budgets import locked, rounded
from registry.audit import record_change
from registry.models import Organization, User

NEGLIGIBLE_USD: Final = Decimal("0.000001")
"""Rounding, of which nobody wants to hear."""
REASON: Final = "The records of calls say more than was settled."


def reconcile_all(
    at: datetime.datetime, organization: Organization | None = None
) -> int:
    """Open and compare the window of every budget in force; how many were repaired."""
    active = BudgetDefinition.objects.filter(is_active=True, deleted_at=None)
    if organization is not None:
        active = active.filter(organization=organization)
    rules = [*rules_of(active.order_by("pk")), *model_limits(organization)]
    return sum(reconcile(rule, at) for rule in rules)


def reconcile(rule: BudgetRule, at: datetime.datetime) -> bool:
    """Compare one; True if the ledger was raised to what is recorded. It never goes
    down by itself: what was held for a call whose cost nobody knows is in no record.
    While processes hold of it, the difference may be theirs, and stays."""
    budget = _window(rule, at)
    with transaction.atomic():
        budget = locked(budget.pk)
        is_repaired = _compare(budget, at)
        budget.carried_usd = carried_usd(rule, rule.window_at(at))
        budget.limit_usd = rule.amount_usd + budget.carried_usd
        budget.version += 1
        budget.save()
        tell_thresholds(budget, at)
    switch_if_used_up(budget.pk, at)
    return is_repaired


class HeldNow(Exception):
    """Processes hold of the budget: what they spent may be recorded and not settled
    yet, and would be counted twice."""


@transaction.atomic
def repair(*, budget: Budget, actor: User | None, at: datetime.datetime) -> bool:
    """Make the ledger say what is recorded, up or down. False where both agree. Raises
    HeldNow while processes hold of it."""
    budget = locked(budget.pk)
    if budget.holds.filter(closed_at=None).exists():
        raise HeldNow
    _note(budget, at)
    before = budget.spent_usd
    is_changed = abs(budget.drift_usd or Decimal(0)) > NEGLIGIBLE_USD
    if is_changed:
        budget.spent_usd = budget.recorded_usd or Decimal(0)
        _record(budget, before, "budget.repaired", actor, "Repaired by hand.")
    budget.version += 1
    budget.save()
    tell_thresholds(budget, at)
    return is_changed


def _window(rule: BudgetRule, at: datetime.datetime) -> Budget:
    window = rule.window_at(at)
    found = Budget.objects.filter(
        organization_id=rule.organization_id,
        definition_id=rule.definition_id or None,
        scope_kind=rule.kind,
        scope_id=rule.scope_id,
        period=rule.period,
        starts_at=window.starts_at,
    ).first()
    return found or open_budget(rule=rule, at=at)


def _compare(budget: Budget, at: datetime.datetime) -> bool:
    _note(budget, at)
    before = budget.spent_usd
    is_held = budget.holds.filter(closed_at=None).exists()
    if is_held or (budget.drift_usd or Decimal(0)) <= NEGLIGIBLE_USD:
        return False
    budget.spent_usd = budget.recorded_usd or Decimal(0)
    _record(budget, before, "budget.reconciled", None, REASON)
    return True


def _note(budget: Budget, at: datetime.datetime) -> None:
    found = recorded(budget)
    budget.outside_usd = rounded(found.outside_usd)
    budget.recorded_usd = rounded(found.inside_usd)
    budget.unpriced_calls = found.unpriced_calls
    budget.reconciled_at = at


def _record(
    budget: Budget, before: Decimal, action: str, actor: User | None, note: str
) -> None:
    record_change(
        organization=budget.organization,
        actor=actor,
        action=action,
        target=budget.definition or budget,
        before={"spent_usd": f"{before:f}"},
        after={"spent_usd": f"{budget.spent_usd:f}"},
        note=note,
    )
