from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from registry.models.connection import Connection


class DiscoveryState(models.TextChoices):
    QUEUED = "queued", "Waiting"
    RUNNING = "running", "Asking"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"


UNFINISHED = (DiscoveryState.QUEUED, DiscoveryState.RUNNING)


class DiscoveryRun(models.Model):
    """One question to one connection: what does it offer? What is to be done stands
    here; a worker claims it, and a sweeper ends what a killed worker left."""

    connection = models.ForeignKey(
        Connection, models.CASCADE, related_name="discovery_runs"
    )
    state = models.CharField(
        max_length=8, choices=DiscoveryState, default=DiscoveryState.QUEUED
    )
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        help_text="Empty: the schedule or the command asked.",
    )
    asked_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    dismissed_at = models.DateTimeField(
        null=True, blank=True, help_text="Somebody has seen the result."
    )
    report = models.JSONField(
        default=dict, blank=True, help_text="See registry.discovery.report."
    )
    error = models.CharField(max_length=400, blank=True)

    class Meta:
        ordering: ClassVar = ["-asked_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["connection"],
                condition=Q(state__in=["queued", "running"]),
                name="discovery_one_at_a_time",
            )
        ]
        indexes: ClassVar = [
            # The newest run of each connection, for its page.
            models.Index(
                fields=["connection", "-asked_at"], name="discovery_by_connection"
            )
        ]

    def __str__(self) -> str:
        return f"{self.connection}: {self.state}"

    @property
    def is_finished(self) -> bool:
        return self.state not in UNFINISHED
