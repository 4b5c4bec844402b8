import datetime
from typing import ClassVar, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Coalesce

from registry.models.ai_model import AIModel
from registry.models.organization import Organization

PER_MILLION = {"max_digits": 20, "decimal_places": 10, "null": True, "blank": True}


def _one(expression: F | Coalesce) -> Func:
    """The range of one number: ranges have `&&` in an index without any extension."""
    return Func(expression, expression, Value("[]"), function="int8range")


class PriceQuerySet(models.QuerySet["Price"]):
    def in_force(self, moment: datetime.datetime) -> Self:
        """Prices whose period holds `moment` (start included, end excluded)."""
        return self.filter(
            Q(effective_from=None) | Q(effective_from__lte=moment),
            Q(effective_to=None) | Q(effective_to__gt=moment),
        )

    def for_organization(self, organization: Organization | None) -> Self:
        """The catalogue's prices and, first, the organisation's own."""
        return self.filter(
            Q(organization=None) | Q(organization=organization)
        ).order_by(
            F("organization").asc(nulls_last=True),
            F("effective_from").desc(nulls_last=True),
            "-id",
        )


class Price(models.Model):
    """One price of a model for one period. Rows are only added; a new price ends the
    period of the one before, and a trigger keeps everything else as it was written.
    `rates` is the whole price; the `_per_million` columns repeat its base rates for
    lists, filters and sorting."""

    ai_model = models.ForeignKey(AIModel, models.CASCADE, related_name="prices")
    organization = models.ForeignKey(
        Organization,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="negotiated_prices",
        help_text="Set for a negotiated price, which wins over the catalogue's.",
    )
    effective_from = models.DateTimeField(
        null=True, blank=True, help_text="UTC; empty: since ever."
    )
    effective_to = models.DateTimeField(
        null=True, blank=True, help_text="UTC, excluded; empty: until further notice."
    )
    rates = models.JSONField(help_text="See registry.rates for the format.")
    discount_percent = models.DecimalField(
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        help_text="Set when a negotiated price is a discount on the catalogue's.",
    )
    input_usd_per_million = models.DecimalField(**PER_MILLION)  # type: ignore[arg-type]
    output_usd_per_million = models.DecimalField(**PER_MILLION)  # type: ignore[arg-type]
    cache_read_usd_per_million = models.DecimalField(**PER_MILLION)  # type: ignore[arg-type]
    cache_write_usd_per_million = models.DecimalField(**PER_MILLION)  # type: ignore[arg-type]
    source = models.CharField(max_length=60)
    source_reference = models.CharField(
        max_length=200, blank=True, help_text="The entry of the source that matched."
    )
    read_on = models.DateField(null=True, blank=True)
    note = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = PriceQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["ai_model", F("effective_from").asc(nulls_first=True)]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(effective_from=None)
                | Q(effective_to=None)
                | Q(effective_to__gt=F("effective_from")),
                name="price_period_is_not_empty",
            ),
            models.UniqueConstraint(
                fields=["ai_model", "organization"],
                condition=Q(effective_to=None),
                nulls_distinct=False,
                name="price_one_open_period",
            ),
            models.CheckConstraint(
                condition=Q(discount_percent=None)
                | Q(discount_percent__gte=0, discount_percent__lte=100),
                name="price_discount_is_a_percentage",
            ),
            ExclusionConstraint(
                name="price_periods_do_not_overlap",
                expressions=[
                    (_one(F("ai_model")), RangeOperators.OVERLAPS),
                    (
                        _one(Coalesce(F("organization"), Value(0))),
                        RangeOperators.OVERLAPS,
                    ),
                    (
                        Func(
                            F("effective_from"), F("effective_to"), function="tstzrange"
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                violation_error_message="Another price holds in part of this period.",
            ),
        ]
        indexes: ClassVar = [
            # The price in force of many models at once (models page, comparison).
            models.Index(
                fields=["ai_model", "organization", "effective_from"],
                name="price_by_model_and_start",
            )
        ]

    def __str__(self) -> str:
        since = f"{self.effective_from:%Y-%m-%d}" if self.effective_from else "ever"
        return f"{self.ai_model} since {since}"
