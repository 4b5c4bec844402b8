"""Sending again what was given up."""

from __future__ import annotations

import datetime

from django.db import transaction

from analytics.models import AlertDelivery, DeliveryState
from analytics.models.alert_channel import TOO_OLD
from analytics.services.alerts import is_muted
from registry.audit import record_change
from registry.models import User


@transaction.atomic
def retry(*, delivery: AlertDelivery, actor: User, at: datetime.datetime) -> bool:
    """Try what was given up again, from the first attempt on. False where it was not
    given up, or the alert is muted or too old to be sent."""
    alert = delivery.alert
    if alert.raised_at < at - TOO_OLD or is_muted(alert, at):
        return False
    count = AlertDelivery.objects.filter(
        pk=delivery.pk, state=DeliveryState.FAILED
    ).update(state=DeliveryState.WAITING, attempts=0, next_try_at=at, last_error="")
    if count:
        record_change(
            organization=alert.organization,
            actor=actor,
            action="alert.delivery_retried",
            target=alert,
            before=None,
            after={"channel": delivery.channel.label},
        )
    return count == 1
