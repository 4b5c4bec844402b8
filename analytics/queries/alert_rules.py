"""How an organisation has set its alerts."""

from __future__ import annotations

from analytics.alerting.kinds import AlertKind
from analytics.alerting.limits import Rule, default_rule, rule_of
from analytics.models import AlertRule
from registry.models import Organization


def rules_of(organization: Organization) -> dict[AlertKind, Rule]:
    """Of every kind; one query."""
    stored = {
        one.kind: one for one in AlertRule.objects.filter(organization=organization)
    }
    return {kind: _rule(kind, stored.get(kind)) for kind in AlertKind}


def rule_for(organization: Organization, kind: AlertKind) -> Rule:
    rows = AlertRule.objects.filter(organization=organization, kind=kind)
    return _rule(kind, rows.first())


def _rule(kind: AlertKind, row: AlertRule | None) -> Rule:
    return rule_of(kind, row.is_on, row.limits) if row else default_rule(kind)
