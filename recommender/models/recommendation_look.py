from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from registry.models import Organization


class LookState(models.TextChoices):
    QUEUED = "queued", "Waiting"
    RUNNING = "running", "Looking"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"


UNFINISHED = (LookState.QUEUED, LookState.RUNNING)


class RecommendationLook(models.Model):
    """One look at all features of an organisation. What is to be done stands here; a
    worker claims it, and a sweeper ends what a killed worker left. `report` tells of
    each feature, by its key, what came of it."""

    organization = models.ForeignKey(
        Organization, models.CASCADE, related_name="recommendation_looks"
    )
    state = models.CharField(max_length=8, choices=LookState, default=LookState.QUEUED)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="Empty: the night or the command asked.",
    )
    asked_at = models.DateTimeField(auto_now_add=True)
    touched_at = models.DateTimeField(auto_now=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    features = models.PositiveIntegerField(default=0)
    looked_at = models.PositiveIntegerField(default=0, help_text="Of the features.")
    judged = models.PositiveIntegerField(default=0)
    found = models.PositiveIntegerField(default=0, help_text="Suggestions.")
    report = models.JSONField(default=dict, blank=True)
    error = models.CharField(max_length=400, blank=True)

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization"],
                condition=Q(state__in=["queued", "running"]),
                name="recommendation_look_one_at_a_time",
            )
        ]
        indexes: ClassVar = [
            # The newest look of an organisation, for its page.
            models.Index(
                fields=["organization", "-id"], name="recommendation_look_newest"
            )
        ]

    def __str__(self) -> str:
        return f"{self.organization}: {self.state}"

    @property
    def is_finished(self) -> bool:
        return self.state not in UNFINISHED

    @property
    def percent(self) -> int:
        return round(100 * self.looked_at / self.features) if self.features else 0
