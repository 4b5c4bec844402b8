"""The prices that `genai-prices` ships, as rates of ours, for tests."""

import datetime
from functools import cache
from typing import Any

from genai_prices import types as genai
from genai_prices.data import providers

from registry.rates import Rates, stored_price


@cache
def engine_models() -> list[tuple[genai.Provider, genai.ModelInfo]]:
    return [(provider, model) for provider in providers for model in provider.models]


def rates_on(
    provider: genai.Provider, model: genai.ModelInfo, day: datetime.date
) -> Rates:
    """The price in force on a UTC day: the last dated one that has begun, with its
    time-of-day windows and variants."""
    standard, windows = model.prices, []
    if isinstance(model.prices, list):
        for entry in model.prices:
            constraint = entry.constraint
            if isinstance(constraint, genai.TimeOfDateConstraint):
                windows.append((constraint, entry.prices))
            elif constraint is None or constraint.start_date <= day:
                standard = entry.prices
    return Rates(
        {
            "standard": stored_price(standard),
            "time_of_day": [
                {
                    "from": constraint.start_time.replace(tzinfo=None).isoformat(),
                    "to": constraint.end_time.replace(tzinfo=None).isoformat(),
                    "prices": stored_price(prices),
                }
                for constraint, prices in windows
            ],
            "variants": [_variant(one) for one in model.price_variants or ()],
            "matched": {"provider_id": provider.id, "model_id": model.id},
        }
    )


def _variant(variant: genai.PriceVariant) -> dict[str, Any]:
    start = variant.constraint and variant.constraint.start_date.isoformat()
    return {
        "when": variant.when,
        **({"starts_on": start} if start else {}),
        "prices": stored_price(variant.prices),
    }
