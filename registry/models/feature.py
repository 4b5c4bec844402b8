from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.validators import (
    MaxValueValidator,
    MinValueValidator,
    RegexValidator,
)
from django.db import models
from django.urls import reverse

from registry.capabilities import CAPABILITY_CHOICES
from registry.models.organization import Organization

KEY_PATTERN = r"^[A-Za-z][A-Za-z0-9]*([._-][A-Za-z0-9]+)*$"
FEATURE_KEY = RegexValidator(
    KEY_PATTERN,
    "Use letters, digits, dots, dashes and underscores, as in photo-tagging.",
)


class AccuracyLevel(models.TextChoices):
    BASIC = "basic", "Basic"
    STANDARD = "standard", "Standard"
    HIGH = "high", "High"
    CRITICAL = "critical", "Critical"


class Urgency(models.TextChoices):
    BACKGROUND = "background", "Background: minutes are fine"
    INTERACTIVE = "interactive", "Interactive: a person waits"
    REALTIME = "realtime", "Real time: every second counts"


class BudgetSensitivity(models.TextChoices):
    LOW = "low", "Low: quality first"
    MEDIUM = "medium", "Medium"
    HIGH = "high", "High: cost first"


class StreamGuarantee(models.TextChoices):
    """What a stream promises when a provider fails in the middle of it."""

    FIRST_TOKEN = "first-token", "First token: fall back until the answer begins"
    CONTINUE = "continue", "Continue: another model goes on where one was cut"
    WHOLE = "whole", "Whole: nothing is sent until the answer is complete"


class Feature(models.Model):
    """A named job in the product that needs a model. The product calls the feature;
    the assignment decides which model answers."""

    organization = models.ForeignKey(
        Organization, models.CASCADE, related_name="features"
    )
    key = models.CharField(max_length=80, validators=[FEATURE_KEY])
    name = models.CharField(max_length=120)
    description = models.TextField(blank=True, max_length=2000)
    required_capabilities = ArrayField(
        models.CharField(max_length=24, choices=CAPABILITY_CHOICES),
        default=list,
        blank=True,
    )
    min_context_tokens = models.PositiveIntegerField(null=True, blank=True)
    accuracy_level = models.CharField(
        max_length=10, choices=AccuracyLevel, default=AccuracyLevel.STANDARD
    )
    urgency = models.CharField(
        max_length=12, choices=Urgency, default=Urgency.INTERACTIVE
    )
    budget_sensitivity = models.CharField(
        max_length=8, choices=BudgetSensitivity, default=BudgetSensitivity.MEDIUM
    )
    stream_guarantee = models.CharField(
        max_length=12, choices=StreamGuarantee, default=StreamGuarantee.FIRST_TOKEN
    )
    timeout_seconds = models.PositiveIntegerField(
        default=120,
        validators=[MinValueValidator(1), MaxValueValidator(3600)],
        help_text="For the whole request, all attempts together.",
    )
    hedge_after_ms = models.PositiveIntegerField(
        "second candidate after (ms)",
        null=True,
        blank=True,
        help_text="Silent for so long, the next candidate starts beside it, and "
        "whoever speaks first answers; both are paid. Empty: never.",
    )
    automatic_choice = models.JSONField(
        null=True,
        blank=True,
        help_text="How the model is chosen for each request "
        "(registry.automatic_choice); empty: the assignment alone decides.",
    )
    version = models.PositiveIntegerField(
        default=1,
        help_text="Grows with each change; a form with an older one is stale.",
    )
    archived_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering: ClassVar = ["name", "key"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "key"], name="feature_key_once_per_organization"
            )
        ]

    def __str__(self) -> str:
        return self.key

    def get_absolute_url(self) -> str:
        return reverse("registry:feature_detail", args=[self.key])
