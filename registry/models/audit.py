from typing import ClassVar

from django.conf import settings
from django.db import models

from registry import origin
from registry.models.organization import Organization


class AuditEntry(models.Model):
    """Who changed what, when, from where, from what, to what. Written in the change's
    own transaction; the database refuses to edit or delete it (migration 0023). It
    outlives its organisation and its person, hence no constraint on either."""

    organization = models.ForeignKey(
        Organization,
        models.DO_NOTHING,
        db_constraint=False,
        null=True,
        blank=True,
        related_name="audit_entries",
        help_text="Empty for changes of the shared catalogue.",
    )
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.DO_NOTHING,
        db_constraint=False,
        null=True,
        blank=True,
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
    # Filled by whatever door the change came in at (registry.origin).
    source = models.CharField(
        max_length=10, blank=True, choices=origin.SOURCES, default=origin.origin_source
    )
    source_detail = models.CharField(
        max_length=origin.DETAIL_CHARACTERS,
        blank=True,
        default=origin.origin_detail,
        help_text="The API token, the console's command and user, or the task.",
    )
    address = models.GenericIPAddressField(
        null=True, blank=True, default=origin.origin_address
    )
    user_agent = models.CharField(
        max_length=origin.USER_AGENT_CHARACTERS,
        blank=True,
        default=origin.origin_user_agent,
    )
    request_id = models.CharField(
        max_length=origin.REQUEST_ID_CHARACTERS,
        blank=True,
        default=origin.origin_request_id,
    )

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
