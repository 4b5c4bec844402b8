from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models

from registry.models.ai_model import AIModel
from registry.models.organization import Organization
from registry.models.prompt import PromptVersion

PACK_SLUG = RegexValidator(
    r"^[a-z0-9]+(-[a-z0-9]+)*$",
    "Use small letters, digits and dashes, as in starter-pack-1.",
)


class Pack(models.Model):
    """A named set of assignments for all features. What it says is in its versions."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="packs")
    slug = models.CharField(max_length=60, validators=[PACK_SLUG])
    name = models.CharField(max_length=120)
    description = models.TextField(blank=True, max_length=2000)
    is_ready_made = models.BooleanField(
        default=False, help_text="Shipped with ModelHub; a copy can be edited."
    )
    source_url = models.CharField(
        max_length=400, blank=True, help_text="Loaded from here on a schedule."
    )
    source_read_at = models.DateTimeField(null=True, blank=True)
    source_error = models.CharField(
        max_length=400, blank=True, help_text="Why the last reading failed."
    )
    archived_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "slug"], name="pack_slug_once_per_organization"
            )
        ]

    def __str__(self) -> str:
        return self.slug


class PackVersion(models.Model):
    """What a pack says, for good. Editing a pack adds a version."""

    pack = models.ForeignKey(Pack, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    note = models.CharField(max_length=400, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True
    )
    actor_label = models.CharField(max_length=254)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["pack", "-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["pack", "number"], name="pack_version_number_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.pack} v{self.number}"


class PackEntry(models.Model):
    """What one feature gets from a version. `model_reference` and `prompt_reference`
    are kept as written; `ai_model` and `prompt_version` are what they meant when the
    version was made, and empty where nothing is known by that name (any more)."""

    version = models.ForeignKey(PackVersion, models.CASCADE, related_name="entries")
    feature_key = models.CharField(max_length=80)
    model_reference = models.CharField(max_length=300)
    ai_model = models.ForeignKey(
        AIModel, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    fallback_references = ArrayField(
        models.CharField(max_length=300), default=list, blank=True
    )
    parameters = models.JSONField(default=dict, blank=True)
    prompt_reference = models.CharField(
        max_length=160, blank=True, help_text="NAME@label or NAME@7."
    )
    prompt_version = models.ForeignKey(
        PromptVersion, models.PROTECT, null=True, blank=True, related_name="+"
    )
    note = models.CharField(max_length=400, blank=True)

    class Meta:
        ordering: ClassVar = ["feature_key"]
        verbose_name_plural = "pack entries"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["version", "feature_key"], name="pack_entry_once_per_feature"
            )
        ]

    def __str__(self) -> str:
        return f"{self.version}: {self.feature_key}"


class PackSwitch(models.Model):
    """One switch, or its roll-back, as it happened."""

    organization = models.ForeignKey(
        Organization, models.CASCADE, related_name="pack_switches"
    )
    from_version = models.ForeignKey(
        PackVersion, models.PROTECT, null=True, blank=True, related_name="+"
    )
    to_version = models.ForeignKey(
        PackVersion, models.PROTECT, null=True, blank=True, related_name="switches"
    )
    undoes = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="undone_by"
    )
    kept_features = ArrayField(
        models.CharField(max_length=80),
        default=list,
        blank=True,
        help_text="Keys of features that kept their own assignment.",
    )
    was_forced = models.BooleanField(default=False)
    reason = models.CharField(max_length=400, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True
    )
    actor_label = models.CharField(max_length=254)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["-at", "-id"]
        verbose_name_plural = "pack switches"

    def __str__(self) -> str:
        return f"{self.from_version} → {self.to_version}"


class ActivePack(models.Model):
    """Which version an organisation is on: compared and set in one guarded UPDATE."""

    organization = models.OneToOneField(
        Organization, models.CASCADE, related_name="active_pack"
    )
    version = models.ForeignKey(
        PackVersion, models.PROTECT, null=True, blank=True, related_name="+"
    )
    last_switch = models.ForeignKey(
        PackSwitch, models.PROTECT, null=True, blank=True, related_name="+"
    )
    switch_count = models.PositiveIntegerField(default=0)
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"{self.organization}: {self.version}"


class PlannedSwitchState(models.TextChoices):
    PLANNED = "planned", "Planned"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"
    CANCELLED = "cancelled", "Cancelled"


class PlannedSwitch(models.Model):
    """A switch to come: at a time, or when a share of a budget is spent."""

    organization = models.ForeignKey(
        Organization, models.CASCADE, related_name="planned_switches"
    )
    pack = models.ForeignKey(Pack, models.CASCADE, related_name="planned_switches")
    run_at = models.DateTimeField(null=True, blank=True)
    budget_percent = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Of the month's limits of all models, spent."
    )
    kept_features = ArrayField(
        models.CharField(max_length=80),
        default=list,
        blank=True,
        help_text="Keys of features that keep their own assignment then.",
    )
    enable_models = models.BooleanField(
        default=False, help_text="Enable the models that the pack needs."
    )
    create_missing_features = models.BooleanField(
        default=False, help_text="Make the features that the pack names."
    )
    state = models.CharField(
        max_length=10, choices=PlannedSwitchState, default=PlannedSwitchState.PLANNED
    )
    outcome = models.CharField(max_length=400, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True
    )
    actor_label = models.CharField(max_length=254)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering: ClassVar = ["run_at", "id"]
        verbose_name_plural = "planned switches"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(run_at__isnull=False)
                | models.Q(budget_percent__isnull=False),
                name="planned_switch_has_a_condition",
            )
        ]

    def __str__(self) -> str:
        return f"{self.pack} {self.state}"
