from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower

from registry.models.organization import Organization, Role
from registry.models.user import validate_plain_address

VALID_FOR = timedelta(days=7)


class Invitation(models.Model):
    """A link with which one person joins an organisation. Only the SHA-256 of its
    secret is kept: the link is shown once."""

    organization = models.ForeignKey(
        Organization, models.CASCADE, related_name="invitations"
    )
    email = models.EmailField(validators=[validate_plain_address])
    role = models.CharField(max_length=10, choices=Role, default=Role.VIEWER)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-created_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                "organization",
                Lower("email"),
                condition=models.Q(accepted_at=None, revoked_at=None),
                name="invitation_once_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} to {self.organization}"

    def is_open(self, now: datetime) -> bool:
        return not self.accepted_at and not self.revoked_at and now < self.expires_at

    def why_not(self, now: datetime) -> str:
        """What became of the link, in a word; empty where it still works."""
        if self.accepted_at:
            return "used"
        if self.revoked_at:
            return "withdrawn"
        return "" if now < self.expires_at else "expired"
