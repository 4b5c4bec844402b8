import uuid
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.urls import reverse

from registry.models import Feature, Organization, PromptVersion


class PlaygroundRun(models.Model):
    """One question to up to six models. `system` and `messages` are as they were
    typed, with their variables; nothing of them changes. A blind run names its models
    once its author has voted or given up voting (`revealed_at`)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(
        Organization, models.CASCADE, related_name="playground_runs"
    )
    system = models.TextField(blank=True)
    messages = models.JSONField(
        help_text="A list of {role, content}; the last one is the user's."
    )
    variables = models.JSONField(default=dict, blank=True)
    image_digests = ArrayField(
        models.CharField(max_length=64), default=list, blank=True
    )
    parameters = models.JSONField(default=dict, blank=True)
    response_schema = models.JSONField(null=True, blank=True)
    feature = models.ForeignKey(
        Feature,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="playground_runs",
        help_text="What its votes count for.",
    )
    prompt_version = models.ForeignKey(
        PromptVersion,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="playground_runs",
        help_text="Where the system prompt began.",
    )
    is_blind = models.BooleanField(default=False)
    revealed_at = models.DateTimeField(null=True, blank=True)
    share_key = models.CharField(max_length=43, null=True, blank=True, unique=True)
    parent = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="reruns"
    )
    search_text = models.TextField(help_text="Small letters: prompt and models.")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["-created_at", "-id"]
        indexes: ClassVar = [
            models.Index(
                fields=["organization", "created_by", "-created_at"],
                name="playground_run_history",
            )
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("recommender:playground_run", args=[self.pk])

    @property
    def message(self) -> str:
        """The last turn, which the models answer."""
        return str(self.messages[-1]["content"]) if self.messages else ""

    @property
    def title(self) -> str:
        return " ".join(self.message.split())[:120] or "An image"

    @property
    def hides_names(self) -> bool:
        return self.is_blind and self.revealed_at is None
