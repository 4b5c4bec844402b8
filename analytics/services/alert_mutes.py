"""Keeping alerts quiet for a while, or for good."""

from __future__ import annotations

import datetime

from django.db import transaction
from django.db.models import Q

from analytics.models import AlertDelivery, AlertMute, DeliveryState
from registry.audit import record_change
from registry.models import Organization, User


@transaction.atomic
def add_mute(
    *,
    organization: Organization,
    actor: User,
    at: datetime.datetime,
    kind: str = "",
    subject: str = "",
    subject_label: str = "",
    until: datetime.datetime | None = None,
    reason: str = "",
) -> AlertMute:
    """Silence alerts of `kind` about `subject` (either may be empty: each of them)
    until a time or, without one, for ever. What waits to be sent of them is not sent.
    Raises ValidationError for a mute of nothing."""
    mute = AlertMute(
        organization=organization,
        kind=kind,
        subject=subject,
        subject_label=subject_label[:200],
        until=until,
        reason=reason,
        created_at=at,
        created_by=actor,
    )
    mute.full_clean()
    mute.save()
    _silence(mute)
    _note(mute, actor, "alert_mute.added", None, _document(mute))
    return mute


@transaction.atomic
def end_mute(*, mute: AlertMute, actor: User, at: datetime.datetime) -> bool:
    """Alerts are counted and sent again from now on. False where it had ended."""
    count = AlertMute.objects.filter(pk=mute.pk, ended_at=None).update(ended_at=at)
    if count:
        _note(mute, actor, "alert_mute.ended", _document(mute), None)
    return count == 1


@transaction.atomic
def restore_mute(*, mute: AlertMute, actor: User) -> bool:
    """Take its end back."""
    rows = AlertMute.objects.filter(pk=mute.pk, ended_at__isnull=False)
    count = rows.update(ended_at=None)
    if count:
        _silence(mute)
        _note(mute, actor, "alert_mute.restored", None, _document(mute))
    return count == 1


def _silence(mute: AlertMute) -> None:
    covered = Q(alert__organization=mute.organization_id)
    if mute.kind:
        covered &= Q(alert__kind=mute.kind)
    if mute.subject:
        covered &= Q(alert__subject=mute.subject)
    waiting = AlertDelivery.objects.filter(covered, state=DeliveryState.WAITING)
    waiting.update(state=DeliveryState.MUTED)


def _document(mute: AlertMute) -> dict[str, str]:
    until = f"{mute.until:%Y-%m-%d %H:%M} UTC" if mute.until else "for ever"
    return {"muted": mute.what, "until": until, "reason": mute.reason}


def _note(
    mute: AlertMute,
    actor: User,
    action: str,
    before: dict[str, str] | None,
    after: dict[str, str] | None,
) -> None:
    record_change(
        organization=mute.organization,
        actor=actor,
        action=action,
        target=mute,
        before=before,
        after=after,
    )
