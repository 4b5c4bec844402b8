"""The cost of an item and of a month: exact, and its parts add up."""

import datetime
from decimal import Decimal, localcontext

from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.workload import (
    ImageWorkload,
    PartKind,
    Resolution,
    TokenWorkload,
    item_cost,
)
from registry.pricing import EXACT, CostState, Usage, cost_of
from registry.rates import Rates

NOW = datetime.datetime(2026, 11, 1, 14, 30, tzinfo=datetime.UTC)
WITH_BATCH = Rates(
    {
        "standard": {"input_mtok": "2", "cache_read_mtok": "0.2", "output_mtok": "8"},
        "variants": [
            {
                "when": {"processing": "batch"},
                "starts_on": "2026-10-14",
                "prices": {"input_mtok": "1", "output_mtok": "4"},
            }
        ],
    }
)
PLAIN = Rates({"standard": {"input_mtok": "2", "output_mtok": "8"}})
shares = st.decimals(0, 100, places=2)
workloads = st.builds(
    TokenWorkload,
    input_tokens=st.integers(0, 10**7),
    output_tokens=st.integers(0, 10**6),
    cache_hit_percent=shares,
    batch_percent=shares,
)
volumes = st.integers(0, 10**12)


@settings(deadline=None)
@given(workloads, volumes)
def test_a_month_is_exactly_items_times_the_cost_of_one(workload, items):
    cost = item_cost(workload, WITH_BATCH, NOW)

    month = cost.for_items(items)

    assert cost.total_usd is not None
    assert month.total_usd == EXACT.multiply(cost.total_usd, Decimal(items))


@settings(deadline=None)
@given(workloads, volumes)
def test_parts_add_up_to_the_total_and_batch_is_contained_in_it(workload, items):
    month = item_cost(workload, WITH_BATCH, NOW).for_items(items)

    with localcontext(EXACT):
        assert sum(month.parts.values()) == month.total_usd
        assert 0 <= month.batch_usd <= month.total_usd


@settings(deadline=None)
@given(workloads, volumes, volumes)
def test_more_items_never_cost_less(workload, first, second):
    cost = item_cost(workload, WITH_BATCH, NOW)
    fewer, more = sorted((first, second))

    assert cost.for_items(fewer).total_usd <= cost.for_items(more).total_usd


@settings(deadline=None)
@given(workloads)
def test_a_mixed_month_lies_between_all_standard_and_all_batch(workload):
    def with_share(percent):
        changed = TokenWorkload(
            input_tokens=workload.input_tokens,
            output_tokens=workload.output_tokens,
            cache_hit_percent=workload.cache_hit_percent,
            batch_percent=Decimal(percent),
        )
        return item_cost(changed, WITH_BATCH, NOW).total_usd

    mixed = item_cost(workload, WITH_BATCH, NOW).total_usd

    assert with_share(100) <= mixed <= with_share(0)


def test_no_batch_costs_what_the_price_function_says():
    workload = TokenWorkload(input_tokens=1500, output_tokens=350)

    cost = item_cost(workload, WITH_BATCH, NOW)

    usage = Usage(input_tokens=1500, output_tokens=350)
    assert cost.total_usd == cost_of(usage, WITH_BATCH, NOW).total_usd
    assert cost.batch_usd == 0


def test_all_batch_costs_the_batch_price_alone():
    workload = TokenWorkload(
        input_tokens=1000, output_tokens=100, batch_percent=Decimal(100)
    )

    cost = item_cost(workload, WITH_BATCH, NOW)

    assert cost.total_usd == Decimal("0.0014")
    assert cost.batch_usd == cost.total_usd


def test_an_unknown_batch_price_is_said_and_makes_an_estimate():
    workload = TokenWorkload(
        input_tokens=1000, output_tokens=100, batch_percent=Decimal(50)
    )

    cost = item_cost(workload, PLAIN, NOW)

    assert cost.state is CostState.ESTIMATED
    assert "Batch price not known: the standard price is used." in cost.notes


def test_cached_input_is_its_own_part():
    workload = TokenWorkload(
        input_tokens=1000, output_tokens=0, cache_hit_percent=Decimal(25)
    )

    cost = item_cost(workload, WITH_BATCH, NOW)

    assert cost.parts[PartKind.INPUT] == Decimal("0.0015")
    assert cost.parts[PartKind.CACHED] == Decimal("0.00005")


def test_no_price_is_unpriced_and_not_zero():
    cost = item_cost(TokenWorkload(input_tokens=1, output_tokens=1), None, NOW)

    assert cost.state is CostState.UNPRICED
    assert cost.for_items(10).total_usd is None


def test_a_price_without_an_output_rate_cannot_price_output():
    embedding = Rates({"standard": {"input_mtok": "0.02"}})

    cost = item_cost(TokenWorkload(input_tokens=9, output_tokens=9), embedding, NOW)

    assert cost.total_usd is None
    assert "output tokens" in cost.notes[0]


def test_a_free_model_costs_a_known_zero():
    free = Rates({"standard": {"input_mtok": "0", "output_mtok": "0"}})

    cost = item_cost(TokenWorkload(input_tokens=9, output_tokens=9), free, NOW)

    assert cost.total_usd == 0
    assert cost.state is CostState.COMPUTED


def test_each_call_on_a_photo_pays_for_the_photo_again():
    workload = ImageWorkload(
        resolution=Resolution.MEDIUM,
        prompt_tokens=235,
        answer_tokens=100,
        calls_per_item=3,
    )

    cost = item_cost(workload, PLAIN, NOW, image_tokens=765)

    assert cost.total_usd == 3 * Decimal("0.0028")


def test_a_price_that_changes_with_the_hour_says_which_hour():
    rates = Rates(
        {
            "standard": {"input_mtok": "2", "output_mtok": "8"},
            "time_of_day": [
                {
                    "from": "01:00:00",
                    "to": "04:00:00",
                    "prices": {"input_mtok": "1", "output_mtok": "4"},
                }
            ],
        }
    )

    cost = item_cost(TokenWorkload(input_tokens=1, output_tokens=1), rates, NOW)

    assert "calculated for 14:30 UTC" in cost.notes[0]
