from typing import ClassVar

from django.db import models
from django.db.models import Q

from registry.models import Organization


class ForecastState(models.TextChoices):
    WAITING = "waiting", "Waiting"
    RUNNING = "running", "Being made"
    DONE = "done", "Made"
    FAILED = "failed", "Failed"


class CostForecast(models.Model):
    """The newest cost forecast of an organisation: `document` is a
    `forecasting.made.MonthMade` as JSON, of `made_at`, null before the first. Whoever
    claims it sets `claimed_at`, and writes only while that still stands."""

    organization = models.OneToOneField(
        Organization, models.CASCADE, related_name="cost_forecast"
    )
    state = models.CharField(
        max_length=8, choices=ForecastState, default=ForecastState.WAITING
    )
    claimed_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField(null=True)
    document = models.JSONField(null=True)
    problem = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(made_at=None, document__isnull=True)
                | Q(made_at__isnull=False, document__isnull=False),
                name="cost_forecast_made_is_kept",
            )
        ]

    def __str__(self) -> str:
        return f"Forecast of {self.organization}"
