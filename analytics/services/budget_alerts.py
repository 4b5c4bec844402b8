"""Telling people that a share of a budget is spent: once for each window and share."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from django.urls import reverse

from analytics.models import AlertKind, AlertSeverity, Budget, OnLimit
from analytics.models.budget import ALL
from analytics.services.alerts import raise_alert
from registry.models import AIModel

CONSEQUENCES: Final = {
    OnLimit.BLOCK.value: "Calls under it are refused.",
    OnLimit.WARN.value: "Calls go on: it only warns.",
    OnLimit.SWITCH.value: "Calls go on; features switch to {pack}.",
    OnLimit.FALLBACK.value: "Calls go to {model} instead.",
}


def tell_thresholds(budget: Budget, at: datetime.datetime) -> int:
    """Raise what `budget`, which is locked, has reached since it was told of last; how
    many alerts are new."""
    reached = [
        share
        for share in budget.thresholds
        if share > budget.alerted_share and budget.has_reached(share)
    ]
    if not reached:
        return 0
    budget.alerted_share = reached[-1]
    budget.save(update_fields=["alerted_share"])
    return sum(_raise(budget, share, at) for share in reached)


def occasion(budget: Budget, share: Decimal | str) -> str:
    number = budget.definition_id or f"model-{budget.scope_id}"
    said = share if isinstance(share, str) else f"{share.normalize():f}"
    return f"budget:{number}:{budget.starts_at:%Y-%m-%dT%H:%MZ}:{said}"


def budget_title(budget: Budget) -> str:
    if budget.definition is not None:
        return budget.definition.name
    found = AIModel.objects.select_related("provider").filter(pk=budget.scope_id)
    return f"Monthly limit of {found.first() or 'a model'}"


def _raise(budget: Budget, share: Decimal, at: datetime.datetime) -> bool:
    is_all = share >= ALL
    what = "is used up" if is_all else f"is {share:.0%} spent"
    alert = raise_alert(
        budget.organization,
        kind=AlertKind.BUDGET,
        occasion=occasion(budget, share),
        title=f"Budget “{budget_title(budget)}” {what}",
        text=_text(budget, is_all),
        severity=AlertSeverity.DANGER if is_all else AlertSeverity.WARNING,
        address=budget_address(budget),
        at=at,
    )
    return alert is not None


def _text(budget: Budget, is_all: bool) -> str:
    said = f"${budget.counted_usd:,.2f} of ${budget.limit_usd:,.2f} is spent."
    if is_all:
        said = f"{said} {_consequence(budget)}"
    if budget.ends_at is not None:
        zone = budget.definition.time_zone if budget.definition else "UTC"
        there = budget.ends_at.astimezone(ZoneInfo(zone))
        said = f"{said} The next window begins {there:%d %b %Y, %H:%M} {zone}."
    return said


def _consequence(budget: Budget) -> str:
    definition = budget.definition
    if definition is None:
        return CONSEQUENCES[OnLimit.BLOCK.value]
    return CONSEQUENCES[definition.on_limit].format(
        pack=definition.pack or "no pack: it is gone",
        model=definition.fallback_model or "no model: it is gone",
    )


def budget_address(budget: Budget) -> str:
    if budget.definition_id is None:
        return reverse("analytics:budget_list")
    return reverse("analytics:budget_show", args=[budget.definition_id])
