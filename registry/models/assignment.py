from typing import ClassVar

from django.conf import settings
from django.db import models

from registry.models.ai_model import AIModel
from registry.models.feature import Feature
from registry.models.pack import PackSwitch, PackVersion
from registry.models.prompt import PromptVersion


class Assignment(models.Model):
    """Which revision of a feature's assignment is in force. The number is compared
    and set in one guarded UPDATE, so that nobody's change is lost silently."""

    feature = models.OneToOneField(Feature, models.CASCADE, related_name="assignment")
    revision = models.OneToOneField(
        "AssignmentRevision", models.PROTECT, related_name="in_force_for"
    )
    revision_number = models.PositiveIntegerField()
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"{self.feature} r{self.revision_number}"


class AssignmentRevision(models.Model):
    """An immutable version of an assignment: feature → model + ordered fallbacks +
    parameters. `ai_model` is empty where a revision takes the assignment away."""

    feature = models.ForeignKey(Feature, models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    ai_model = models.ForeignKey(
        AIModel, models.PROTECT, null=True, blank=True, related_name="assigned_in"
    )
    fallbacks = models.ManyToManyField(
        AIModel, through="AssignmentFallback", related_name="fallback_in"
    )
    parameters = models.JSONField(default=dict, help_text="See registry.parameters.")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True
    )
    actor_label = models.CharField(max_length=254)
    note = models.CharField(max_length=400, blank=True)
    prompt_version = models.ForeignKey(
        PromptVersion, models.PROTECT, null=True, blank=True, related_name="used_in"
    )
    pack_version = models.ForeignKey(
        PackVersion,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="revisions",
        help_text="Set where a pack says so; empty for an assignment of its own.",
    )
    pack_switch = models.ForeignKey(
        PackSwitch, models.PROTECT, null=True, blank=True, related_name="revisions"
    )
    restored_from = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="restorations"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["feature", "-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["feature", "number"], name="assignment_revision_number_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.feature} r{self.number}"


class AssignmentFallback(models.Model):
    """One step of a revision's fallback order."""

    revision = models.ForeignKey(
        AssignmentRevision, models.CASCADE, related_name="fallback_steps"
    )
    ai_model = models.ForeignKey(AIModel, models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["revision", "ai_model"], name="assignment_fallback_once"
            ),
            models.UniqueConstraint(
                fields=["revision", "position"], name="assignment_fallback_position"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.ai_model}"
