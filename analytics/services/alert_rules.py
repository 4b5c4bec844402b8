"""Setting when alerts are raised."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import transaction

from analytics.alerting.kinds import AlertKind
from analytics.alerting.limits import Rule
from analytics.models import AlertRule
from analytics.queries.alert_rules import rule_for
from registry.audit import record_change
from registry.models import Organization, User


@transaction.atomic
def save_rule(
    *,
    organization: Organization,
    kind: AlertKind,
    is_on: bool,
    numbers: Mapping[str, Decimal],
    actor: User | None,
) -> bool:
    """False where nothing had to change. `numbers` have been checked against
    `analytics.alerting.limits`."""
    wanted = _document(Rule(is_on, numbers))
    before = _document(rule_for(organization, kind))
    if before == wanted:
        return False
    row, _ = AlertRule.objects.update_or_create(
        organization=organization,
        kind=kind,
        defaults={
            "is_on": is_on,
            "limits": {name: f"{value:f}" for name, value in numbers.items()},
        },
    )
    record_change(
        organization=organization,
        actor=actor,
        action="alert_rule.changed",
        target=row,
        before={name: before[name] for name in wanted if before[name] != wanted[name]},
        after={name: wanted[name] for name in wanted if before[name] != wanted[name]},
    )
    return True


def _document(rule: Rule) -> dict[str, Any]:
    numbers = {name: f"{value.normalize():f}" for name, value in rule.numbers.items()}
    return {"is_on": rule.is_on, **numbers}
