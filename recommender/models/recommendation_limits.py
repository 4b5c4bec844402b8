from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from registry.models import Organization


class RecommendationLimits(models.Model):
    """What an organisation asks of every recommendation. No row: the defaults."""

    organization = models.OneToOneField(
        Organization, models.CASCADE, related_name="recommendation_limits"
    )
    margin_points = models.FloatField(
        "quality may fall by at most (points of 100)",
        default=2.0,
        validators=[MinValueValidator(0.1), MaxValueValidator(50.0)],
        help_text="The whole 95 % interval of a paired benchmark must stay above it.",
    )
    least_success_percent = models.FloatField(
        "calls that go well, at least (%)",
        default=95.0,
        validators=[MinValueValidator(0.0), MaxValueValidator(100.0)],
        help_text="Of a candidate's own calls, where there are enough of them.",
    )
    least_quality = models.FloatField(
        "quality of every feature, at least (points of 100)",
        null=True,
        blank=True,
        validators=[MinValueValidator(0.0), MaxValueValidator(100.0)],
        help_text="A model that is shown to lie below is to be replaced. Empty: any.",
    )
    least_saving_usd = models.DecimalField(
        "a change saves at least ($ a month)",
        max_digits=12,
        decimal_places=2,
        default=Decimal(1),
        validators=[MinValueValidator(Decimal(0))],
    )
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name_plural = "recommendation limits"

    def __str__(self) -> str:
        return f"Limits of {self.organization}"
