"""What answered requests of the sample product are worth, and how its providers'
invoices differ from what was recorded. Pure."""

from __future__ import annotations

import datetime
import random
from decimal import Decimal
from typing import Final

VALUES_USD: Final = {
    "codeGenerator": "0.60",
    "directCodeEditor.surgical": "0.25",
    "directCodeEditor.creative": "0.15",
    "chat": "0.05",
    "planner": "0.10",
    "meeting-summary": "0.80",
    "critic": "0.02",
    "support-reply": "0.40",
    "photo-tagging": "0.01",
    "search": "0.003",
    "invoice-extraction": "0.12",
    "translation": "0.02",
    "ticket-triage": "0.05",
}
"""By key of the feature, for one answered request; one costs more than it is worth, and
of some nobody said anything."""
INVOICED_DAYS: Final = 30
INVOICED: Final = ("openai", "anthropic")
USUAL: Final = 0.004
"""Invoices differ by less than this share, as they round and days end elsewhere."""
UNTOLD: Final = 0.07
"""On some days a program that tells nobody of its calls made so many more."""
UNTOLD_EVERY: Final = 9


def invoiced_share(day: datetime.date, model: str) -> Decimal:
    """Of what was recorded of `model` on `day`; the same for the same two."""
    chance = random.Random(f"{day}{model}")  # noqa: S311  # sample data
    share = 1 + USUAL * chance.random()
    if day.toordinal() % UNTOLD_EVERY == 0:
        share += UNTOLD
    return Decimal(f"{share:.6f}")
