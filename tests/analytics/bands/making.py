"""Bands for tests that need no database."""

import datetime
from decimal import Decimal
from typing import Any

from analytics.bands.band import Band
from analytics.bands.change_steps import substitute
from analytics.bands.change_words import CostChange, in_words
from registry.rates import Rates

NOON = datetime.datetime(2026, 10, 5, 12, tzinfo=datetime.UTC)
MILLION = 1_000_000


def flat(input_usd: str, output_usd: str, **more: Any) -> Rates:
    return Rates(
        {"standard": {"input_mtok": input_usd, "output_mtok": output_usd, **more}}
    )


def band(**facts: Any) -> Band:
    """A million tokens in and a million out in ten calls, for ten dollars."""
    usual: dict[str, Any] = {
        "at": NOON,
        "feature_id": 1,
        "ai_model_id": 1,
        "price_id": 1,
        "calls": 10,
        "requests": 10,
        "input_tokens": MILLION,
        "output_tokens": MILLION,
        "min_input_tokens": 100_000,
        "max_input_tokens": 100_000,
        "cost_usd": Decimal(10),
    }
    return Band(**{**usual, **facts})


def change(
    before: list[Band], after: list[Band], prices: dict[int, Rates]
) -> CostChange:
    """`prices` by price id."""
    found = substitute(before, after, lambda one: prices.get(one.price_id or 0))
    return in_words(found, lambda cell: f"{cell[0]} on {cell[1]}")


def steps(told: CostChange) -> dict[str, Decimal]:
    """What each step adds, of those that add something."""
    return {one.label: one.usd for one in told.steps if abs(one.usd) > Decimal("1e-9")}
