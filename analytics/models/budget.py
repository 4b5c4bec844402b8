import datetime
from decimal import Decimal
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from registry.models import AIModel, Organization, Pack
from registry.time_zones import validate_time_zone

DEFAULT_THRESHOLD = Decimal("0.8")
ALL = Decimal(1)


class BudgetScope(models.TextChoices):
    """What a budget is for; `scope_id` is the row id of it."""

    ORGANIZATION = "organization", "Everything"
    FEATURE = "feature", "Feature"
    MODEL = "model", "Model"
    PROVIDER = "provider", "Provider"
    CONNECTION = "connection", "Connection"
    TOKEN = "token", "API token"
    TAG = "tag", "Tag"


class BudgetPeriod(models.TextChoices):
    DAY = "day", "Daily"
    WEEK = "week", "Weekly"
    MONTH = "month", "Monthly"
    TOTAL = "total", "In all"


class OnLimit(models.TextChoices):
    """What happens to calls once a budget is used up."""

    BLOCK = "block", "Block"
    WARN = "warn", "Warn only"
    SWITCH = "switch", "Switch to a pack"
    FALLBACK = "fallback", "Use a cheaper model"


def default_thresholds() -> list[Decimal]:
    return [DEFAULT_THRESHOLD]


class BudgetDefinition(models.Model):
    """A budget as a person made it; `Budget` has a row for each of its windows. Scope,
    period and time zone stay as they are: windows that were counted would not fit
    others. `scope_id` is 0 for a tag. One that is deleted keeps its history."""

    organization = models.ForeignKey(
        Organization, models.CASCADE, related_name="budget_definitions"
    )
    name = models.CharField(max_length=80)
    scope_kind = models.CharField(max_length=12, choices=BudgetScope)
    scope_id = models.BigIntegerField(default=0)
    tag_name = models.CharField(max_length=100, blank=True)
    tag_value = models.CharField(max_length=100, blank=True)
    amount_usd = models.DecimalField(
        max_digits=14, decimal_places=2, validators=[MinValueValidator(Decimal(0))]
    )
    period = models.CharField(
        max_length=8, choices=BudgetPeriod, default=BudgetPeriod.MONTH
    )
    time_zone = models.CharField(
        max_length=60, default="UTC", validators=[validate_time_zone]
    )
    starts_at = models.DateTimeField(
        default=timezone.now, help_text="From here on a budget in all counts."
    )
    rolls_over = models.BooleanField(default=False)
    roll_over_cap_usd = models.DecimalField(
        max_digits=14, decimal_places=2, null=True, blank=True
    )
    thresholds = ArrayField(
        models.DecimalField(max_digits=4, decimal_places=3),
        default=default_thresholds,
        help_text="Shares of the limit, 0 to 1, of which people are told.",
    )
    on_limit = models.CharField(max_length=8, choices=OnLimit, default=OnLimit.BLOCK)
    pack = models.ForeignKey(
        Pack, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    fallback_model = models.ForeignKey(
        AIModel, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    is_active = models.BooleanField(default=True)
    deleted_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(amount_usd__gte=0), name="budget_amount_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(scope_kind="tag") ^ Q(tag_name=""), name="budget_tag_named"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["organization", "name"],
                condition=Q(deleted_at=None),
                name="budget_by_name",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Budget(models.Model):
    """One window of a budget: what may be spent in it, and what was. Without a
    `definition` it is the monthly limit of a model. `limit_usd` has what was carried
    over in it. `spent_usd` are settled costs, `held_usd` what processes have leased
    and not settled yet, `outside_usd` what calls cost that did not pass the gateway.
    `recorded_usd` is what the records of calls through the gateway add up to, as of
    `reconciled_at`. Written by `analytics.services.budgets` and its neighbours alone.
    """

    organization = models.ForeignKey(
        Organization, models.CASCADE, related_name="budgets"
    )
    definition = models.ForeignKey(
        BudgetDefinition, models.CASCADE, null=True, related_name="windows"
    )
    scope_kind = models.CharField(max_length=12, choices=BudgetScope)
    scope_id = models.BigIntegerField()
    period = models.CharField(
        max_length=8, choices=BudgetPeriod, default=BudgetPeriod.MONTH
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    limit_usd = models.DecimalField(max_digits=24, decimal_places=10)
    carried_usd = models.DecimalField(max_digits=24, decimal_places=10, default=0)
    spent_usd = models.DecimalField(max_digits=24, decimal_places=10, default=0)
    held_usd = models.DecimalField(max_digits=24, decimal_places=10, default=0)
    outside_usd = models.DecimalField(max_digits=24, decimal_places=10, default=0)
    recorded_usd = models.DecimalField(max_digits=24, decimal_places=10, null=True)
    unpriced_calls = models.PositiveIntegerField(default=0)
    reconciled_at = models.DateTimeField(null=True)
    alerted_share = models.DecimalField(max_digits=4, decimal_places=3, default=0)
    switched_at = models.DateTimeField(null=True)
    switch_outcome = models.CharField(max_length=400, blank=True)
    version = models.PositiveBigIntegerField(default=1)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=[
                    "organization",
                    "scope_kind",
                    "scope_id",
                    "period",
                    "starts_at",
                ],
                condition=Q(definition=None),
                name="budget_once_per_period",
            ),
            models.UniqueConstraint(
                fields=["definition", "starts_at"], name="budget_once_per_window"
            ),
            models.CheckConstraint(
                condition=Q(spent_usd__gte=0, held_usd__gte=0, outside_usd__gte=0),
                name="budget_not_negative",
            ),
        ]

    def __str__(self) -> str:
        what = self.definition or f"{self.scope_kind} {self.scope_id}"
        return f"{what} from {self.starts_at:%d %b %Y}"

    @property
    def counted_usd(self) -> Decimal:
        """What calls cost, wherever they passed."""
        return self.spent_usd + self.outside_usd

    @property
    def left_usd(self) -> Decimal:
        """What may still be held; below zero where more was spent than estimated."""
        return self.limit_usd - self.counted_usd - self.held_usd

    @property
    def drift_usd(self) -> Decimal | None:
        """How much more the records say than the ledger; None before they were
        compared."""
        if self.recorded_usd is None:
            return None
        return self.recorded_usd - self.spent_usd

    @property
    def thresholds(self) -> list[Decimal]:
        """Shares of the limit of which people are told, lowest first. That all of it is
        spent is told whatever a person chose."""
        stated = self.definition.thresholds if self.definition else default_thresholds()
        return sorted({*stated, ALL})

    def has_reached(self, share: Decimal) -> bool:
        """Whether this share of the limit is spent."""
        return self.counted_usd > 0 and self.counted_usd >= self.limit_usd * share


class BudgetHold(models.Model):
    """What one process has leased of a budget. It may spend `amount_usd` in all until
    `expires_at`; `settled_usd` of that has been spent and counted. A closed hold holds
    nothing more; it is kept for a while, so that a late settlement counts once."""

    id = models.UUIDField(primary_key=True)
    budget = models.ForeignKey(Budget, models.CASCADE, related_name="holds")
    process = models.CharField(max_length=80)
    amount_usd = models.DecimalField(max_digits=24, decimal_places=10, default=0)
    settled_usd = models.DecimalField(max_digits=24, decimal_places=10, default=0)
    opened_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            # The sweeper looks for holds that ran out.
            models.Index(
                fields=["expires_at"],
                condition=Q(closed_at=None),
                name="budget_hold_expiry",
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(amount_usd__gte=0, settled_usd__gte=0),
                name="budget_hold_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None) | Q(amount_usd__lte=F("settled_usd")),
                name="budget_hold_closed_holds_nothing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.process}: {self.amount_usd}"

    @property
    def outstanding_usd(self) -> Decimal:
        """What it holds now."""
        return max(Decimal(0), self.amount_usd - self.settled_usd)

    def age(self, at: datetime.datetime) -> datetime.timedelta:
        return at - self.opened_at
