"""Telling people what they should know, once; and noting that it is over or seen."""

from __future__ import annotations

import datetime

from django.db import IntegrityError, transaction
from django.db.models import Q

from analytics.alerting.finding import Finding
from analytics.alerting.kinds import AlertKind, AlertSeverity
from analytics.models import Alert, AlertMute
from analytics.models.alert import LASTING
from analytics.queries.alert_rules import rule_for
from analytics.services.alert_deliveries import plan_deliveries
from registry.audit import record_change
from registry.models import Organization, User


def raise_alert(
    organization: Organization,
    *,
    kind: AlertKind,
    occasion: str,
    title: str,
    at: datetime.datetime,
    text: str = "",
    severity: AlertSeverity = AlertSeverity.WARNING,
    address: str = "",
    subject: str = "",
    subject_label: str = "",
) -> Alert | None:
    """A new alert, on its way to the channels that take it; or None where this occasion
    was told of before or the organisation wants none of this kind. However many
    processes find it at the same time, it is told once. Without a `subject` it is the
    first two words of the occasion: `budget:12` of `budget:12:2026-11:0.8`."""
    occasion = occasion[:200]
    subject = (subject or ":".join(occasion.split(":")[:2]))[:80]
    told = Q(occasion=occasion)
    if kind in LASTING:
        told |= Q(kind=kind, subject=subject, resolved_at=None)
    rows = Alert.objects.filter(told, organization=organization)
    if rows.exists() or not rule_for(organization, kind).is_on:
        return None
    alert = Alert(
        organization=organization,
        kind=kind,
        severity=severity,
        occasion=occasion,
        subject=subject,
        subject_label=(subject_label or title)[:200],
        title=title[:200],
        text=text,
        address=address[:300],
        raised_at=at,
    )
    try:
        with transaction.atomic():
            alert.save(force_insert=True)
            if not is_muted(alert, at):
                plan_deliveries(alert, at)
    except IntegrityError:
        if rows.exists():
            return None
        raise
    return alert


def raise_finding(
    organization: Organization, finding: Finding, at: datetime.datetime
) -> Alert | None:
    return raise_alert(
        organization,
        kind=finding.kind,
        occasion=finding.occasion,
        title=finding.title,
        text=finding.text,
        at=at,
        severity=finding.severity,
        address=finding.subject.address,
        subject=finding.subject.key,
        subject_label=finding.subject.label,
    )


def resolve_alerts(
    organization: Organization,
    *,
    kind: AlertKind,
    at: datetime.datetime,
    subject: str = "",
    but_occasions: set[str] | None = None,
) -> int:
    """What the unresolved alerts of `kind` (about `subject`) say is over, but for
    those of `but_occasions`; how many that were."""
    rows = Alert.objects.filter(organization=organization, kind=kind, resolved_at=None)
    if subject:
        rows = rows.filter(subject=subject)
    return rows.exclude(occasion__in=but_occasions or ()).update(resolved_at=at)


def is_muted(alert: Alert, at: datetime.datetime) -> bool:
    covering = AlertMute.objects.in_force(at).filter(
        Q(kind="") | Q(kind=alert.kind),
        Q(subject="") | Q(subject=alert.subject),
        organization=alert.organization_id,
    )
    return covering.exists()


@transaction.atomic
def acknowledge(*, alert: Alert, actor: User, at: datetime.datetime) -> bool:
    """Somebody has seen it. False where somebody had before: who was first stays."""
    count = Alert.objects.filter(pk=alert.pk, acknowledged_at=None).update(
        acknowledged_at=at, acknowledged_by=actor
    )
    if count:
        _note(alert, actor, "alert.acknowledged", is_seen=True)
    return count == 1


@transaction.atomic
def take_acknowledgement_back(*, alert: Alert, actor: User) -> bool:
    rows = Alert.objects.filter(pk=alert.pk, acknowledged_at__isnull=False)
    count = rows.update(acknowledged_at=None, acknowledged_by=None)
    if count:
        _note(alert, actor, "alert.reopened", is_seen=False)
    return count == 1


def _note(alert: Alert, actor: User, action: str, *, is_seen: bool) -> None:
    record_change(
        organization=alert.organization,
        actor=actor,
        action=action,
        target=alert,
        before={"acknowledged": not is_seen},
        after={"acknowledged": is_seen},
    )
