from typing import ClassVar

from django.conf import settings
from django.db import models

from registry.models.organization import Organization


class AuditEntry(models.Model):
    """Who changed what, when, from what, to what. Written in the change's own
    transaction; never edited, never deleted by the application."""

    organization = models.ForeignKey(
        Organization,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="audit_entries",
        help_text="Empty for changes of the shared catalogue.",
    )
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True
    )
    actor_label = models.CharField(
        max_length=254, help_text="Email at the time, or 'system'."
    )
    action = models.CharField(max_length=60, help_text="noun.verb, e.g. feature.edited")
    object_type = models.CharField(max_length=40)
    object_id = models.CharField(max_length=80)
    object_label = models.CharField(max_length=400)
    before = models.JSONField(null=True, blank=True)
    after = models.JSONField(null=True, blank=True)
    note = models.CharField(max_length=400, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "audit entries"
        ordering: ClassVar = ["-at", "-id"]
        indexes: ClassVar = [
            # The history on a detail page and the newest changes on the overview.
            models.Index(
                fields=["object_type", "object_id", "-at"], name="audit_by_object"
            ),
            models.Index(fields=["organization", "-at"], name="audit_by_organization"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.object_label}"
