"""What a call may cost, before it is made."""

import datetime
from decimal import Decimal

from modelhub.gateway.estimates import STEP_TOKENS, estimate_usd
from registry.pricing import cost_of
from registry.rates import Rates
from registry.usage import Usage

AT = datetime.datetime(2026, 11, 21, 10, 30, tzinfo=datetime.UTC)
RATES = Rates({"standard": {"input_mtok": "1", "output_mtok": "10"}})


def test_an_estimate_is_the_cost_of_as_many_tokens_or_a_few_more():
    for tokens in (0, 1, 63, 64, 65, 1_000, 123_456):
        exact = cost_of(Usage(input_tokens=tokens, output_tokens=50), RATES, AT)

        estimate = estimate_usd(RATES, tokens, 50, AT)

        assert exact.total_usd <= estimate
        assert estimate - exact.total_usd < Decimal(STEP_TOKENS) / 1_000_000


def test_a_price_that_replaces_another_is_not_mixed_up_with_it():
    dearer = Rates({"standard": {"input_mtok": "2", "output_mtok": "20"}})

    assert estimate_usd(dearer, 640, 64, AT) == 2 * estimate_usd(RATES, 640, 64, AT)


def test_without_a_price_nothing_is_estimated():
    assert estimate_usd(None, 100, 100, AT) is None
