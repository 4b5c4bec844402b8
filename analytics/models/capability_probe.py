import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from analytics.probes.kinds import CHOICES, KINDS
from registry.models import AIModel, Connection, Organization


class ProbeState(models.TextChoices):
    WAITING = "waiting", "Waiting"
    RUNNING = "running", "Being asked"
    DONE = "done", "Done"
    CANCELLED = "cancelled", "Cancelled"


class ProbeVerdict(models.TextChoices):
    VERIFIED = "verified", "Verified"
    FAILED = "failed", "Failed"
    INCONCLUSIVE = "inconclusive", "Not clear"


class CapabilityProbe(models.Model):
    """One capability of a model at a connection, asked for or found out. Rows of one
    request share `batch`; the latest that is done counts, the others are history. A
    row is written to only by the worker that holds its `claim`."""

    organization = models.ForeignKey(
        Organization, models.CASCADE, related_name="capability_probes"
    )
    batch = models.UUIDField(default=uuid.uuid4)
    ai_model = models.ForeignKey(
        AIModel, models.CASCADE, related_name="capability_probes"
    )
    connection = models.ForeignKey(
        Connection, models.CASCADE, related_name="capability_probes"
    )
    capability = models.CharField(max_length=24, choices=CHOICES)
    state = models.CharField(
        max_length=9, choices=ProbeState, default=ProbeState.WAITING
    )
    verdict = models.CharField(max_length=12, choices=ProbeVerdict, blank=True)
    note = models.TextField(blank=True, help_text="Why, as a sentence.")
    evidence = models.JSONField(
        default=dict, blank=True, help_text="{exchanges: […], facts: {…}}, shortened."
    )
    limit_tokens = models.PositiveIntegerField(
        default=0, help_text="Of input, for a long context at most."
    )
    cost_usd = models.DecimalField(
        max_digits=20,
        decimal_places=10,
        null=True,
        blank=True,
        help_text="None: not known.",
    )
    input_tokens = models.PositiveIntegerField(null=True, blank=True)
    output_tokens = models.PositiveIntegerField(null=True, blank=True)
    claim = models.UUIDField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    seen_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True
    )
    created_at = models.DateTimeField(auto_now_add=True)
    checked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state="done") ^ Q(verdict=""),
                name="capability_probe_done_has_a_verdict",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["organization", "ai_model", "-id"],
                name="capability_probe_model",
            ),
            models.Index(
                fields=["state", "id"],
                condition=Q(state__in=["waiting", "running"]),
                name="capability_probe_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ai_model} · {self.label}"

    @property
    def label(self) -> str:
        return KINDS[self.capability].label

    @property
    def does(self) -> str:
        return KINDS[self.capability].does

    @property
    def is_over(self) -> bool:
        return self.state in (ProbeState.DONE, ProbeState.CANCELLED)
