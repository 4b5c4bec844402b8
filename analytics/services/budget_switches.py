"""Planned switches of packs that wait for a share of the budget to be spent."""

from __future__ import annotations

from django.utils import timezone

from analytics.queries.budgets import spent_percent
from registry.models import Organization
from registry.services.planned_switches import run_budget_plans


def run_reached() -> int:
    """Carry out the plans whose share is reached; how many."""
    now = timezone.now()

    def share(organization: Organization) -> float | None:
        spent = spent_percent(organization, now)
        return None if spent is None else float(spent)

    return run_budget_plans(share)
