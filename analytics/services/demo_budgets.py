"""Budgets of the sample organisation, as its team would have made them."""

from __future__ import annotations

import datetime
from decimal import ROUND_UP, Decimal
from typing import Any, Final

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from analytics.budget_windows import INSTANT, Window
from analytics.models import (
    BudgetDefinition,
    BudgetScope,
    HourRollup,
    OnLimit,
)
from analytics.queries.budget_rules import rule_of
from analytics.services.budget_definitions import create_budget
from analytics.services.budget_windows import open_budget
from analytics.services.demo_dates import date_back
from registry.models import Organization

ROOM: Final = Decimal("1.2")
"""Of what the period usually costs: neither used up nor far away."""
TENS: Final = Decimal(10)
WEEK: Final = datetime.timedelta(days=7)
MONTH: Final = datetime.timedelta(days=30)
MOST_WINDOWS: Final = 14


@transaction.atomic
def add_budgets(
    organization: Organization,
    *,
    since: datetime.datetime,
    until: datetime.datetime,
    actor_label: str,
) -> list[BudgetDefinition]:
    """One for everything, one for the dearest feature, one for the dearest model, with
    every window from `since` on and what its calls have cost. The calls until `until`
    are to be summed up already. They only warn: sample data calls nobody."""
    began = timezone.now()
    made = []
    for facts, length in (
        ({"scope_kind": BudgetScope.ORGANIZATION, "period": "month"}, MONTH),
        (_dearest(organization, BudgetScope.FEATURE, "feature_id", "week"), WEEK),
        (_dearest(organization, BudgetScope.MODEL, "ai_model_id", "month"), MONTH),
    ):
        amount = _usual_usd(organization, facts, max(since, until - MONTH), until)
        made.append(
            create_budget(
                organization=organization,
                actor=None,
                actor_label=actor_label,
                name="",
                amount_usd=_rounded(amount * _share(length, until - since)),
                on_limit=OnLimit.WARN,
                **facts,
            )
        )
    for definition in made:
        definition.starts_at = since
        definition.save(update_fields=["starts_at"])
        _live_through(definition, since, until)
    date_back(organization, began, since)
    return made


def _dearest(
    organization: Organization,
    kind: BudgetScope,
    column: str,
    period: str,
) -> dict[str, Any]:
    rows = HourRollup.objects.filter(organization_id=organization.pk)
    found = (
        rows.exclude(**{column: None})
        .values_list(column)
        .annotate(cost=Sum("cost_usd"))
        .order_by("-cost", column)
    )
    return {"scope_kind": kind, "scope_id": found[0][0], "period": period}


def _usual_usd(
    organization: Organization,
    facts: dict[str, Any],
    since: datetime.datetime,
    until: datetime.datetime,
) -> Decimal:
    columns = {BudgetScope.FEATURE: "feature_id", BudgetScope.MODEL: "ai_model_id"}
    rows = HourRollup.objects.filter(
        organization_id=organization.pk, hour__gte=since, hour__lt=until
    )
    if column := columns.get(facts["scope_kind"]):
        rows = rows.filter(**{column: facts["scope_id"]})
    return rows.aggregate(cost=Sum("cost_usd"))["cost"] or Decimal(0)


def _share(length: datetime.timedelta, lived: datetime.timedelta) -> Decimal:
    """Of what at most a month has cost, the part of one window."""
    return Decimal(length / min(lived, MONTH))


def _rounded(usd: Decimal) -> Decimal:
    return max(TENS, (usd * ROOM / TENS).quantize(Decimal(1), ROUND_UP) * TENS)


def _live_through(
    definition: BudgetDefinition, since: datetime.datetime, until: datetime.datetime
) -> None:
    """Open the windows of the past, the oldest first, as of their last moment."""
    rule = rule_of(definition)
    windows: list[Window] = []
    window: Window | None = rule.window_at(until)
    while window and (window.ends_at or until) > since and len(windows) < MOST_WINDOWS:
        windows.append(window)
        window = rule.window_before(window)
    for one in reversed(windows):
        open_budget(rule=rule, at=min(until, (one.ends_at or until) - INSTANT))
