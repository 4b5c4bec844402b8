"""The budgets that an overview shows."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from analytics.models import BudgetPeriod, BudgetScope
from analytics.queries.budget_states import BudgetState, budget_states
from registry.models import Organization

BUDGETS: Final = 4


@dataclass(frozen=True)
class Budgets:
    """`whole` is the monthly one of everything, `shown` those nearest to their limit
    first, of `count` that are active."""

    whole: BudgetState | None
    shown: list[BudgetState]
    count: int


def budgets_of(organization: Organization, now: datetime.datetime) -> Budgets:
    states = [one for one in budget_states(organization, now) if one.is_active]
    whole = [
        one
        for one in states
        if one.rule.kind == BudgetScope.ORGANIZATION
        and one.rule.period == BudgetPeriod.MONTH
    ]
    nearest = sorted(states, key=lambda one: one.share or Decimal(0), reverse=True)
    return Budgets(
        whole=min(whole, key=lambda one: one.limit_usd, default=None),
        shown=nearest[:BUDGETS],
        count=len(states),
    )
