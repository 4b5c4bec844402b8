import datetime
from typing import ClassVar, Final

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from analytics.alerting.kinds import AlertKind, AlertSeverity
from analytics.models.alert import Alert
from registry.models import Organization

TOO_OLD: Final = datetime.timedelta(days=3)
"""An alert of that age is not sent any more."""


class ChannelKind(models.TextChoices):
    EMAIL = "email", "Email"
    WEBHOOK = "webhook", "Webhook"
    SLACK = "slack", "Slack"


class AlertChannel(models.Model):
    """A way by which alerts leave ModelHub. The address of a webhook often is a secret
    itself, so that it is stored encrypted like the signing secret; both go in and never
    come out. While `previous_until` is ahead, messages are signed with the previous
    secret too."""

    ENCRYPTED_FIELDS: ClassVar = (
        "encrypted_url",
        "encrypted_secret",
        "encrypted_previous_secret",
    )

    organization = models.ForeignKey(
        Organization, models.CASCADE, related_name="alert_channels"
    )
    kind = models.CharField(max_length=8, choices=ChannelKind)
    label = models.CharField(max_length=80)
    is_on = models.BooleanField(default=True)
    min_severity = models.CharField(
        max_length=8, choices=AlertSeverity, default=AlertSeverity.WARNING
    )
    kinds = ArrayField(
        models.CharField(max_length=16, choices=AlertKind),
        default=list,
        blank=True,
        help_text="Which alerts it takes; empty: all of them.",
    )
    emails = ArrayField(models.EmailField(), default=list, blank=True)
    encrypted_url = models.TextField(blank=True, editable=False)
    url_shown = models.CharField(max_length=300, blank=True, editable=False)
    encrypted_secret = models.TextField(blank=True, editable=False)
    secret_last_four = models.CharField(max_length=4, blank=True, editable=False)
    encrypted_previous_secret = models.TextField(blank=True, editable=False)
    previous_until = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "label"], name="alert_channel_label_once"
            )
        ]

    def __str__(self) -> str:
        return self.label


class DeliveryState(models.TextChoices):
    WAITING = "waiting", "Waiting"
    SENT = "sent", "Sent"
    FAILED = "failed", "Given up"
    MUTED = "muted", "Muted"


class AlertDelivery(models.Model):
    """One alert on its way through one channel. Whoever raises `attempts` by a guarded
    update sends it; `next_try_at` is then when somebody else may try, should the worker
    have died."""

    alert = models.ForeignKey(Alert, models.CASCADE, related_name="deliveries")
    channel = models.ForeignKey(AlertChannel, models.CASCADE, related_name="deliveries")
    state = models.CharField(
        max_length=8, choices=DeliveryState, default=DeliveryState.WAITING
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=400, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["alert", "channel"], name="alert_delivery_once_per_channel"
            )
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["next_try_at"],
                condition=Q(state="waiting"),
                name="alert_delivery_due",
            )
        ]

    def __str__(self) -> str:
        return f"{self.alert} → {self.channel}"
