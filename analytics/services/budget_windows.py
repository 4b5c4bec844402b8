"""Opening the windows of budgets, with what was left of the window before."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any, Final

from django.db import transaction

from analytics.budget_rules import BudgetRule
from analytics.budget_windows import Window
from analytics.models import Budget
from analytics.queries.budget_records import recorded
from analytics.services.budget_alerts import tell_thresholds
from analytics.services.budgets import locked, rounded, sweep

ZERO: Final = Decimal(0)
LONGEST_GAP: Final = 62
"""Windows without a row that are caught up on; before them nothing is carried over."""


@transaction.atomic
def open_budget(*, rule: BudgetRule, at: datetime.datetime) -> Budget:
    """The window of `at`, with the rule's limit. What calls in it have cost already,
    with or without a budget, is spent."""
    window = rule.window_at(at)
    carried = carried_usd(rule, window)
    budget = locked(_row(rule, window, carried).pk)
    sweep(budget=budget, at=at)
    found = recorded(budget)
    if not budget.holds.filter(closed_at=None).exists():
        # Nobody has spending up their sleeve that would be counted once more.
        budget.spent_usd = max(budget.spent_usd, rounded(found.inside_usd))
    budget.outside_usd = rounded(found.outside_usd)
    budget.carried_usd = carried
    budget.limit_usd = rule.amount_usd + carried
    budget.version += 1
    budget.save()
    tell_thresholds(budget, at)
    return budget


def carried_usd(rule: BudgetRule, window: Window) -> Decimal:
    """What was left of the window before, up to the cap. Windows that nobody called in
    have their rows made on the way."""
    if not rule.rolls_over:
        return ZERO
    missing: list[Window] = []
    row: Budget | None = None
    before = rule.window_before(window)
    while before and _counts(rule, before) and len(missing) < LONGEST_GAP:
        row = Budget.objects.filter(**_identity(rule, before)).first()
        if row is not None:
            break
        missing.append(before)
        before = rule.window_before(before)
    left = _left_over(rule, row)
    for one in reversed(missing):
        left = _left_over(rule, _closed(rule, one, left))
    return left


def _counts(rule: BudgetRule, window: Window) -> bool:
    """Whether the budget was there in this window already."""
    if window.ends_at is None or rule.since is None:
        return False
    return window.ends_at > rule.since


def _left_over(rule: BudgetRule, row: Budget | None) -> Decimal:
    if row is None:
        return ZERO
    left = max(ZERO, row.limit_usd - row.counted_usd)
    cap = rule.roll_over_cap_usd
    return left if cap is None else min(left, cap)


def _closed(rule: BudgetRule, window: Window, carried: Decimal) -> Budget:
    """The row of a past window, with what its calls cost."""
    row = _row(rule, window, carried)
    found = recorded(row)
    row.spent_usd = max(row.spent_usd, rounded(found.inside_usd))
    row.outside_usd = rounded(found.outside_usd)
    row.save(update_fields=["spent_usd", "outside_usd"])
    return row


def _row(rule: BudgetRule, window: Window, carried: Decimal) -> Budget:
    defaults: dict[str, Any] = {
        "ends_at": window.ends_at,
        "limit_usd": rule.amount_usd + carried,
        "carried_usd": carried,
    }
    if rule.definition_id:
        defaults |= {
            "organization_id": rule.organization_id,
            "scope_kind": rule.kind,
            "scope_id": rule.scope_id,
            "period": rule.period,
        }
    row, _ = Budget.objects.get_or_create(**_identity(rule, window), defaults=defaults)
    return row


def _identity(rule: BudgetRule, window: Window) -> dict[str, Any]:
    if rule.definition_id:
        return {"definition_id": rule.definition_id, "starts_at": window.starts_at}
    return {
        "definition": None,
        "organization_id": rule.organization_id,
        "scope_kind": rule.kind,
        "scope_id": rule.scope_id,
        "period": rule.period,
        "starts_at": window.starts_at,
    }
