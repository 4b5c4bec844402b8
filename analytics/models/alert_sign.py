from typing import ClassVar

from django.db import models

from registry.models import Organization


class AlertSign(models.Model):
    """Something that looks wrong since `since` and is told of only when it stays so."""

    organization = models.ForeignKey(
        Organization, models.CASCADE, related_name="alert_signs"
    )
    subject = models.CharField(max_length=80)
    since = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "subject"], name="alert_sign_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.subject} since {self.since:%Y-%m-%d %H:%M}"
