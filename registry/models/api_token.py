from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from registry.models.organization import Organization


class TokenScope(models.TextChoices):
    GATEWAY = "gateway", "Call models through the gateway"
    FEEDBACK = "feedback", "Send feedback about answers"
    PROMPTS = "prompts", "Read prompts"
    USAGE = "usage", "Send in usage that was made elsewhere"
    READ = "read", "Read everything over the management API"
    WRITE = "write", "Change over it what an editor may change"
    ADMIN = "admin", "Do over it what an admin may do"


class ApiToken(models.Model):
    """What a product signs in with at the gateway. Only its SHA-256 is kept: the text
    is 256 random bits, so that a slow hash would add nothing."""

    organization = models.ForeignKey(
        Organization, models.CASCADE, related_name="api_tokens"
    )
    label = models.CharField(max_length=80)
    prefix = models.CharField(max_length=12, editable=False)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    scopes = ArrayField(
        models.CharField(max_length=20, choices=TokenScope), default=list
    )
    feature_keys = ArrayField(
        models.CharField(max_length=80),
        default=list,
        blank=True,
        help_text="The only features that it may call; empty: every call.",
    )
    profile = models.ForeignKey(
        "registry.Profile",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="api_tokens",
    )
    follows_owner = models.BooleanField(
        default=False, help_text="Without a profile: that of whoever made the token."
    )
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["-created_at", "-id"]

    def __str__(self) -> str:
        return f"{self.label} ({self.prefix}…)"
