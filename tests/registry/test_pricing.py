import datetime
from decimal import Decimal

from registry.pricing import CostState, Usage, cost_of
from registry.rates import Rates

NOW = datetime.datetime(2026, 11, 1, tzinfo=datetime.UTC)


def test_cached_tokens_are_billed_once_and_at_the_cache_rate():
    rates = Rates(
        {"standard": {"input_mtok": "1", "cache_read_mtok": "0.1", "output_mtok": "3"}}
    )

    cost = cost_of(
        Usage(input_tokens=1000, cache_read_tokens=200, output_tokens=50), rates, NOW
    )

    assert cost.total_usd == Decimal("0.00097")
    assert {line.price_key: line.quantity for line in cost.lines} == {
        "input_mtok": 800,
        "cache_read_mtok": 200,
        "output_mtok": 50,
    }
    assert sum(line.usd for line in cost.lines) == cost.total_usd


def test_a_model_without_a_price_has_no_total():
    cost = cost_of(Usage(input_tokens=1), None, NOW)

    assert cost.state is CostState.UNPRICED
    assert cost.total_usd is None
