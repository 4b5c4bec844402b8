"""Batch, service tiers and times of day."""

import datetime
from decimal import Decimal

import pytest

from registry.pricing import CostState, Usage, cost_of
from registry.rates import Rates

START = datetime.datetime(2026, 10, 14, tzinfo=datetime.UTC)
SECOND = datetime.timedelta(seconds=1)
MILLION = 1_000_000
RATES = Rates(
    {
        "standard": {"input_mtok": "4", "output_mtok": "8", "cache_read_mtok": "1"},
        "time_of_day": [
            {"from": "22:00:00", "to": "02:00:00", "prices": {"input_mtok": "3"}}
        ],
        "variants": [
            {
                "when": {"processing": "batch"},
                "starts_on": "2026-10-14",
                "prices": {"input_mtok": "2", "output_mtok": "4"},
            }
        ],
    }
)
NOON = START.replace(hour=12)


def test_batch_costs_the_batch_price():
    cost = cost_of(Usage(input_tokens=MILLION, is_batch=True), RATES, NOON)

    assert cost.state is CostState.COMPUTED
    assert cost.total_usd == 2


def test_before_the_batch_price_began_it_is_said_not_to_be_known():
    day_before = NOON - datetime.timedelta(days=1)

    cost = cost_of(Usage(input_tokens=MILLION, is_batch=True), RATES, day_before)

    assert cost.state is CostState.ESTIMATED
    assert cost.total_usd == 4
    assert cost.notes == ("Batch price not known: the standard price is used.",)


def test_a_rate_that_the_batch_price_leaves_out_is_named():
    usage = Usage(input_tokens=MILLION, cache_read_tokens=MILLION, is_batch=True)

    cost = cost_of(usage, RATES, NOON)

    assert cost.state is CostState.ESTIMATED
    assert cost.total_usd == 1
    assert "cache_read_mtok" in cost.notes[0]


def test_an_unknown_service_tier_is_named():
    cost = cost_of(Usage(input_tokens=1), RATES, NOON, {"service_tier": "flexx"})

    assert cost.state is CostState.ESTIMATED
    assert "service_tier=flexx" in cost.notes[0]


def test_the_default_service_tier_is_the_standard_price():
    cost = cost_of(Usage(input_tokens=1), RATES, NOON, {"service_tier": "default"})

    assert cost.state is CostState.COMPUTED


@pytest.mark.parametrize(
    ("at", "dollars"),
    [
        (START.replace(hour=22) - SECOND, 4),
        (START.replace(hour=22), 3),
        (START.replace(hour=2) - SECOND, 3),
        (START.replace(hour=2), 4),
    ],
)
def test_a_window_over_midnight_holds_from_its_start_to_before_its_end(at, dollars):
    assert cost_of(Usage(input_tokens=MILLION), RATES, at).total_usd == dollars


def test_the_moment_counts_in_universal_time():
    tokyo = datetime.timezone(datetime.timedelta(hours=9))
    at = START.replace(hour=23).astimezone(tokyo)

    assert cost_of(Usage(input_tokens=MILLION), RATES, at).total_usd == 3


def test_a_discount_lowers_every_rate_exactly():
    cheaper = RATES.discounted(Decimal("12.5"))

    usage = Usage(input_tokens=MILLION, output_tokens=MILLION)

    assert cost_of(usage, cheaper, NOON).total_usd == Decimal("10.5")
    batch = Usage(input_tokens=MILLION, is_batch=True)
    assert cost_of(batch, cheaper, NOON).total_usd == Decimal("1.75")
