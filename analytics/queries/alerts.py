"""Alerts for pages and the API."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any, Final, Self

from django.db.models import BooleanField, ExpressionWrapper, Prefetch, Q

from analytics.alerting.kinds import AlertKind
from analytics.models import (
    Alert,
    AlertChannel,
    AlertDelivery,
    AlertMute,
    DeliveryState,
)
from analytics.models.alert import AlertQuerySet
from analytics.models.alert_channel import TOO_OLD
from registry.models import Organization

PAGE: Final = 30
OPEN, SEEN, MUTED, OVER = "open", "acknowledged", "muted", "over"
STATES: Final = (OPEN, SEEN, MUTED, OVER)


@dataclass(frozen=True)
class AlertFilter:
    """Empty: everything. `state` is one of STATES."""

    state: str = ""
    kind: str = ""
    severity: str = ""


@dataclass(frozen=True)
class Position:
    """Where a page ends."""

    raised_at: datetime.datetime
    pk: int

    @classmethod
    def from_cursor(cls, text: str) -> Self:
        """Raises ValueError for what is no cursor."""
        moment, _, pk = text.rpartition("_")
        raised_at = datetime.datetime.fromisoformat(moment)
        if raised_at.tzinfo is None or not 0 <= int(pk) < 2**63:
            raise ValueError("That page does not exist.")
        return cls(raised_at, int(pk))

    @property
    def cursor(self) -> str:
        return f"{self.raised_at.astimezone(datetime.UTC).isoformat()}_{self.pk}"


@dataclass(frozen=True)
class AlertPage:
    alerts: list[Any]
    older: str


def open_count(organization: Organization, at: datetime.datetime) -> int:
    return Alert.objects.filter(organization=organization).open(at).count()


def open_alerts(
    organization: Organization, at: datetime.datetime, most: int = 5
) -> list[Alert]:
    """Those that wait for a person, the newest first."""
    rows = Alert.objects.filter(organization=organization).open(at)
    return list(rows.order_by("-raised_at", "-pk")[:most])


def alert_page(
    organization: Organization,
    chosen: AlertFilter,
    at: datetime.datetime,
    before: Position | None = None,
    size: int = PAGE,
) -> AlertPage:
    """Newest first, each with `is_muted` and its deliveries (with `can_retry`); `older`
    is the cursor of the next page or empty. Two queries."""
    rows = matching(organization, chosen, at)
    if before is not None:
        earlier = Q(raised_at=before.raised_at, pk__lt=before.pk)
        rows = rows.filter(Q(raised_at__lt=before.raised_at) | earlier)
    can_retry = Q(state=DeliveryState.FAILED, alert__raised_at__gt=at - TOO_OLD)
    deliveries = (
        AlertDelivery.objects.select_related("channel")
        .annotate(can_retry=ExpressionWrapper(can_retry, BooleanField()))
        .order_by("pk")
    )
    found = list(
        rows.select_related("acknowledged_by")
        .prefetch_related(Prefetch("deliveries", deliveries))
        .order_by("-raised_at", "-pk")[: size + 1]
    )
    shown = found[:size]
    if len(found) <= size:
        return AlertPage(shown, "")
    return AlertPage(shown, Position(shown[-1].raised_at, shown[-1].pk).cursor)


def matching(
    organization: Organization, chosen: AlertFilter, at: datetime.datetime
) -> AlertQuerySet:
    rows = Alert.objects.filter(organization=organization).with_muted(at)
    if chosen.kind:
        rows = rows.filter(kind=chosen.kind)
    if chosen.severity:
        rows = rows.filter(severity=chosen.severity)
    if chosen.state == OPEN:
        return rows.open(at)
    if chosen.state == SEEN:
        return rows.filter(acknowledged_at__isnull=False)
    if chosen.state == MUTED:
        return rows.muted(at)
    if chosen.state == OVER:
        return rows.filter(resolved_at__isnull=False)
    return rows


def mutes_in_force(
    organization: Organization, at: datetime.datetime
) -> list[AlertMute]:
    rows = AlertMute.objects.in_force(at).filter(organization=organization)
    return list(rows.select_related("created_by").order_by("-created_at", "-pk"))


@dataclass(frozen=True)
class ChannelLine:
    """A channel with what became of its last delivery, and how many wait or were given
    up in the last week."""

    channel: AlertChannel
    last: AlertDelivery | None
    waiting: int
    failed: int

    @property
    def kind_labels(self) -> str:
        labels = [str(AlertKind(one).label) for one in self.channel.kinds]
        return ", ".join(labels) or "All kinds"


def channel_lines(
    organization: Organization, at: datetime.datetime
) -> list[ChannelLine]:
    week = at - datetime.timedelta(days=7)
    rows = AlertDelivery.objects.filter(
        channel__organization=organization, alert__raised_at__gt=week
    ).order_by("pk")
    by_channel: dict[int, list[AlertDelivery]] = {}
    for row in rows:
        by_channel.setdefault(row.channel_id, []).append(row)
    channels = AlertChannel.objects.filter(organization=organization)
    return [
        _line(one, by_channel.get(one.pk, [])) for one in channels.order_by("label")
    ]


def _line(channel: AlertChannel, rows: list[AlertDelivery]) -> ChannelLine:
    tried = [row for row in rows if row.attempts]
    states = [row.state for row in rows]
    return ChannelLine(
        channel,
        tried[-1] if tried else None,
        states.count(DeliveryState.WAITING),
        states.count(DeliveryState.FAILED),
    )
