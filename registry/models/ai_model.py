import datetime
from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.urls import reverse

from registry.capabilities import CAPABILITY_CHOICES, MODALITY_CHOICES
from registry.models.organization import Organization
from registry.models.provider import Provider

PARTIAL_DATE = RegexValidator(
    r"^\d{4}(-\d{2}(-\d{2})?)?$",
    "Write a year, a month or a day: 2025, 2025-04, 2025-04-30.",
)


class ModelType(models.TextChoices):
    LANGUAGE = "language", "Language"
    MULTIMODAL = "multimodal", "Multimodal"
    VISION = "vision", "Vision"
    EMBEDDING = "embedding", "Embedding"
    IMAGE = "image", "Image"
    AUDIO = "audio", "Audio"
    VIDEO = "video", "Video"
    RERANK = "rerank", "Rerank"
    UNKNOWN = "", "Not known"


class AIModelQuerySet(models.QuerySet["AIModel"]):
    def visible_to(self, organization: Organization) -> Self:
        """The shared catalogue and the organisation's own custom models."""
        return self.filter(
            models.Q(organization=None) | models.Q(organization=organization)
        )

    def at_reference(self, reference: str) -> Self:
        """Rows whose `provider/model-id` is exactly `reference` (0 to 2: the
        catalogue's and an organisation's own)."""
        provider_slug, _, model_name = reference.partition("/")
        return self.filter(provider__slug=provider_slug, model_name=model_name)


class AIModel(models.Model):
    """One exact model version. A fact that no source states is null (or empty) and
    shown as a dash; `fact_sources` says where each stated one comes from."""

    provider = models.ForeignKey(Provider, models.PROTECT, related_name="ai_models")
    organization = models.ForeignKey(
        Organization,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="custom_models",
        help_text="Set for a custom model that only this organisation sees.",
    )
    model_name = models.CharField(
        max_length=200, help_text="The exact string sent to the provider."
    )
    name = models.CharField(max_length=200, help_text="What people call it.")
    version = models.CharField(max_length=60, blank=True)
    family = models.CharField(max_length=80, blank=True)
    description = models.TextField(blank=True)
    model_type = models.CharField(max_length=12, choices=ModelType, blank=True)
    input_modalities = ArrayField(
        models.CharField(max_length=12, choices=MODALITY_CHOICES),
        default=list,
        blank=True,
    )
    output_modalities = ArrayField(
        models.CharField(max_length=12, choices=MODALITY_CHOICES),
        default=list,
        blank=True,
    )
    capabilities = ArrayField(
        models.CharField(max_length=24, choices=CAPABILITY_CHOICES),
        default=list,
        blank=True,
    )

    context_window = models.PositiveIntegerField(
        "context window (tokens)",
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
    )
    max_output_tokens = models.PositiveIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1)]
    )
    max_images = models.PositiveIntegerField(
        "images per request", null=True, blank=True
    )
    requests_per_minute = models.PositiveIntegerField(null=True, blank=True)
    tokens_per_minute = models.PositiveBigIntegerField(null=True, blank=True)

    knowledge_cutoff = models.CharField(
        max_length=10, blank=True, validators=[PARTIAL_DATE]
    )
    released_on = models.DateField(null=True, blank=True)
    deprecated_on = models.DateField(null=True, blank=True)
    retired_on = models.DateField(null=True, blank=True)

    is_open_weights = models.BooleanField(null=True, blank=True)
    parameter_count_billions = models.DecimalField(
        max_digits=10, decimal_places=3, null=True, blank=True
    )
    quantisation = models.CharField(max_length=30, blank=True)
    min_memory_gb = models.DecimalField(
        max_digits=8, decimal_places=2, null=True, blank=True
    )
    recommended_memory_gb = models.DecimalField(
        max_digits=8, decimal_places=2, null=True, blank=True
    )

    ratings = models.JSONField(
        default=dict,
        blank=True,
        help_text="{category: {score, low, high, votes, source, read_on}}",
    )
    fact_sources = models.JSONField(
        default=dict,
        blank=True,
        help_text="{field: {source, read_on}}; a sync never overwrites 'edited'.",
    )
    search_text = models.TextField(blank=True, editable=False)
    is_listed = models.BooleanField(
        default=True, help_text="Still in the catalogue at the last sync."
    )
    vanished_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = AIModelQuerySet.as_manager()

    class Meta:
        verbose_name = "AI model"
        ordering: ClassVar = ["provider__slug", "model_name"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["provider", "model_name"],
                condition=models.Q(organization=None),
                name="ai_model_once_in_catalogue",
            ),
            models.UniqueConstraint(
                fields=["organization", "provider", "model_name"],
                condition=models.Q(organization__isnull=False),
                name="ai_model_once_in_organization",
            ),
            models.CheckConstraint(
                condition=models.Q(context_window=None)
                | models.Q(context_window__gt=0),
                name="ai_model_context_window_is_positive",
            ),
            models.CheckConstraint(
                condition=~models.Q(model_name=""), name="ai_model_has_a_name"
            ),
        ]
        indexes: ClassVar = [
            # Capability facet and the requirement check of features.
            GinIndex(fields=["capabilities"], name="ai_model_capabilities"),
        ]

    def __str__(self) -> str:
        return self.reference

    def save(self, *args: object, **kwargs: object) -> None:
        self.search_text = self.build_search_text()
        super().save(*args, **kwargs)  # type: ignore[arg-type]  # Django's own

    def get_absolute_url(self) -> str:
        return reverse(
            "registry:model_detail", args=[self.provider.slug, self.model_name]
        )

    def build_search_text(self) -> str:
        """What search looks in: reference, name and provider, in lower case."""
        return f"{self.reference} {self.name} {self.provider.name}".lower()

    @property
    def reference(self) -> str:
        """`provider/model-id`, as people write it."""
        return f"{self.provider.slug}/{self.model_name}"

    def is_retired(self, on: datetime.date) -> bool:
        return self.retired_on is not None and self.retired_on <= on

    def missing_capabilities(self, required: list[str]) -> list[str]:
        return [word for word in required if word not in self.capabilities]


class ModelAlias(models.Model):
    """A moving or alternative name (`…-latest`) that points to one exact version.
    It is never priced by itself."""

    provider = models.ForeignKey(Provider, models.CASCADE, related_name="aliases")
    alias = models.CharField(max_length=200)
    ai_model = models.ForeignKey(
        AIModel,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="aliases",
        help_text="Empty while no exact version is known for it.",
    )
    source = models.CharField(max_length=60, blank=True)
    read_on = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "model aliases"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["provider", "alias"], name="model_alias_once_per_provider"
            )
        ]

    def __str__(self) -> str:
        return f"{self.provider.slug}/{self.alias}"
