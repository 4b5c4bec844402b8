from typing import ClassVar

from django.db import models

from registry.capabilities import CAPABILITY_CHOICES
from registry.models.ai_model import AIModel
from registry.models.connection import Connection
from registry.models.organization import Organization


class VerifiedCapability(models.Model):
    """What the last probe that could tell said of one capability of a model at a
    connection: verified, or contradicted. Processes serve it from their snapshot; the
    evidence is kept by who probed."""

    organization = models.ForeignKey(
        Organization, models.CASCADE, related_name="verified_capabilities"
    )
    connection = models.ForeignKey(
        Connection, models.CASCADE, related_name="verified_capabilities"
    )
    ai_model = models.ForeignKey(
        AIModel, models.CASCADE, related_name="verified_capabilities"
    )
    capability = models.CharField(max_length=24, choices=CAPABILITY_CHOICES)
    is_verified = models.BooleanField(help_text="False: a probe contradicts it.")
    checked_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "verified capabilities"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["connection", "ai_model", "capability"],
                name="verified_capability_once",
            )
        ]

    def __str__(self) -> str:
        verb = "verified" if self.is_verified else "contradicted"
        return f"{self.ai_model}: {self.capability} {verb}"
