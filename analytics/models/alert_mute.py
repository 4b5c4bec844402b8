from __future__ import annotations

import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from analytics.alerting.kinds import AlertKind
from registry.models import Organization


class AlertMuteQuerySet(models.QuerySet["AlertMute"]):
    def in_force(self, at: datetime.datetime) -> Self:
        return self.filter(Q(until=None) | Q(until__gt=at), ended_at=None)


class AlertMute(models.Model):
    """Alerts of `kind` about `subject` are listed but sent nowhere and not counted. An
    empty kind or subject means each of them; not both are empty. Without `until` it
    holds until a person ends it."""

    organization = models.ForeignKey(
        Organization, models.CASCADE, related_name="alert_mutes"
    )
    kind = models.CharField(max_length=16, choices=AlertKind, blank=True)
    subject = models.CharField(max_length=80, blank=True)
    subject_label = models.CharField(max_length=200, blank=True)
    until = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = AlertMuteQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(kind="", subject=""), name="alert_mute_is_of_something"
            )
        ]
        indexes: ClassVar = [
            # Asked for each alert of a page and of the count beside the bell.
            models.Index(
                fields=["organization"],
                condition=Q(ended_at=None),
                name="alert_mute_unended",
            )
        ]

    def __str__(self) -> str:
        return self.what

    @property
    def what(self) -> str:
        """What it silences, in words."""
        kind = AlertKind(self.kind).label if self.kind else "Everything"
        if not self.subject:
            return f"{kind}: all alerts of this kind"
        return f"{kind}: {self.subject_label or self.subject}"
