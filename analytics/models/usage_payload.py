from typing import ClassVar

from django.db import models

from registry.models import Organization


class UsagePayload(models.Model):
    """Prompt and answer of one call, kept only where the organisation asks for it,
    until `expires_at`."""

    organization = models.ForeignKey(
        Organization, models.CASCADE, related_name="usage_payloads"
    )
    request_id = models.UUIDField()
    attempt = models.SmallIntegerField()
    request_text = models.TextField(blank=True)
    answer_text = models.TextField(blank=True)
    is_truncated = models.BooleanField(
        default=False, help_text="Cut at 256 KB each for request and answer."
    )
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "request_id", "attempt"],
                name="usage_payload_once_per_attempt",
            )
        ]
        indexes: ClassVar = [
            # The purge of what is past its time.
            models.Index(fields=["expires_at"], name="usage_payload_expiry"),
        ]

    def __str__(self) -> str:
        return f"{self.request_id} attempt {self.attempt}"
