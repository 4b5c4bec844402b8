"""The prices that `genai-prices` ships, as the catalogue stores them, for tests."""

import datetime
from functools import cache

from genai_prices import types as genai
from genai_prices.data import providers

from registry.catalog.periods import price_periods
from registry.rates import Rates

Entry = tuple[genai.Provider, genai.ModelInfo]


@cache
def engine_models() -> list[Entry]:
    return [(provider, model) for provider in providers for model in provider.models]


def rates_at(entry: Entry, at: datetime.datetime) -> Rates | None:
    """The stored price of a model that is in force at a moment, if there is one."""
    provider, model = entry
    for period in price_periods(model, provider.id):
        begun = period.starts_at is None or period.starts_at <= at
        if begun and (period.ends_at is None or at < period.ends_at):
            return Rates(period.rates)
    return None
