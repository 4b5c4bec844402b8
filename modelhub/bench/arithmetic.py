"""How long one cost takes, beside the calculator of `genai-prices` itself."""

from __future__ import annotations

import datetime
from typing import Final

import genai_prices
from genai_prices import types as genai

from modelhub.bench.timing import Measurement, measure
from registry.models import Price
from registry.pricing import Usage, cost_of
from registry.rates import Rates

EACH: Final = 200


def measure_cost(runs: int) -> Measurement:
    """`cost_of` for one call with cached tokens, on a price already read."""
    at = datetime.datetime.now(tz=datetime.UTC)
    price = _common_price()
    rates = Rates(price.rates)
    usage = Usage(input_tokens=1500, cache_read_tokens=700, output_tokens=350)
    theirs = genai.Usage(input_tokens=1500, cache_read_tokens=700, output_tokens=350)
    provider_id, model_id = rates.matched
    return Measurement(
        "cost_of, per call",
        measure(lambda: cost_of(usage, rates, at), runs=runs, each=EACH),
        None,
        "genai_prices.calc_price",
        measure(
            lambda: genai_prices.calc_price(
                theirs, model_id, provider_id=provider_id, genai_request_timestamp=at
            ),
            runs=runs,
            each=EACH,
        ),
    )


def _common_price() -> Price:
    """A catalogue price with the usual three rates."""
    return Price.objects.filter(
        ai_model__provider__slug="openai",
        organization=None,
        effective_to=None,
        cache_read_usd_per_million__isnull=False,
        output_usd_per_million__isnull=False,
    ).order_by("ai_model__model_name", "pk").first() or Price.objects.earliest("pk")
