from typing import ClassVar

from django.db import models

from registry.models import Organization


class ProviderInvoiceLine(models.Model):
    """What a provider itself says of one model and day (UTC): sums out of the files of
    its console. They are no calls and are in no total: they are what totals of calls
    are compared with. Usage files state tokens and cost files dollars; what no file
    said is null. A newer file replaces what it states."""

    organization = models.ForeignKey(
        Organization, models.CASCADE, related_name="invoice_lines"
    )
    provider = models.CharField(max_length=60)
    model = models.CharField(
        max_length=200, blank=True, help_text="As it is said; empty: the whole day."
    )
    day = models.DateField()
    usd = models.DecimalField(max_digits=24, decimal_places=12, null=True)
    requests = models.BigIntegerField(null=True)
    input_tokens = models.BigIntegerField(null=True)
    output_tokens = models.BigIntegerField(null=True)
    source_file = models.CharField(max_length=200)
    imported_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering: ClassVar = ["-day", "provider", "model"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "provider", "day", "model"],
                name="invoice_line_once_a_day",
            )
        ]

    def __str__(self) -> str:
        return f"{self.provider}/{self.model} on {self.day}"
