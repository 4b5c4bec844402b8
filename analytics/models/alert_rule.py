from typing import ClassVar

from django.db import models

from analytics.alerting.kinds import AlertKind
from registry.models import Organization


class AlertRule(models.Model):
    """What an organisation has set for alerts of one kind; without a row the defaults
    of `analytics.alerting.limits` hold."""

    organization = models.ForeignKey(
        Organization, models.CASCADE, related_name="alert_rules"
    )
    kind = models.CharField(max_length=16, choices=AlertKind)
    is_on = models.BooleanField(default=True)
    limits = models.JSONField(
        default=dict,
        help_text="Numbers as text by name; see analytics.alerting.limits.",
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "kind"], name="alert_rule_once_per_kind"
            )
        ]

    def __str__(self) -> str:
        return AlertKind(self.kind).label
