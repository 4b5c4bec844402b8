"""Usage and cost files of OpenAI's console: sums by day, model and project. Pure."""

from __future__ import annotations

from typing import Final

from analytics.intake import fields
from analytics.intake.fields import Entry, NoCall, Unfit
from analytics.intake.invoices import InvoiceFigure

USAGE_SIGNS: Final = frozenset({"start_time", "num_model_requests", "model"})
COST_SIGNS: Final = frozenset({"start_time", "amount_value", "line_item"})
PROVIDER: Final = "openai"


def figure_of(entry: Entry) -> InvoiceFigure:
    """A cost file that is not grouped by line item states no model, only the day.
    Raises Unfit, and NoCall for a day without anything."""
    day = fields.moment(entry, "start_time_iso", "start_time", is_utc=True).date()
    if "amount_value" in entry:
        usd = fields.dollars(entry, "amount_value", may_be_negative=True)
        currency = fields.text(entry, "amount_currency").lower()
        if usd is None:
            raise NoCall("a day without cost")
        if currency not in ("", "usd"):
            raise Unfit("amount_currency", f"{currency!r} is not US dollars.")
        item, _, _ = fields.text(entry, "line_item").partition(",")
        return InvoiceFigure(provider=PROVIDER, model=item.strip(), day=day, usd=usd)
    model = fields.text(entry, "model")
    if not model:
        raise NoCall("a day without use")
    return InvoiceFigure(
        provider=PROVIDER,
        model=model,
        day=day,
        requests=fields.count(entry, "num_model_requests"),
        input_tokens=fields.count(entry, "input_tokens"),
        output_tokens=fields.count(entry, "output_tokens"),
    )
