"""What a call costs, and how that is known."""

import datetime
from decimal import Decimal

import pytest

from analytics.cost_text import breakdown_text, cost_from
from analytics.costing import NO_USAGE, USAGE_ESTIMATED, cost_of_call, estimate_usage
from registry.cost import Cost, CostLine, CostState
from registry.rates import Rates
from registry.resolution.entries import PricePeriod
from registry.usage import Usage

NOW = datetime.datetime(2026, 11, 21, tzinfo=datetime.UTC)
PRICE = PricePeriod(
    7, Rates({"standard": {"input_mtok": "0.25", "output_mtok": "2"}}), None, None
)
FREE = PricePeriod(
    8, Rates({"standard": {"input_mtok": "0", "output_mtok": "0"}}), None, None
)
USAGE = Usage(input_tokens=1000, output_tokens=500)


def test_usage_and_price_make_a_computed_cost_of_that_price():
    cost, price_id = cost_of_call(USAGE, PRICE, NOW)

    assert (cost.state, cost.total_usd) == (CostState.COMPUTED, Decimal("0.00125"))
    assert price_id == 7


def test_a_cost_that_the_provider_reports_wins():
    cost, price_id = cost_of_call(USAGE, PRICE, NOW, reported_usd=Decimal("0.002"))

    assert (cost.state, cost.total_usd) == (CostState.REPORTED, Decimal("0.002"))
    assert sum(line.usd for line in cost.lines) == cost.total_usd
    assert price_id is None


@pytest.mark.parametrize("odd", ["-1", "NaN", "Infinity"])
def test_an_odd_report_is_not_believed(odd):
    cost, _ = cost_of_call(USAGE, PRICE, NOW, reported_usd=Decimal(odd))

    assert (cost.state, cost.total_usd) == (CostState.ESTIMATED, Decimal("0.00125"))


def test_estimated_usage_makes_an_estimate():
    cost, price_id = cost_of_call(USAGE, PRICE, NOW, is_estimated=True)

    assert (cost.state, cost.total_usd) == (CostState.ESTIMATED, Decimal("0.00125"))
    assert USAGE_ESTIMATED in cost.notes
    assert price_id == 7


def test_without_a_price_the_cost_is_unknown_and_not_zero():
    cost, price_id = cost_of_call(USAGE, None, NOW)

    assert (cost.state, cost.total_usd, price_id) == (CostState.UNPRICED, None, None)


def test_without_usage_the_cost_is_unknown():
    cost, price_id = cost_of_call(None, PRICE, NOW)

    assert (cost.state, cost.notes, price_id) == (
        CostState.UNPRICED,
        (NO_USAGE,),
        None,
    )


def test_a_free_model_costs_zero():
    cost, price_id = cost_of_call(USAGE, FREE, NOW)

    assert (cost.state, cost.total_usd) == (CostState.COMPUTED, 0)
    assert price_id == 8


def test_usage_that_the_price_cannot_tell_apart_is_no_error():
    rates = Rates(
        {
            "standard": {
                "input_mtok": "1",
                "output_mtok": "1",
                "cache_read_mtok": "0.1",
                "input_audio_mtok": "3",
                "cache_audio_read_mtok": "0.3",
            }
        }
    )
    usage = Usage(input_tokens=10, cache_read_tokens=6, input_audio_tokens=6)

    cost, price_id = cost_of_call(usage, PricePeriod(9, rates, None, None), NOW)

    assert (cost.state, cost.total_usd, price_id) == (CostState.UNPRICED, None, None)
    assert cost.notes


def test_a_cut_stream_used_a_token_for_four_bytes():
    assert estimate_usage(120, "Grüße, 世界") == Usage(
        input_tokens=120, output_tokens=4
    )
    assert estimate_usage(-1, "") == Usage()


@pytest.mark.parametrize(
    "cost",
    [
        cost_of_call(USAGE, PRICE, NOW)[0],
        cost_of_call(USAGE, PRICE, NOW, reported_usd=Decimal("0.002"))[0],
        cost_of_call(USAGE, PRICE, NOW, is_estimated=True)[0],
        cost_of_call(USAGE, None, NOW)[0],
        cost_of_call(Usage(input_tokens=5, web_searches=2), PRICE, NOW)[0],
        Cost(CostState.COMPUTED, Decimal(0)),
        Cost(
            CostState.COMPUTED,
            Decimal("0.0333333"),
            (
                CostLine(
                    "audio_hours",
                    Decimal("12.5"),
                    Decimal("0.0333333"),
                    Decimal("9.6"),
                    3600,
                ),
            ),
        ),
    ],
)
def test_a_frozen_breakdown_reads_back_as_it_was(cost):
    assert cost_from(cost.state, cost.total_usd, breakdown_text(cost)) == cost
