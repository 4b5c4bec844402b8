"""The budget that a forecast of everything is held against."""

from __future__ import annotations

import datetime

from analytics.models import Budget, BudgetPeriod, BudgetScope
from registry.models import Organization


def monthly_budget(organization: Organization, at: datetime.datetime) -> Budget | None:
    """The window of `at` of the monthly budget for everything; of several the
    smallest. None where there is none."""
    return (
        Budget.objects.filter(
            organization=organization,
            scope_kind=BudgetScope.ORGANIZATION,
            period=BudgetPeriod.MONTH,
            definition__is_active=True,
            definition__deleted_at=None,
            starts_at__lte=at,
            ends_at__gt=at,
        )
        .select_related("definition")
        .order_by("limit_usd")
        .first()
    )
