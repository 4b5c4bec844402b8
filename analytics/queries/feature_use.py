"""What the features of an organisation really used, summed up: the ground of a
projection."""

from __future__ import annotations

import datetime
from collections import defaultdict
from decimal import Decimal
from typing import Any, Final

from django.db.models import (
    Case,
    Count,
    IntegerField,
    Min,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)

from analytics.feature_sums import CallSum, FeatureUse, FeatureUses
from analytics.models import UsageRecord
from analytics.token_counts import COLUMNS
from registry.models import Organization

DAYS: Final = 30
STEPS: Final = (32_000, 128_000, 200_000, 256_000, 272_000)
"""Prices have cliffs at such inputs: calls are summed up between them."""


def feature_use(
    organization: Organization, until: datetime.datetime, days: int = DAYS
) -> FeatureUses:
    """The use of each feature in the `days` before `until`. Two queries."""
    since = until - datetime.timedelta(days=days)
    calls = UsageRecord.objects.filter(
        organization_id=organization.pk,
        feature_id__isnull=False,
        started_at__gte=since,
        started_at__lt=until,
    ).order_by()
    sums = _sums(calls)
    totals: Any = calls.values("feature_id").annotate(
        requests=Count("request_id", distinct=True),
        calls=Count("id"),
        cost_sum=Sum("cost_usd"),
        unpriced=Count("id", filter=Q(cost_usd=None)),
        uncounted=Count("id", filter=Q(input_tokens=None)),
        others=Count("id", filter=Q(other_counts__isnull=False)),
        first=Min("started_at"),
    )
    return FeatureUses(
        since,
        until,
        {
            row["feature_id"]: FeatureUse(
                requests=row["requests"],
                calls=row["calls"],
                sums=tuple(sums.get(row["feature_id"], ())),
                cost_usd=row["cost_sum"] or Decimal(0),
                unpriced=row["unpriced"],
                uncounted=row["uncounted"],
                other_counts=row["others"],
                first_at=row["first"],
            )
            for row in totals
        },
    )


def _sums(calls: QuerySet[UsageRecord]) -> dict[int, list[CallSum]]:
    """By feature: the calls whose tokens are known, a sum a step."""
    sums: defaultdict[int, list[CallSum]] = defaultdict(list)
    # The plugin does not follow annotations with computed names.
    grouped: Any = (
        calls.filter(input_tokens__isnull=False)
        .annotate(step=_step())
        .values("feature_id", "step")
        .annotate(calls=Count("id"), **{f"sum_{name}": Sum(name) for name in COLUMNS})
    )
    for row in grouped:
        tokens = {name: row[f"sum_{name}"] or 0 for name in COLUMNS}
        sums[row["feature_id"]].append(CallSum(row["calls"], tokens))
    return sums


def _step() -> Case:
    return Case(
        *(
            When(input_tokens__lte=most, then=Value(number))
            for number, most in enumerate(STEPS)
        ),
        default=Value(len(STEPS)),
        output_field=IntegerField(),
    )
