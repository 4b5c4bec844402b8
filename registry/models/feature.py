from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
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
