"""Calls that cost, and budgets whose limits a test sets."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from decimal import Decimal

from django.utils import timezone

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
    amount = None if limit is None else Decimal(limit)
    return LeasedBudgets(lambda organization_id, model_id: amount, now)


async def spend(
    budgets: LeasedBudgets,
    organization_id: int,
    estimate: str,
    cost: str | None,
    one: Candidate = PRICED,
) -> None:
    hold = await budgets.hold(organization_id, one, Decimal(estimate))
    hold.settle(None if cost is None else Decimal(cost))


def spent_usd() -> Decimal:
    return sum((row.spent_usd for row in Budget.objects.all()), Decimal(0))


def held_usd() -> Decimal:
    return sum((row.held_usd for row in Budget.objects.all()), Decimal(0))
