"""Watching connections, prices and the days on which models retire."""

from __future__ import annotations

import datetime

from analytics.alerting import wording
from analytics.alerting.kinds import AlertKind
from analytics.alerting.limits import Rule
from analytics.alerting.price_change import Tokens, bill_change_usd, rate_changes
from analytics.alerting.retirement import notice
from analytics.models import Alert, AlertSign
from analytics.queries.alert_evidence import model_subject, used_models
from analytics.queries.alert_rules import rules_of
from analytics.queries.alert_things import (
    ConnectionHealth,
    connection_health,
    new_prices,
    retiring,
)
from analytics.services.alerts import raise_finding, resolve_alerts
from registry.models import Organization
from registry.queries.model_uses import models_in_use


def watch_connections(organization: Organization, at: datetime.datetime) -> list[Alert]:
    """Connections that do not work, once they have not for a while."""
    rule = rules_of(organization)[AlertKind.CONNECTION_DOWN]
    raised = []
    known = connection_health(organization, at)
    for health in known:
        if health.state and rule.is_on:
            raised.append(_down(organization, health, rule, at))
        else:
            _up(organization, health.subject.key, at)
    _forget_others(organization, known, at)
    return [one for one in raised if one is not None]


def watch_prices(
    organization: Organization, at: datetime.datetime, rule: Rule
) -> list[Alert]:
    """New prices of models that were used in the last 30 days."""
    if not rule.is_on:
        return []
    used = used_models(organization, at)
    raised = []
    for new in new_prices(organization, used, at):
        before, after = new.before.rates.document, new.after.rates.document
        changes = rate_changes(before, after, rule["floor_percent"])
        if not changes:
            continue
        _, tokens = used.get(new.ai_model.pk, (0, Tokens()))
        finding = wording.price_change(
            model_subject(new.ai_model),
            new.price.pk,
            changes,
            bill_change_usd(before, after, tokens),
            new.effective_from,
            at,
        )
        raised.append(raise_finding(organization, finding, at))
    return [one for one in raised if one is not None]


def watch_retirements(
    organization: Organization, at: datetime.datetime, rule: Rule
) -> list[Alert]:
    """Models that are assigned or were called and that a provider takes away soon."""
    if not rule.is_on:
        return []
    used = used_models(organization, at)
    assigned = models_in_use(organization)
    today = at.astimezone(organization.zone).date()
    until = today + datetime.timedelta(days=int(max(rule.numbers.values())))
    findings = []
    for ai_model in retiring(organization, {*used, *assigned}, until):
        assert ai_model.retired_on is not None  # noqa: S101  # asked for
        told = notice(ai_model.retired_on, today, rule)
        if told is None:
            continue
        calls, _ = used.get(ai_model.pk, (0, Tokens()))
        names = assigned.get(ai_model.pk, [])
        if told.days < 0 and not names:
            continue  # Nobody can call it any more, and nothing would.
        subject = model_subject(ai_model)
        findings.append(
            wording.retirement(subject, told, ai_model.retired_on, names, calls)
        )
    resolve_alerts(
        organization,
        kind=AlertKind.RETIREMENT,
        at=at,
        but_occasions={one.occasion for one in findings},
    )
    raised = (raise_finding(organization, one, at) for one in findings)
    return [one for one in raised if one is not None]


def _down(
    organization: Organization,
    health: ConnectionHealth,
    rule: Rule,
    at: datetime.datetime,
) -> Alert | None:
    sign, _ = AlertSign.objects.get_or_create(
        organization=organization, subject=health.subject.key, defaults={"since": at}
    )
    if at - sign.since < datetime.timedelta(minutes=int(rule["after_minutes"])):
        return None
    finding = wording.connection_down(
        health.subject,
        health.state,
        health.reason,
        sign.since,
        is_whole=health.is_whole,
    )
    return raise_finding(organization, finding, at)


def _up(organization: Organization, subject: str, at: datetime.datetime) -> None:
    AlertSign.objects.filter(organization=organization, subject=subject).delete()
    kind = AlertKind.CONNECTION_DOWN
    resolve_alerts(organization, kind=kind, subject=subject, at=at)


def _forget_others(
    organization: Organization, known: list[ConnectionHealth], at: datetime.datetime
) -> None:
    """Connections that were deleted are down no more."""
    subjects = [one.subject.key for one in known]
    gone = AlertSign.objects.filter(organization=organization)
    gone.filter(subject__startswith="connection:").exclude(
        subject__in=subjects
    ).delete()
    Alert.objects.filter(
        organization=organization, kind=AlertKind.CONNECTION_DOWN, resolved_at=None
    ).exclude(subject__in=subjects).update(resolved_at=at)
