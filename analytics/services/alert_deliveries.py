"""Bringing alerts to the channels of their organisation.

Each alert and channel is a row. Whoever wins a guarded update sends it; what fails is
tried again later, what was sent is never sent again, and what a killed worker left is
found when its claim has run out.
"""

from __future__ import annotations

import datetime
import logging
import time
from typing import Final

from django.conf import settings
from django.db.models import F
from django.utils import timezone

from analytics.alerting.kinds import is_at_least
from analytics.alerting.message import Message
from analytics.models import Alert, AlertChannel, AlertDelivery, DeliveryState
from analytics.models.alert_channel import TOO_OLD
from analytics.services.alert_sending import NotSent, send

BACKOFF: Final = tuple(
    datetime.timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 480, 1440)
)
"""How long to wait after each attempt that failed; after the last comes one more."""
CLAIM: Final = datetime.timedelta(minutes=2)
"""So long a sender has it for itself; sending takes less."""
BATCH: Final = 50
LONGEST_S: Final = 240.0
"""Then the next worker goes on."""

logger = logging.getLogger("modelhub.alerts")


def plan_deliveries(alert: Alert, at: datetime.datetime) -> None:
    """A row for each channel that takes this alert. What is told of the sample
    organisation never happened: it goes nowhere."""
    if alert.organization.is_sample:
        return
    channels = AlertChannel.objects.filter(
        organization=alert.organization_id, is_on=True
    )
    AlertDelivery.objects.bulk_create(
        AlertDelivery(alert=alert, channel=channel, next_try_at=at)
        for channel in channels
        if takes(channel, alert)
    )


def takes(channel: AlertChannel, alert: Alert) -> bool:
    is_wanted = not channel.kinds or alert.kind in channel.kinds
    return is_wanted and is_at_least(alert.severity, channel.min_severity)


def deliver_due() -> int:
    """Send everything that is due; how many were sent. Safe in many workers at once."""
    sent, stop = 0, time.monotonic() + LONGEST_S
    while time.monotonic() < stop:
        claimed = [row for row in _due(timezone.now()) if claim(row, timezone.now())]
        if not claimed:
            break
        sent += sum(deliver(row) for row in claimed)
    return sent


def claim(row: AlertDelivery, at: datetime.datetime) -> bool:
    """Whether this process sends it. One guarded UPDATE decides."""
    count = AlertDelivery.objects.filter(
        pk=row.pk,
        state=DeliveryState.WAITING,
        attempts=row.attempts,
        next_try_at__lte=at,
    ).update(attempts=F("attempts") + 1, next_try_at=at + CLAIM)
    row.attempts += count
    return count == 1


def deliver(row: AlertDelivery) -> bool:
    """Send what was claimed and note what came of it."""
    if row.alert.raised_at < timezone.now() - TOO_OLD:
        _settle(row, state=DeliveryState.FAILED, last_error="It was too old to send.")
        return False
    try:
        send(row.channel, Message.of(row.alert, row.pk, settings.MODELHUB_URL))
    except NotSent as error:
        _put_off(row, str(error))
        return False
    _settle(row, state=DeliveryState.SENT, sent_at=timezone.now(), last_error="")
    return True


def _due(at: datetime.datetime) -> list[AlertDelivery]:
    rows = AlertDelivery.objects.filter(
        state=DeliveryState.WAITING, next_try_at__lte=at, channel__is_on=True
    ).select_related("alert__organization", "channel__organization")
    return list(rows.order_by("next_try_at", "pk")[:BATCH])


def _put_off(row: AlertDelivery, error: str) -> None:
    logger.warning(
        "Alert %d was not sent to channel %d: %s", row.alert_id, row.channel_id, error
    )
    if row.attempts > len(BACKOFF):
        _settle(row, state=DeliveryState.FAILED, last_error=error[:400])
        return
    wait = BACKOFF[row.attempts - 1]
    _settle(row, next_try_at=timezone.now() + wait, last_error=error[:400])


def _settle(row: AlertDelivery, **facts: object) -> None:
    """Unless another worker has taken it over, or somebody muted it, meanwhile."""
    AlertDelivery.objects.filter(
        pk=row.pk, state=DeliveryState.WAITING, attempts=row.attempts
    ).update(**facts)
