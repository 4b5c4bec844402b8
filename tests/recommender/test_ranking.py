"""The quick look at a price agrees with the full sum wherever it says anything."""

import datetime
from decimal import Decimal

import pytest
from genai_prices.data import providers

from recommender.ranking import lacks_rate, plain_usd
from recommender.workload import TokenWorkload, item_cost
from registry.pricing import BATCH
from registry.rates import Rates, stored_price

NOW = datetime.datetime(2026, 11, 1, tzinfo=datetime.UTC)


def documents():
    """Every unconditional price that `genai-prices` knows, as it is stored."""
    for provider in providers:
        for model in provider.models:
            if not isinstance(model.prices, list):
                yield {
                    "standard": stored_price(model.prices),
                    "variants": [
                        {"when": each.when, "prices": stored_price(each.prices)}
                        for each in model.price_variants or ()
                    ],
                }


@pytest.mark.parametrize("input_tokens", [1500, 250_000])
def test_it_agrees_with_the_full_sum_for_all_known_prices(input_tokens):
    workload = TokenWorkload(
        input_tokens=input_tokens,
        output_tokens=350,
        cache_hit_percent=Decimal(40),
        batch_percent=Decimal(100),
    )
    usage = workload.call()

    pairs = [
        (plain_usd(document, usage, True), item_cost(workload, Rates(document), NOW))
        for document in documents()
        if not lacks_rate(document, usage)
    ]

    plain = [(usd, cost) for usd, cost in pairs if usd is not None]
    assert len(plain) > 1500
    assert all(usd == cost.total_usd for usd, cost in plain)


def test_a_price_without_a_rate_is_never_priced_in_full_either():
    workload = TokenWorkload(input_tokens=10, output_tokens=10)

    lacking = [
        document for document in documents() if lacks_rate(document, workload.call())
    ]

    assert lacking
    assert all(
        item_cost(workload, Rates(document), NOW).total_usd is None
        for document in lacking
    )


def test_batch_prices_and_times_of_day_are_left_to_the_full_sum():
    usage = TokenWorkload(input_tokens=1, output_tokens=1).call()
    flat = {"input_mtok": "1", "output_mtok": "1"}
    hourly = {"standard": flat, "time_of_day": [{"from": "01:00:00"}]}
    batch = {"standard": flat, "variants": [{"when": BATCH, "prices": flat}]}

    assert plain_usd(hourly, usage, False) is None
    assert plain_usd(batch, usage, True) is None
    assert plain_usd(batch, usage, False) is not None
