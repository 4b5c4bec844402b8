from decimal import Decimal
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from recommender.recommending.standing import Standing
from recommender.recommending.troubles import Kind
from registry.models import AIModel, Feature, Organization

USD = {"max_digits": 18, "decimal_places": 6}


class RecommendationState(models.TextChoices):
    OPEN = "open", "Open"
    SNOOZED = "snoozed", "Snoozed"
    APPLIED = "applied", "Applied"
    DISMISSED = "dismissed", "Dismissed"
    OUTDATED = "outdated", "Outdated"


class Confidence(models.TextChoices):
    HIGH = "high", "High confidence"
    MEDIUM = "medium", "Medium confidence"
    LOW = "low", "Low confidence"


class RecommendationKind(models.TextChoices):
    SAVING = Kind.SAVING, "Saving"
    RETIRING = Kind.RETIRING, "Retiring"
    QUALITY = Kind.QUALITY, "Below its floor"
    LATENCY = Kind.LATENCY, "Too slow"


class Recommendation(models.Model):
    """Another model for a feature, as it was found and what became of it. Dollars are a
    month of the feature's own calls; the saving has its 95 % interval, is negative
    where the model costs more and None where some price is not known. `details` are the
    scores part by part, reasons, trade-offs and evidence of that day."""

    organization = models.ForeignKey(
        Organization, models.CASCADE, related_name="recommendations"
    )
    feature = models.ForeignKey(Feature, models.CASCADE, related_name="recommendations")
    current_model = models.ForeignKey(
        AIModel, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    current_reference = models.CharField(max_length=300)
    proposed_model = models.ForeignKey(
        AIModel, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    proposed_reference = models.CharField(max_length=300)
    kind = models.CharField(
        max_length=8, choices=RecommendationKind, default=RecommendationKind.SAVING
    )
    due_on = models.DateField(
        null=True, blank=True, help_text="The last day of a model that retires."
    )
    revision_number = models.PositiveIntegerField(
        help_text="Of the assignment that it was found for."
    )
    score = models.FloatField(help_text="0 to 100.")
    current_score = models.FloatField(null=True, blank=True)
    standing = models.CharField(
        max_length=10, choices=[(one.value, one.value) for one in Standing]
    )
    confidence = models.CharField(max_length=6, choices=Confidence)
    before_usd = models.DecimalField(**USD, null=True, blank=True)  # type: ignore[arg-type]
    after_usd = models.DecimalField(**USD, null=True, blank=True)  # type: ignore[arg-type]
    saving_usd = models.DecimalField(**USD, null=True, blank=True)  # type: ignore[arg-type]
    saving_low_usd = models.DecimalField(**USD, null=True, blank=True)  # type: ignore[arg-type]
    saving_high_usd = models.DecimalField(**USD, null=True, blank=True)  # type: ignore[arg-type]
    details = models.JSONField(default=dict)
    state = models.CharField(
        max_length=9, choices=RecommendationState, default=RecommendationState.OPEN
    )
    snoozed_until = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=400, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True
    )
    decided_by_label = models.CharField(max_length=254, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    applied_revision = models.PositiveIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering: ClassVar = ["-saving_usd", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["feature"],
                condition=Q(state__in=["open", "snoozed"]),
                name="recommendation_once_per_feature",
            )
        ]
        indexes: ClassVar = [
            # The list of a state, the overview and the count in the navigation.
            models.Index(
                fields=["organization", "state", "-saving_usd"],
                name="recommendation_by_state",
            )
        ]

    def __str__(self) -> str:
        return f"{self.feature}: {self.current_reference} → {self.proposed_reference}"

    def get_absolute_url(self) -> str:
        return reverse("recommender:recommendation_detail", args=[self.pk])

    @property
    def is_live(self) -> bool:
        return self.state in (RecommendationState.OPEN, RecommendationState.SNOOZED)

    @property
    def trouble(self) -> str:
        """What is wrong with the model from before, as a sentence; empty for a
        saving."""
        said = (self.details.get("trouble") or {}).get("text")
        return f"{self.current_reference} {said}" if said else ""

    @property
    def costs_more(self) -> bool:
        return self.saving_usd is not None and self.saving_usd < 0

    @property
    def extra_usd(self) -> Decimal | None:
        """What it costs more a month, where it does."""
        return -self.saving_usd if self.costs_more else None  # type: ignore[operator]  # known then

    @property
    def needs_benchmark(self) -> bool:
        return Standing(self.standing).needs_benchmark


class FollowUpVerdict(models.TextChoices):
    HELD = "held", "Held"
    SHORT = "short", "Saved less"
    WORSE = "worse", "Quality fell"
    LITTLE = "little", "Not enough calls"
    CHANGED = "changed", "Changed meanwhile"
    MISSED = "missed", "Not mended"


class RecommendationFollowUp(models.Model):
    """What an applied recommendation promised beside what it did in its first days.
    Dollars are a month; `real_usd` is None where it cannot be told."""

    recommendation = models.ForeignKey(
        Recommendation, models.CASCADE, related_name="follow_ups"
    )
    days = models.PositiveSmallIntegerField()
    due_at = models.DateTimeField()
    measured_at = models.DateTimeField(null=True, blank=True)
    verdict = models.CharField(max_length=8, choices=FollowUpVerdict, blank=True)
    promised_usd = models.DecimalField(**USD, null=True, blank=True)  # type: ignore[arg-type]
    real_usd = models.DecimalField(**USD, null=True, blank=True)  # type: ignore[arg-type]
    requests = models.PositiveIntegerField(default=0)
    lines = models.JSONField(default=list, help_text="Sentences about quality.")

    class Meta:
        ordering: ClassVar = ["days"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["recommendation", "days"], name="recommendation_follow_up_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.recommendation} after {self.days} days"


class RecommendedShare(models.Model):
    """How many features ran on their recommended model on a day, of those that could be
    judged; and what the open suggestions would have saved a month."""

    organization = models.ForeignKey(
        Organization, models.CASCADE, related_name="recommended_shares"
    )
    on = models.DateField(help_text="In the organisation's time zone.")
    judged = models.PositiveIntegerField()
    on_recommended = models.PositiveIntegerField()
    open_saving_usd = models.DecimalField(**USD)  # type: ignore[arg-type]
    written_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["on"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "on"], name="recommended_share_once_a_day"
            )
        ]

    def __str__(self) -> str:
        return f"{self.on_recommended} of {self.judged} on {self.on}"
