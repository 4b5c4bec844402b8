from typing import Any, ClassVar

from django.conf import settings
from django.db import models

from registry.models import Organization


class ImportState(models.TextChoices):
    DRAFT = "draft", "To be confirmed"
    WAITING = "waiting", "Waiting"
    RUNNING = "running", "Running"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"


class UsageImport(models.Model):
    """A usage file that somebody uploaded, and how far it has been read. The file and
    the lines that were refused lie in `settings.USAGE_IMPORT_FOLDER`. A batch of calls
    and the position behind it are one transaction, so that a killed import goes on
    where it was."""

    organization = models.ForeignKey(
        Organization, models.CASCADE, related_name="usage_imports"
    )
    key = models.UUIDField(unique=True, help_text="The name of the stored file.")
    file_name = models.CharField(max_length=200)
    size_bytes = models.BigIntegerField()
    format = models.CharField(max_length=20)
    delimiter = models.CharField(max_length=1, blank=True)
    encoding = models.CharField(max_length=30, blank=True)
    renamed = models.JSONField(default=dict, help_text="Columns and their fields.")
    state = models.CharField(
        max_length=8, choices=ImportState, default=ImportState.DRAFT
    )
    progress = models.JSONField(default=dict, help_text="The tally so far.")
    rejects_bytes = models.BigIntegerField(default=0)
    problem = models.TextField(blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True
    )
    created_at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField(null=True, help_text="Last sign of the worker.")
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-created_at", "-id"]

    def __str__(self) -> str:
        return f"{self.file_name}: {self.state}"

    @property
    def is_over(self) -> bool:
        return self.state in (ImportState.DONE, ImportState.FAILED)

    def count(self, name: str) -> Any:
        """A number of the tally; 0 before it began."""
        return self.progress.get(name, 0)
