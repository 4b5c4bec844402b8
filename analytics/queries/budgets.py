"""What has been spent of budgets, for pages and for the budgets themselves."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.db.models import F, Sum

from analytics.models import Budget, BudgetPeriod, BudgetScope, UsageRecord
from analytics.months import Month
from registry.models import AIModel, ModelSetting, Organization

ZERO: Final = Decimal(0)


@dataclass(frozen=True)
class ModelSpending:
    """What a model cost an organisation this month. `limit_usd` None: no limit;
    `unpriced_calls` are not in the sum."""

    spent_usd: Decimal
    limit_usd: Decimal | None
    unpriced_calls: int
    month: datetime.datetime

    @property
    def is_exhausted(self) -> bool:
        return self.limit_usd is not None and self.spent_usd >= self.limit_usd

    @property
    def percent(self) -> Decimal | None:
        """Of the limit; more than 100 where the last call cost more than estimated."""
        if not self.limit_usd:
            return None
        return self.spent_usd / self.limit_usd * 100


def model_spending(
    organization: Organization, ai_model: AIModel, at: datetime.datetime
) -> ModelSpending:
    month = Month.of(at)
    calls = UsageRecord.objects.filter(
        organization_id=organization.pk,
        ai_model_id=ai_model.pk,
        started_at__gte=month.start,
        started_at__lt=month.end,
    )
    recorded = calls.aggregate(total=Sum("cost_usd"))["total"] or ZERO
    settled = Budget.objects.filter(
        organization=organization,
        definition=None,
        scope_kind=BudgetScope.MODEL,
        scope_id=ai_model.pk,
        period=BudgetPeriod.MONTH,
        starts_at=month.start,
    ).first()
    limit = (
        ModelSetting.objects.filter(organization=organization, ai_model=ai_model)
        .values_list("monthly_limit_usd", flat=True)
        .first()
    )
    return ModelSpending(
        spent_usd=max(recorded, settled.counted_usd if settled else ZERO),
        limit_usd=limit,
        unpriced_calls=calls.filter(cost_usd=None).count(),
        month=month.start,
    )


def spent_percent(organization: Organization, at: datetime.datetime) -> Decimal | None:
    """How much of the month's limits of all models together is spent; None where no
    model has a limit. What is held is not spent yet."""
    month = Month.of(at)
    limits = dict(
        ModelSetting.objects.filter(
            organization=organization, monthly_limit_usd__gt=0
        ).values_list("ai_model_id", "monthly_limit_usd")
    )
    total = sum((limit for limit in limits.values() if limit is not None), ZERO)
    if not total:
        return None
    settled = dict(
        Budget.objects.filter(
            organization=organization,
            definition=None,
            scope_kind=BudgetScope.MODEL,
            scope_id__in=limits,
            period=BudgetPeriod.MONTH,
            starts_at=month.start,
        ).values_list("scope_id", F("spent_usd") + F("outside_usd"))
    )
    recorded = dict(
        UsageRecord.objects.filter(
            organization_id=organization.pk,
            ai_model_id__in=limits,
            started_at__gte=month.start,
            started_at__lt=month.end,
        )
        .order_by()
        .values_list("ai_model_id")
        .annotate(total=Sum("cost_usd"))
    )
    # Whichever is further: a lease settles late, and calls from elsewhere settle none.
    spent = sum(
        (max(settled.get(pk) or ZERO, recorded.get(pk) or ZERO) for pk in limits), ZERO
    )
    return spent / total * 100
