from typing import ClassVar

from django.db import models


class IdempotentAnswer(models.Model):
    """What the management API answered to a call with an `Idempotency-Key`, so that the
    same call is answered the same and done once. Deleted a day later."""

    owner = models.CharField(
        max_length=60, help_text="Who called: token:5, or person:3@2 of organisation 2."
    )
    key = models.CharField(max_length=200)
    fingerprint = models.CharField(
        max_length=64, help_text="SHA-256 of method, address and body."
    )
    status = models.PositiveSmallIntegerField()
    headers = models.JSONField(default=dict)
    body = models.BinaryField()
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["owner", "key"], name="idempotency_key_once_per_owner"
            )
        ]

    def __str__(self) -> str:
        return f"{self.owner} {self.key}"
