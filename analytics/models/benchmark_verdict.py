from typing import ClassVar

from django.conf import settings
from django.db import models

from analytics.models.benchmark_run import BenchmarkResult


class BenchmarkVerdict(models.Model):
    """What a person says of one answer: right or wrong. How far judges agree with
    people is read from these; they change no score."""

    result = models.ForeignKey(BenchmarkResult, models.CASCADE, related_name="verdicts")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True
    )
    is_right = models.BooleanField()
    said_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["result", "by"], name="benchmark_verdict_once_per_person"
            )
        ]

    def __str__(self) -> str:
        return f"{self.result}: {'right' if self.is_right else 'wrong'}"
