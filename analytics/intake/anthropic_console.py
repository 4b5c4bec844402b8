"""Usage and cost files of Anthropic's console: sums by day, model and key. Pure."""

from __future__ import annotations

from typing import Final

from analytics.intake import fields
from analytics.intake.fields import Entry
from analytics.intake.invoices import InvoiceFigure

USAGE_SIGNS: Final = frozenset({"usage_date_utc", "usage_input_tokens_no_cache"})
COST_SIGNS: Final = frozenset({"usage_date_utc", "cost_usd"})
PROVIDER: Final = "anthropic"
INPUT: Final = (
    "usage_input_tokens_no_cache",
    "usage_input_tokens_cache_write_5m",
    "usage_input_tokens_cache_write_1h",
    "usage_input_tokens_cache_read",
)


def figure_of(entry: Entry) -> InvoiceFigure:
    """Input holds what was read from and written to the cache. Raises Unfit."""
    day = fields.moment(entry, "usage_date_utc", is_utc=True).date()
    if "cost_usd" in entry:
        return InvoiceFigure(
            provider=PROVIDER,
            model=fields.text(entry, "model", "model_version"),
            day=day,
            usd=fields.dollars(entry, "cost_usd", may_be_negative=True),
        )
    return InvoiceFigure(
        provider=PROVIDER,
        model=fields.needed(entry, "model_version", "model"),
        day=day,
        input_tokens=sum(fields.count(entry, name) or 0 for name in INPUT),
        output_tokens=fields.count(entry, "usage_output_tokens"),
    )
