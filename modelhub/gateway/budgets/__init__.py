"""Budgets. `analytics.services.budgets` holds and settles in the database, `book` knows
which there are, `account` says what a process may spend by itself, `ledger` keeps both
in step."""

from __future__ import annotations

from decimal import Decimal

from modelhub.gateway.budgets.book import budget_book
from modelhub.gateway.budgets.budgets import LeasedBudgets
from registry.resolution.source import snapshot_source


def make_budgets() -> LeasedBudgets:
    """The budgets of this process: those that people made, and the monthly limits of
    models as the current snapshot has them."""
    return LeasedBudgets(monthly_limit, budget_book())


def monthly_limit(organization_id: int, ai_model_id: int) -> Decimal | None:
    organization = snapshot_source().current.organization(organization_id)
    if organization is None:
        return None
    return organization.monthly_limits_usd.get(ai_model_id)
