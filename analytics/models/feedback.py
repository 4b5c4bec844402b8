from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from registry.models import ApiToken, Organization


class Feedback(models.Model):
    """What the product says of an answer: one score of each name for a request."""

    organization = models.ForeignKey(
        Organization, models.CASCADE, related_name="feedback"
    )
    request_id = models.UUIDField()
    name = models.CharField(max_length=60, default="score")
    score = models.FloatField(
        null=True,
        blank=True,
        validators=[MinValueValidator(-1.0), MaxValueValidator(1.0)],
        help_text="From −1 to 1; a thumb is 1 or −1 (or 0).",
    )
    comment = models.CharField(max_length=2000, blank=True)
    tags = models.JSONField(default=dict, blank=True)
    token = models.ForeignKey(
        ApiToken, models.SET_NULL, null=True, blank=True, related_name="feedback"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "request_id", "name"],
                name="feedback_once_per_name",
            ),
            models.CheckConstraint(
                condition=Q(score=None) | Q(score__gte=-1, score__lte=1),
                name="feedback_score_in_range",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} of {self.request_id}"
