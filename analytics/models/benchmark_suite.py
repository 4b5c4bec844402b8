from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from registry.models import Organization


class BenchmarkSuite(models.Model):
    """Cases that models are asked, and how their answers are scored. `scorers` are
    those of cases without scorers of their own (`analytics.benchmarking.scoring`)."""

    organization = models.ForeignKey(
        Organization, models.CASCADE, related_name="benchmark_suites"
    )
    key = models.SlugField(max_length=80)
    name = models.CharField(max_length=120)
    description = models.TextField(blank=True)
    system = models.TextField(
        blank=True, help_text="System prompt of cases without one."
    )
    parameters = models.JSONField(
        default=dict, blank=True, help_text="As of an assignment: temperature, …"
    )
    scorers = models.JSONField(default=list, blank=True)
    pass_score = models.FloatField(
        default=0.7,
        validators=[MinValueValidator(0.0), MaxValueValidator(1.0)],
        help_text="From this score on (0 to 1) an answer counts as passed.",
    )
    shipped_version = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Of a suite that came with ModelHub."
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["name", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "key"],
                condition=Q(archived_at=None),
                name="benchmark_suite_key_once",
            ),
            models.CheckConstraint(
                condition=Q(pass_score__gte=0, pass_score__lte=1),
                name="benchmark_suite_pass_score_in_range",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class BenchmarkImage(models.Model):
    """An image of cases, kept once whatever the number of cases that show it."""

    organization = models.ForeignKey(
        Organization, models.CASCADE, related_name="benchmark_images"
    )
    digest = models.CharField(max_length=64, help_text="SHA-256 of the bytes.")
    media_type = models.CharField(max_length=40)
    width_px = models.PositiveIntegerField()
    height_px = models.PositiveIntegerField()
    data = models.BinaryField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "digest"], name="benchmark_image_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.media_type} {self.width_px} × {self.height_px}"


class BenchmarkCase(models.Model):
    """One question with what is expected of its answer. Its content never changes: an
    edit sets `replaced_at` and adds a new row with the same key, so that results keep
    the question they answered. `digest` tells equal contents, for drift."""

    suite = models.ForeignKey(BenchmarkSuite, models.CASCADE, related_name="cases")
    key = models.SlugField(max_length=80)
    position = models.PositiveIntegerField(default=0)
    system = models.TextField(blank=True)
    messages = models.JSONField(
        help_text="A list of {role, content}; the last one is the user's."
    )
    image_digests = ArrayField(
        models.CharField(max_length=64), default=list, blank=True
    )
    expected = models.JSONField(
        null=True, blank=True, help_text="Text, a number, a choice or any JSON."
    )
    rubric = models.TextField(blank=True, help_text="What a judge looks for.")
    response_schema = models.JSONField(null=True, blank=True)
    scorers = models.JSONField(default=list, blank=True)
    tags = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    weight = models.FloatField(default=1.0)
    digest = models.CharField(max_length=64)
    origin = models.JSONField(
        default=dict, blank=True, help_text="A request, a playground answer, a file."
    )
    created_at = models.DateTimeField(auto_now_add=True)
    replaced_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["position", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["suite", "key"],
                condition=Q(replaced_at=None),
                name="benchmark_case_key_once",
            ),
            models.CheckConstraint(
                condition=Q(weight__gt=0), name="benchmark_case_weight_positive"
            ),
        ]
        # Pages of cases, by key; also of a suite with tens of thousands.
        indexes: ClassVar = [
            models.Index(
                fields=["suite", "position", "id"], name="benchmark_case_order"
            )
        ]

    def __str__(self) -> str:
        return self.key
