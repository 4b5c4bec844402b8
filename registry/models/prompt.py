from typing import ClassVar

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models

from registry.models.organization import Organization

PROMPT_NAME = RegexValidator(
    r"^[A-Za-z][A-Za-z0-9]*([._/-][A-Za-z0-9]+)*\Z",
    "Use letters, digits, dots, dashes and underscores, as in CODE_GENERATOR.",
)
LABEL_NAME = RegexValidator(
    r"^[a-z][a-z0-9]*(-[a-z0-9]+)*\Z",
    "Use small letters, digits and dashes, as in production.",
)


class Prompt(models.Model):
    """A named system prompt. What it says is in its versions."""

    organization = models.ForeignKey(
        Organization, models.CASCADE, related_name="prompts"
    )
    name = models.CharField(max_length=80, validators=[PROMPT_NAME])
    description = models.TextField(blank=True, max_length=2000)
    archived_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "name"],
                name="prompt_name_once_per_organization",
            )
        ]

    def __str__(self) -> str:
        return self.name


class PromptVersion(models.Model):
    """What a prompt says, for good. `variables` are those that `text` declares, each
    `{"name": …, "description": …, "default": … or null}`."""

    prompt = models.ForeignKey(Prompt, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    text = models.TextField()
    variables = models.JSONField(default=list, blank=True)
    note = models.CharField(max_length=400, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True
    )
    actor_label = models.CharField(max_length=254)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["prompt", "-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["prompt", "number"], name="prompt_version_number_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.prompt} v{self.number}"


class PromptLabel(models.Model):
    """A name that moves from version to version: production, staging, …"""

    prompt = models.ForeignKey(Prompt, models.CASCADE, related_name="labels")
    name = models.CharField(max_length=40, validators=[LABEL_NAME])
    prompt_version = models.ForeignKey(
        PromptVersion, models.CASCADE, related_name="labels"
    )
    moves = models.PositiveIntegerField(
        default=1, help_text="Compared and set, so that nobody's move is lost."
    )
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["prompt", "name"], name="prompt_label_once_per_prompt"
            )
        ]

    def __str__(self) -> str:
        return f"{self.prompt}@{self.name}"


class PromptLabelMove(models.Model):
    """One move of a label: the history that a roll-back goes through. A roll-back is a
    move too; `undoes` is the one that it took back."""

    prompt = models.ForeignKey(Prompt, models.CASCADE, related_name="label_moves")
    label = models.CharField(max_length=40)
    from_version = models.ForeignKey(
        PromptVersion, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    to_version = models.ForeignKey(
        PromptVersion, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    undoes = models.OneToOneField(
        "self", models.SET_NULL, null=True, blank=True, related_name="undone_by"
    )
    actor_label = models.CharField(max_length=254)
    note = models.CharField(max_length=400, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.prompt}@{self.label} to {self.to_version}"
