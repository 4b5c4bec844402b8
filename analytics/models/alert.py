from __future__ import annotations

import datetime
from typing import ClassVar, Final, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q

from analytics.alerting.kinds import AlertKind, AlertSeverity
from analytics.models.alert_mute import AlertMute
from registry.models import Organization

LASTING: Final = (
    AlertKind.SUCCESS_DROP,
    AlertKind.LATENCY_RISE,
    AlertKind.CONNECTION_DOWN,
)
"""Kinds that begin and end: of one subject only one such alert is unresolved."""


ICONS: Final = {
    AlertKind.BUDGET: "wallet",
    AlertKind.COST_ANOMALY: "chart",
    AlertKind.SUCCESS_DROP: "warn",
    AlertKind.LATENCY_RISE: "clock",
    AlertKind.CONNECTION_DOWN: "plug",
    AlertKind.PRICE_CHANGE: "tag",
    AlertKind.RETIREMENT: "stop",
}


class AlertQuerySet(models.QuerySet["Alert"]):
    def with_muted(self, at: datetime.datetime) -> Self:
        """Each with `is_muted`: a mute in force at `at` covers it."""
        return self.annotate(is_muted=_mutes(at))

    def muted(self, at: datetime.datetime) -> Self:
        return self.filter(_mutes(at))

    def open(self, at: datetime.datetime) -> Self:
        """What waits for a person: not over, not acknowledged, not muted."""
        return self.filter(~_mutes(at), resolved_at=None, acknowledged_at=None)


def _mutes(at: datetime.datetime) -> Exists:
    mutes = AlertMute.objects.in_force(at).filter(
        Q(kind="") | Q(kind=OuterRef("kind")),
        Q(subject="") | Q(subject=OuterRef("subject")),
        organization=OuterRef("organization"),
    )
    return Exists(mutes)


class Alert(models.Model):
    """Something that a person should know. `occasion` names what it is about and when
    (`budget:12:2026-11:0.8`); an organisation hears of each occasion once. `subject`
    names what it is about alone (`budget:12`), for muting; `subject_label` says it."""

    organization = models.ForeignKey(
        Organization, models.CASCADE, related_name="alerts"
    )
    kind = models.CharField(max_length=16, choices=AlertKind)
    severity = models.CharField(
        max_length=8, choices=AlertSeverity, default=AlertSeverity.WARNING
    )
    occasion = models.CharField(max_length=200)
    subject = models.CharField(max_length=80, blank=True)
    subject_label = models.CharField(max_length=200, blank=True)
    title = models.CharField(max_length=200)
    text = models.TextField(blank=True)
    address = models.CharField(
        max_length=300, blank=True, help_text="The page of what it is about."
    )
    raised_at = models.DateTimeField()
    resolved_at = models.DateTimeField(
        null=True, blank=True, help_text="What it is about is over."
    )
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )

    objects = AlertQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "occasion"], name="alert_once_per_occasion"
            ),
            # Two workers on either side of an hour's end find two occasions of one
            # thing that lasts.
            models.UniqueConstraint(
                fields=["organization", "kind", "subject"],
                condition=Q(resolved_at=None, kind__in=[str(one) for one in LASTING]),
                name="alert_one_unresolved_per_subject",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["organization", "-raised_at", "-id"], name="alert_newest_first"
            ),
            # The count beside the bell, on every page.
            models.Index(
                fields=["organization"],
                condition=Q(resolved_at=None, acknowledged_at=None),
                name="alert_open",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def icon_name(self) -> str:
        return ICONS[AlertKind(self.kind)]
