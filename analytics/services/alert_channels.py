"""Channels by which alerts leave: added, changed, taken away, tried."""

from __future__ import annotations

import datetime
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from analytics.alerting.kinds import AlertSeverity
from analytics.alerting.message import TEST, Message
from analytics.models import AlertChannel, ChannelKind
from analytics.services.alert_sending import send
from registry.audit import record_change
from registry.key_ring import encrypt
from registry.models import Organization, User

OVERLAP: Final = datetime.timedelta(days=1)
"""So long messages are signed with the replaced secret too."""


@dataclass(frozen=True)
class ChannelFacts:
    """What a person sets. An empty `url` or `secret` leaves what is stored."""

    label: str
    is_on: bool
    min_severity: str
    kinds: Sequence[str]
    emails: Sequence[str] = ()
    url: str = ""
    secret: str = ""


@transaction.atomic
def add_channel(
    *, organization: Organization, kind: ChannelKind, facts: ChannelFacts, actor: User
) -> tuple[AlertChannel, str]:
    """The channel and the secret with which it signs, in clear for this one time; empty
    where it does not sign. Raises ValidationError."""
    channel = AlertChannel(organization=organization, kind=kind)
    secret = ""
    if kind == ChannelKind.WEBHOOK:
        secret = facts.secret or new_secret()
        _put_secret(channel, secret)
    _put(channel, facts)
    channel.full_clean()
    channel.save()
    _note(channel, actor, "alert_channel.added", None, _document(channel))
    return channel, secret


@transaction.atomic
def edit_channel(*, channel: AlertChannel, facts: ChannelFacts, actor: User) -> bool:
    """False where nothing had to change. Raises ValidationError."""
    locked = AlertChannel.objects.select_for_update().get(pk=channel.pk)
    before = _document(locked)
    _put(locked, facts)
    locked.full_clean()
    after = _document(locked)
    if facts.url:
        after["address"] += " (entered again)" * (before["address"] == after["address"])
    if before == after:
        return False
    locked.save()
    changed = [name for name in after if before[name] != after[name]]
    _note(
        locked,
        actor,
        "alert_channel.edited",
        {name: before[name] for name in changed},
        {name: after[name] for name in changed},
    )
    return True


@transaction.atomic
def replace_secret(*, channel: AlertChannel, actor: User, secret: str = "") -> str:
    """The new secret, in clear for this one time. The one before signs along for a day,
    so that receivers can be changed without losing a message."""
    locked = AlertChannel.objects.select_for_update().get(pk=channel.pk)
    before = locked.secret_last_four
    locked.encrypted_previous_secret = locked.encrypted_secret
    locked.previous_until = timezone.now() + OVERLAP
    chosen = secret or new_secret()
    _put_secret(locked, chosen)
    locked.save()
    _note(
        locked,
        actor,
        "alert_channel.secret_replaced",
        {"secret": f"…{before}"},
        {"secret": f"…{locked.secret_last_four}"},
    )
    return chosen


@transaction.atomic
def delete_channel(*, channel: AlertChannel, actor: User) -> None:
    """With its deliveries; its address and secret are gone for good."""
    _note(channel, actor, "alert_channel.deleted", _document(channel), None)
    channel.delete()


def send_test(channel: AlertChannel, by: str) -> str:
    """Send a message that says it is a test; what was answered. Raises NotSent."""
    base = settings.MODELHUB_URL
    return send(
        channel,
        Message(
            delivery=f"test-{secrets.token_hex(8)}",
            alert_id=None,
            kind=TEST,
            severity=AlertSeverity.INFO,
            title="A test of ModelHub's alerts",
            text=f"{by} sent this to see whether {channel.label} works. All is well.",
            subject=TEST,
            organization=channel.organization.name,
            raised_at=timezone.now().isoformat(),
            link=f"{base.rstrip('/')}/alerts/" if base else "",
        ),
    )


def new_secret() -> str:
    return f"whsec_{secrets.token_urlsafe(32)}"


def shown_url(url: str) -> str:
    """An address without what may be secret in it: host and last four characters."""
    parts = urlsplit(url)
    rest = url[len(f"{parts.scheme}://{parts.netloc}") :]
    tail = rest[-4:] if len(rest) > 12 else ""
    return f"{parts.scheme}://{parts.netloc}" + (f"/…{tail}" if rest.strip("/") else "")


def _put(channel: AlertChannel, facts: ChannelFacts) -> None:
    channel.label = facts.label
    channel.is_on = facts.is_on
    channel.min_severity = facts.min_severity
    channel.kinds = list(facts.kinds)
    if channel.kind == ChannelKind.EMAIL:
        channel.emails = list(facts.emails)
    elif facts.url:
        channel.encrypted_url = encrypt(facts.url)
        channel.url_shown = shown_url(facts.url)[:300]


def _put_secret(channel: AlertChannel, secret: str) -> None:
    channel.encrypted_secret = encrypt(secret)
    channel.secret_last_four = secret[-4:]


def _document(channel: AlertChannel) -> dict[str, Any]:
    """What of a channel stands in the audit log."""
    return {
        "name": channel.label,
        "is_on": channel.is_on,
        "least_severity": channel.min_severity,
        "kinds": ", ".join(channel.kinds) or "all",
        "address": ", ".join(channel.emails) or channel.url_shown,
    }


def _note(
    channel: AlertChannel,
    actor: User,
    action: str,
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
) -> None:
    record_change(
        organization=channel.organization,
        actor=actor,
        action=action,
        target=channel,
        before=before,
        after=after,
    )
