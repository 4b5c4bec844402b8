import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models

from analytics.models.benchmark_suite import BenchmarkSuite
from registry.models import Organization


class BenchmarkImport(models.Model):
    """A file of cases: looked at first, kept on confirmation. Its bytes go when it is
    kept; then `kept_at` marks the cases that came with it and those it replaced."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organization = models.ForeignKey(
        Organization, models.CASCADE, related_name="benchmark_imports"
    )
    suite = models.ForeignKey(
        BenchmarkSuite,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="imports",
        help_text="None: a new suite is made of it.",
    )
    file_name = models.CharField(max_length=200)
    content = models.BinaryField(default=b"")
    reading = models.JSONField(
        default=dict, blank=True, help_text="Format, encoding, delimiter."
    )
    outcome = models.JSONField(default=dict, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True
    )
    created_at = models.DateTimeField(auto_now_add=True)
    kept_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-created_at", "-id"]

    def __str__(self) -> str:
        return self.file_name
