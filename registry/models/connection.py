from typing import ClassVar

from django.core.validators import MinValueValidator
from django.db import models

from registry.models.ai_model import AIModel
from registry.models.organization import Organization
from registry.models.provider import Provider


class ConnectionState(models.TextChoices):
    """What the last check said."""

    UNCHECKED = "unchecked", "Not checked yet"
    CONNECTED = "connected", "Connected"
    KEY_REJECTED = "key_rejected", "Key rejected"
    KEY_UNREADABLE = "key_unreadable", "Enter the key again"
    UNREACHABLE = "unreachable", "Not reachable"
    FAILING = "failing", "Failing"


class Backoff(models.TextChoices):
    EXPONENTIAL = "exponential", "Exponential with jitter"
    LINEAR = "linear", "Linear"


class Connection(models.Model):
    """An organisation's credentials and address at a provider. The key is stored
    encrypted (`registry.key_ring`) or named by an environment variable; it goes in
    and never comes out."""

    ENCRYPTED_FIELDS: ClassVar = ("encrypted_key", "encrypted_headers")

    organization = models.ForeignKey(
        Organization, models.CASCADE, related_name="connections"
    )
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="connections")
    label = models.CharField(max_length=80)
    encrypted_key = models.TextField(blank=True, editable=False)
    key_last_four = models.CharField(max_length=4, blank=True, editable=False)
    key_variable = models.CharField(
        "environment variable",
        max_length=120,
        blank=True,
        help_text="Read the key from this variable instead of storing it.",
    )
    base_url = models.CharField(
        "base URL",
        max_length=400,
        blank=True,
        help_text="Empty: the provider's own address.",
    )
    encrypted_headers = models.TextField(
        blank=True, editable=False, help_text="JSON object, encrypted like the key."
    )
    header_names = models.JSONField(default=list, blank=True, editable=False)
    is_enabled = models.BooleanField(default=True)
    position = models.PositiveSmallIntegerField(
        default=1, help_text="Of several connections at a provider the lowest is used."
    )
    requests_per_minute = models.PositiveIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1)]
    )
    tokens_per_minute = models.PositiveBigIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1)]
    )
    max_retries = models.PositiveSmallIntegerField(default=2)
    backoff = models.CharField(
        max_length=12, choices=Backoff, default=Backoff.EXPONENTIAL
    )
    timeout_seconds = models.PositiveIntegerField(
        default=120, validators=[MinValueValidator(1)]
    )
    state = models.CharField(
        max_length=16, choices=ConnectionState, default=ConnectionState.UNCHECKED
    )
    state_reason = models.CharField(max_length=400, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    latency_ms = models.PositiveIntegerField(null=True, blank=True)
    discovered_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(
        default=1,
        help_text="Grows with each change; a form with an older one is stale.",
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering: ClassVar = ["provider__name", "position", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "provider", "label"],
                name="connection_label_once_per_provider",
            )
        ]

    def __str__(self) -> str:
        return f"{self.provider.slug}: {self.label}"


class ConnectionModel(models.Model):
    """A model that a connection offers, or offered once: what discovery found."""

    connection = models.ForeignKey(
        Connection, models.CASCADE, related_name="offered_models"
    )
    ai_model = models.ForeignKey(
        AIModel, models.CASCADE, related_name="connection_models"
    )
    is_available = models.BooleanField(default=True)
    offered_as = models.CharField(
        max_length=200,
        blank=True,
        help_text="The name it is offered under, where that is not its own.",
    )
    is_loaded = models.BooleanField(
        null=True, blank=True, help_text="In memory now; only local servers say so."
    )
    size_bytes = models.PositiveBigIntegerField(null=True, blank=True)
    reason = models.CharField(max_length=400, blank=True)
    changed_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["connection", "ai_model"], name="connection_model_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.ai_model} at {self.connection}"
