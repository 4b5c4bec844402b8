"""An experiment on a feature: who of its traffic gets which arm, and what became of
it."""

from decimal import Decimal
from typing import ClassVar, Final

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse

from registry.models import AIModel, Feature, Organization, PromptVersion

CONTROL: Final = "control"
PERCENT: Final = (MinValueValidator(0), MaxValueValidator(100))
AT_LEAST_ONE: Final = (MinValueValidator(1),)


def canary_steps() -> list[int]:
    return [5, 25, 50, 100]


class ExperimentKind(models.TextChoices):
    SPLIT = "split", "Split: arms side by side"
    CANARY = "canary", "Canary: one arm, step by step"


class ExperimentState(models.TextChoices):
    DRAFT = "draft", "Draft"
    RUNNING = "running", "Running"
    PAUSED = "paused", "Paused"
    STOPPED = "stopped", "Stopped"
    PROMOTED = "promoted", "Promoted"
    STEPPED_BACK = "stepped_back", "Stepped back"


class ExperimentUnit(models.TextChoices):
    """Who stays in one arm."""

    CONVERSATION = "conversation", "A conversation"
    USER = "user", "A user"
    REQUEST = "request", "Each request by itself"


class Experiment(models.Model):
    """A feature's traffic on two or more arms. The control arm is the feature's
    assignment as it was at the start. Bounds are of the candidate against the control:
    points are percentage points."""

    organization = models.ForeignKey(
        Organization, models.CASCADE, related_name="experiments"
    )
    feature = models.ForeignKey(Feature, models.CASCADE, related_name="experiments")
    slug = models.SlugField(max_length=60)
    name = models.CharField(max_length=120)
    hypothesis = models.TextField(blank=True, max_length=2000)
    kind = models.CharField(
        max_length=8, choices=ExperimentKind, default=ExperimentKind.SPLIT
    )
    state = models.CharField(
        max_length=12, choices=ExperimentState, default=ExperimentState.DRAFT
    )
    unit = models.CharField(
        max_length=12, choices=ExperimentUnit, default=ExperimentUnit.USER
    )
    salt = models.CharField(max_length=32, help_text="Of the hash that gives the arm.")
    steps = ArrayField(
        models.PositiveSmallIntegerField(validators=PERCENT),
        default=canary_steps,
        blank=True,
        help_text="Percent of the candidate, step by step.",
    )
    step_index = models.PositiveSmallIntegerField(default=0)
    step_started_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="Decisions go by what happened since: a start, step or resumption.",
    )
    min_requests_per_step = models.PositiveIntegerField(
        default=200, validators=AT_LEAST_ONE, help_text="Of the candidate."
    )
    min_hours_per_step = models.FloatField(
        default=1.0, validators=[MinValueValidator(0.0), MaxValueValidator(8760.0)]
    )
    max_success_drop_points = models.FloatField(default=2.0, validators=PERCENT)
    max_p95_rise_percent = models.FloatField(
        default=25.0, validators=[MinValueValidator(0.0), MaxValueValidator(10_000.0)]
    )
    max_thumbs_down_rise_points = models.FloatField(default=5.0, validators=PERCENT)
    cost_cap_usd = models.DecimalField(
        max_digits=18,
        decimal_places=6,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0))],
        help_text="What the candidates may spend since the start.",
    )
    max_days = models.PositiveIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1)]
    )
    max_requests = models.PositiveIntegerField(
        null=True, blank=True, validators=AT_LEAST_ONE
    )
    promote_by_itself = models.BooleanField(default=False)
    state_reason = models.TextField(blank=True, max_length=400)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    winner_arm = models.ForeignKey(
        "ExperimentArm", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    promoted_revision = models.PositiveIntegerField(
        null=True, blank=True, help_text="Of the assignment that the winner became."
    )
    version = models.PositiveIntegerField(
        default=1, help_text="Grows with each change, which is guarded by it."
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering: ClassVar = ["-created_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "slug"], name="experiment_slug_once"
            ),
            models.UniqueConstraint(
                fields=["feature"],
                condition=Q(state="running"),
                name="experiment_one_running_per_feature",
            ),
            models.CheckConstraint(
                condition=~Q(state="running") | Q(step_started_at__isnull=False),
                name="experiment_running_has_begun",
            ),
        ]
        indexes: ClassVar = [
            # The list of a state and the count in the navigation.
            models.Index(
                fields=["organization", "state", "-created_at"],
                name="experiment_by_state",
            )
        ]

    def __str__(self) -> str:
        return self.slug

    def get_absolute_url(self) -> str:
        return reverse("recommender:experiment_detail", args=[self.slug])

    @property
    def is_canary(self) -> bool:
        return self.kind == ExperimentKind.CANARY

    @property
    def is_live(self) -> bool:
        """Running, or paused and able to run again."""
        return self.state in (ExperimentState.RUNNING, ExperimentState.PAUSED)

    @property
    def step_percent(self) -> int | None:
        """What the candidate of a canary gets now; None for a split."""
        if not self.is_canary or not self.steps:
            return None
        return int(self.steps[min(self.step_index, len(self.steps) - 1)])

    @property
    def is_at_last_step(self) -> bool:
        return self.is_canary and self.step_index >= len(self.steps) - 1


class ExperimentArm(models.Model):
    """One of the ways in which a feature may be answered."""

    experiment = models.ForeignKey(Experiment, models.CASCADE, related_name="arms")
    key = models.SlugField(max_length=20)
    name = models.CharField(max_length=120)
    is_control = models.BooleanField(default=False)
    ai_model = models.ForeignKey(
        AIModel, models.SET_NULL, null=True, blank=True, related_name="experiment_arms"
    )
    reference = models.CharField(
        max_length=300, help_text="Of the model, which the arm outlives."
    )
    parameters = models.JSONField(
        default=dict, blank=True, help_text="See registry.parameters."
    )
    prompt_version = models.ForeignKey(
        PromptVersion,
        models.RESTRICT,
        null=True,
        blank=True,
        related_name="experiment_arms",
    )
    share_percent = models.DecimalField(
        max_digits=5,
        decimal_places=2,
        default=Decimal(0),
        validators=PERCENT,
        help_text="Of a split; the share of a canary follows from its step.",
    )
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["position", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["experiment", "key"], name="experiment_arm_key_once"
            ),
            models.UniqueConstraint(
                fields=["experiment"],
                condition=Q(is_control=True),
                name="experiment_one_control",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.experiment} {self.key}"


class ExperimentEventKind(models.TextChoices):
    CREATED = "created", "Created"
    EDITED = "edited", "Edited"
    STARTED = "started", "Started"
    PAUSED = "paused", "Paused"
    RESUMED = "resumed", "Resumed"
    STEPPED = "stepped", "Stepped forward"
    STEPPED_BACK = "stepped_back", "Stepped back"
    RATIO_MISMATCH = "ratio_mismatch", "Shares do not fit"
    READY = "ready", "Ready to promote"
    STOPPED = "stopped", "Stopped"
    PROMOTED = "promoted", "Promoted"


class ExperimentEvent(models.Model):
    """What happened to an experiment, in a sentence, with the figures behind it."""

    experiment = models.ForeignKey(Experiment, models.CASCADE, related_name="events")
    at = models.DateTimeField()
    kind = models.CharField(max_length=16, choices=ExperimentEventKind)
    text = models.CharField(max_length=600)
    facts = models.JSONField(default=dict, blank=True)
    actor_label = models.CharField(max_length=254, default="system")

    class Meta:
        ordering: ClassVar = ["-at", "-id"]
        indexes: ClassVar = [
            models.Index(fields=["experiment", "-at"], name="experiment_events")
        ]

    def __str__(self) -> str:
        return self.text
