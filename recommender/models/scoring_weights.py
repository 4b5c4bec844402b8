from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from recommender.scoring.weights import Weights
from registry.models import Organization

SHARES = [MinValueValidator(0.0), MaxValueValidator(100.0)]


class ScoringWeights(models.Model):
    """What counts how much for a use case, as the organisation wants it. Only their
    proportions count."""

    organization = models.ForeignKey(
        Organization, models.CASCADE, related_name="scoring_weights"
    )
    use_case = models.CharField(max_length=40)
    suitability = models.FloatField(validators=SHARES)
    quality = models.FloatField(validators=SHARES)
    latency = models.FloatField(validators=SHARES)
    reliability = models.FloatField(validators=SHARES)
    cost = models.FloatField(validators=SHARES)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering: ClassVar = ["use_case"]
        verbose_name_plural = "scoring weights"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "use_case"], name="scoring_weights_once"
            ),
            models.CheckConstraint(
                condition=Q(suitability__gte=0)
                & Q(quality__gte=0)
                & Q(latency__gte=0)
                & Q(reliability__gte=0)
                & Q(cost__gte=0),
                name="scoring_weights_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(
                    suitability__gt=-F("quality")
                    - F("latency")
                    - F("reliability")
                    - F("cost")
                ),
                name="scoring_weights_not_all_zero",
            ),
        ]

    def __str__(self) -> str:
        return f"Weights of {self.use_case}"

    @property
    def weights(self) -> Weights:
        return Weights(
            suitability=self.suitability,
            quality=self.quality,
            latency=self.latency,
            reliability=self.reliability,
            cost=self.cost,
        )
