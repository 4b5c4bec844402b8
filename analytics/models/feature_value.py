from decimal import Decimal
from typing import ClassVar

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q

from registry.models import Feature


class FeatureValue(models.Model):
    """What one successful request of a feature is worth to the organisation, in US
    dollars. None: nobody says so any more."""

    feature = models.OneToOneField(Feature, models.CASCADE, related_name="value")
    usd = models.DecimalField(
        max_digits=14,
        decimal_places=6,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0))],
    )
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(usd=None) | Q(usd__gte=0),
                name="feature_value_not_negative",
            )
        ]

    def __str__(self) -> str:
        return f"Value of {self.feature}"
