"""What a budget does by itself when it is used up: once in each window."""

from __future__ import annotations

import datetime
from typing import Final

from django.db import transaction

from analytics.models import AlertKind, AlertSeverity, Budget, OnLimit
from analytics.models.budget import ALL
from analytics.services.alerts import raise_alert
from analytics.services.budget_alerts import budget_address, occasion
from registry.models import Pack
from registry.queries.packs import latest_version
from registry.services.pack_switches import StaleSwitch, SwitchRefused, switch_pack

OUTCOME_LENGTH: Final = 400


@transaction.atomic
def switch_if_used_up(budget_id: int, at: datetime.datetime) -> bool:
    """Switch to the budget's pack if its window is used up and nobody has switched for
    it yet; whether this call did, or tried. What cannot be switched is told, and never
    forced. The switch is an ordinary one: one click takes it back."""
    budget = Budget.objects.select_related("definition__pack").get(pk=budget_id)
    definition = budget.definition
    if definition is None or definition.pack is None or not definition.is_active:
        return False
    if definition.on_limit != OnLimit.SWITCH or not budget.has_reached(ALL):
        return False
    # The guarded UPDATE: of many who see it, one switches.
    claimed = Budget.objects.filter(pk=budget.pk, switched_at=None).update(
        switched_at=at
    )
    if not claimed:
        return False
    outcome = _switch(budget, definition.pack, at)
    Budget.objects.filter(pk=budget.pk).update(switch_outcome=outcome[:OUTCOME_LENGTH])
    return True


def _switch(budget: Budget, pack: Pack, at: datetime.datetime) -> str:
    reason = f"Budget “{budget.definition}” is used up."
    try:
        with transaction.atomic():
            done = switch_pack(
                version=latest_version(pack),
                actor=None,
                actor_label=f"budget {budget.definition}"[:254],
                note=reason,
            )
    except (SwitchRefused, StaleSwitch) as error:
        _tell_failure(budget, pack, str(error), at)
        return f"Not switched to {pack}: {error}"
    return done.text


def _tell_failure(
    budget: Budget, pack: Pack, reason: str, at: datetime.datetime
) -> None:
    raise_alert(
        budget.organization,
        kind=AlertKind.BUDGET,
        occasion=occasion(budget, "switch"),
        title=f"Budget “{budget.definition}” could not switch to {pack}",
        text=f"{reason} Calls go on as they are, and cost more than the budget.",
        severity=AlertSeverity.DANGER,
        address=budget_address(budget),
        at=at,
    )
