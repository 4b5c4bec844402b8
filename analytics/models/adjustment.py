from decimal import Decimal
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from registry.models import Organization

WHOLE = {"max_digits": 40, "decimal_places": 24}


class AdjustmentKind(models.TextChoices):
    MAP = "map", "Map a name to a model"
    PRICE = "price", "Price calls that have none"
    REPRICE = "reprice", "Price calls again"


class AdjustmentState(models.TextChoices):
    WAITING = "waiting", "Waiting"
    RUNNING = "running", "Running"
    APPLIED = "applied", "Applied"
    UNDO_WAITING = "undo-waiting", "Waiting to be undone"
    UNDOING = "undoing", "Being undone"
    UNDONE = "undone", "Undone"


BUSY = (
    AdjustmentState.WAITING,
    AdjustmentState.RUNNING,
    AdjustmentState.UNDO_WAITING,
    AdjustmentState.UNDOING,
)


class UsageAdjustment(models.Model):
    """A change of what recorded calls cost, and how far it has got: the only way in
    which a frozen cost changes. The prices are those of the moment it was started,
    whatever becomes of them while it runs. A chunk of calls, what they were before and
    the position behind them are one transaction. One at a time in an organisation."""

    organization = models.ForeignKey(
        Organization, models.CASCADE, related_name="usage_adjustments"
    )
    kind = models.CharField(max_length=8, choices=AdjustmentKind)
    told_name = models.CharField(
        max_length=200, blank=True, help_text="Of a mapping: as calls name the model."
    )
    ai_model_id = models.BigIntegerField()
    reference = models.CharField(max_length=300, help_text="Of the model, then.")
    periods = models.JSONField(help_text="The prices: see analytics.adjusting.")
    price_words = models.CharField(max_length=200)
    start = models.DateTimeField(null=True, help_text="Empty: since ever.")
    end = models.DateTimeField(help_text="Calls that started before it.")
    reason = models.CharField(max_length=300)
    state = models.CharField(
        max_length=12, choices=AdjustmentState, default=AdjustmentState.WAITING
    )
    made_aliases = models.JSONField(
        default=list, help_text="Ids of the mappings that it made."
    )
    calls_total = models.BigIntegerField(default=0, help_text="As the preview said.")
    calls_seen = models.BigIntegerField(default=0)
    calls_changed = models.BigIntegerField(default=0)
    before_usd = models.DecimalField(default=0, **WHOLE)  # type: ignore[arg-type]
    after_usd = models.DecimalField(default=0, **WHOLE)  # type: ignore[arg-type]
    chunks = models.BigIntegerField(default=0, help_text="Chunks done: the position.")
    position_at = models.DateTimeField(null=True)
    position_id = models.UUIDField(null=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True
    )
    created_at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField(null=True, help_text="Last sign of the worker.")
    finished_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="undone_adjustments",
    )

    class Meta:
        ordering: ClassVar = ["-created_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization"],
                condition=Q(state__in=BUSY),
                name="adjustment_one_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"{self.told_name or self.reference}: {self.reason}"

    @property
    def is_busy(self) -> bool:
        return self.state in BUSY

    @property
    def change_usd(self) -> Decimal:
        return self.after_usd - self.before_usd

    @property
    def calls_to_see(self) -> int:
        """Of the way that it goes now; more may have come since the preview."""
        is_undo = self.state in (AdjustmentState.UNDO_WAITING, AdjustmentState.UNDOING)
        whole = self.calls_changed if is_undo else self.calls_total
        return max(whole, self.calls_seen, 1)


class AdjustedCall(models.Model):
    """What a call was before an adjustment changed it, and what it cost then."""

    adjustment = models.ForeignKey(
        UsageAdjustment, models.CASCADE, related_name="calls"
    )
    record_id = models.UUIDField()
    started_at = models.DateTimeField()
    ai_model_id = models.BigIntegerField(null=True)
    price_id = models.BigIntegerField(null=True)
    cost_state = models.CharField(max_length=12)
    cost_usd = models.DecimalField(null=True, **WHOLE)  # type: ignore[arg-type]
    breakdown = models.TextField(blank=True)
    new_usd = models.DecimalField(null=True, **WHOLE)  # type: ignore[arg-type]

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["record_id", "adjustment"], name="adjusted_call_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.record_id} in {self.adjustment_id}"


class UnpricedSetAside(models.Model):
    """A group of calls without a price that somebody has looked at and leaves so: it is
    still counted as unpriced, but no longer asks to be dealt with."""

    organization = models.ForeignKey(
        Organization, models.CASCADE, related_name="unpriced_set_aside"
    )
    kind = models.CharField(max_length=8)
    name = models.CharField(max_length=300)
    reason = models.CharField(max_length=300)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "kind", "name"], name="set_aside_once"
            )
        ]

    def __str__(self) -> str:
        return self.name
