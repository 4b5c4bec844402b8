from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from registry.models import Organization


class SampleLoadState(models.TextChoices):
    QUEUED = "queued", "Waiting"
    RUNNING = "running", "Loading"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"


class SampleLoad(models.Model):
    """One making of the sample organisation. Who asks leaves the row; a worker claims
    it, and a sweeper ends what a killed worker left."""

    organization = models.ForeignKey(
        Organization,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="sample_loads",
        help_text="What came of it.",
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="Who asked, and becomes its admin.",
    )
    organization_name = models.CharField(max_length=120)
    days = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(7), MaxValueValidator(365)]
    )
    requests_per_day = models.PositiveIntegerField()
    seed = models.PositiveBigIntegerField()
    ends_at = models.DateTimeField()
    state = models.CharField(
        max_length=8, choices=SampleLoadState, default=SampleLoadState.QUEUED
    )
    step = models.CharField(max_length=120, blank=True)
    done_share = models.FloatField(default=0, help_text="From 0 to 1.")
    call_count = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=400, blank=True)
    asked_at = models.DateTimeField(auto_now_add=True)
    touched_at = models.DateTimeField(auto_now=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["state"],
                condition=Q(state__in=["queued", "running"]),
                name="sample_load_one_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"{self.organization_name}: {self.state}"

    @property
    def is_finished(self) -> bool:
        return self.state in {SampleLoadState.DONE, SampleLoadState.FAILED}

    @property
    def percent(self) -> int:
        return round(self.done_share * 100)
