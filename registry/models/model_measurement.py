from typing import ClassVar

from django.db import models
from django.db.models import Q

from registry.measured import Indicator, Measured, MeasuredBy
from registry.models.ai_model import AIModel
from registry.models.organization import Organization


class ModelMeasurement(models.Model):
    """What an organisation measured of a model, as cards and comparisons show it
    (`registry.measured.Measured`). Who measured it keeps the evidence and writes these
    rows anew; nothing is served from them."""

    organization = models.ForeignKey(
        Organization, models.CASCADE, related_name="model_measurements"
    )
    ai_model = models.ForeignKey(AIModel, models.CASCADE, related_name="measurements")
    indicator = models.CharField(
        max_length=11, choices=[(one.value, one.name.capitalize()) for one in Indicator]
    )
    measured_by = models.CharField(
        max_length=10,
        choices=[(one.value, one.name.capitalize()) for one in MeasuredBy],
    )
    value = models.FloatField()
    low = models.FloatField(null=True, blank=True)
    high = models.FloatField(null=True, blank=True)
    count = models.PositiveBigIntegerField(help_text="Cases or calls.")
    measured_on = models.DateField()
    evidence = models.CharField(max_length=200, blank=True, help_text="Of a page.")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "ai_model", "indicator", "measured_by"],
                name="model_measurement_once",
            ),
            models.CheckConstraint(
                condition=Q(low=None, high=None) | Q(low__lte=models.F("high")),
                name="model_measurement_ends_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ai_model}: {self.measured.words}"

    @property
    def measured(self) -> Measured:
        return Measured(
            indicator=Indicator(self.indicator),
            measured_by=MeasuredBy(self.measured_by),
            value=self.value,
            low=self.low,
            high=self.high,
            count=self.count,
            measured_on=self.measured_on,
            evidence=self.evidence,
        )
