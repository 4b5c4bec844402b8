"""Calls that cost, and budgets whose limits a test sets."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from decimal import Decimal

from django.utils import timezone

from analytics.budget_rules import BudgetRule, Rulebook, Touched
from analytics.models import Budget
from modelhub.gateway.budgets.budgets import LeasedBudgets
from registry.resolution.plan import Candidate
from tests.gateway.breakers.calling import candidate

MODEL = 7
PRICED = candidate((1, MODEL))


def budgets_of(
    limit: str | None,
    now: Callable[[], datetime.datetime] = timezone.now,
) -> LeasedBudgets:
    """Under a model's monthly limit alone."""
    amount = None if limit is None else Decimal(limit)
    return LeasedBudgets(lambda organization_id, model_id: amount, Told(), now)


def budgets_under(
    *rules: BudgetRule, now: Callable[[], datetime.datetime] = timezone.now
) -> LeasedBudgets:
    return LeasedBudgets(lambda organization_id, model_id: None, Told(*rules), now)


class Told:
    """Rules that a test states."""

    def __init__(self, *rules: BudgetRule) -> None:
        self.current = Rulebook(rules)

    def start(self) -> None:
        """They are known."""

    def stop(self) -> None:
        """There is nothing to stop."""


async def held(
    budgets: LeasedBudgets,
    organization_id: int,
    estimate: str | None,
    one: Candidate = PRICED,
    **touched,
):
    """Held as the gateway does it before a call."""
    touched = {"model_id": one.model.id, "provider": one.model.provider, **touched}
    rules = budgets.rules_for(Touched(organization_id=organization_id, **touched))
    return await budgets.hold(
        rules, one, None if estimate is None else Decimal(estimate)
    )


async def spend(
    budgets: LeasedBudgets,
    organization_id: int,
    estimate: str,
    cost: str | None,
    one: Candidate = PRICED,
    **touched,
) -> None:
    hold = await held(budgets, organization_id, estimate, one, **touched)
    hold.settle(None if cost is None else Decimal(cost))


def spent_usd() -> Decimal:
    return sum((row.spent_usd for row in Budget.objects.all()), Decimal(0))


def held_usd() -> Decimal:
    return sum((row.held_usd for row in Budget.objects.all()), Decimal(0))
