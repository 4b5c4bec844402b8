from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from registry.models import Organization


class BudgetScope(models.TextChoices):
    """What a budget is for; `scope_id` is the row id of it."""

    MODEL = "model", "Model"


class BudgetPeriod(models.TextChoices):
    MONTH = "month", "Calendar month (UTC)"


class Budget(models.Model):
    """What may be spent on one thing in one period, and what was. A row for each
    period; `spent_usd` are settled costs, `held_usd` what processes have leased and
    not settled yet. Written by `analytics.services.budgets` alone."""

    organization = models.ForeignKey(
        Organization, models.CASCADE, related_name="budgets"
    )
    scope_kind = models.CharField(max_length=12, choices=BudgetScope)
    scope_id = models.BigIntegerField()
    period = models.CharField(
        max_length=8, choices=BudgetPeriod, default=BudgetPeriod.MONTH
    )
    starts_at = models.DateTimeField()
    limit_usd = models.DecimalField(max_digits=14, decimal_places=2)
    spent_usd = models.DecimalField(max_digits=24, decimal_places=10, default=0)
    held_usd = models.DecimalField(max_digits=24, decimal_places=10, default=0)
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
                name="budget_once_per_period",
            ),
            models.CheckConstraint(
                condition=Q(spent_usd__gte=0, held_usd__gte=0),
                name="budget_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scope_kind} {self.scope_id} from {self.starts_at:%d %b %Y}"


class BudgetHold(models.Model):
    """What one process has leased of a budget. It may spend `amount_usd` in all until
    `expires_at`; `settled_usd` of that has been spent and counted. A closed hold holds
    nothing more; it is kept for a while, so that a late settlement counts once."""

    id = models.UUIDField(primary_key=True)
    budget = models.ForeignKey(Budget, models.CASCADE, related_name="holds")
    process = models.CharField(max_length=80)
    amount_usd = models.DecimalField(max_digits=24, decimal_places=10, default=0)
    settled_usd = models.DecimalField(max_digits=24, decimal_places=10, default=0)
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
