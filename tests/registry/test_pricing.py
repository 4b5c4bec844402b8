import datetime
from decimal import Decimal
from fractions import Fraction

import pytest

from registry.pricing import CostState, Usage, cost_of, scale
from registry.rates import Rates

NOW = datetime.datetime(2026, 11, 1, tzinfo=datetime.UTC)


def rates(**standard) -> Rates:
    return Rates({"standard": standard})


def test_cached_tokens_are_billed_once_and_at_the_cache_rate():
    price = rates(input_mtok="1", cache_read_mtok="0.1", output_mtok="3")

    cost = cost_of(
        Usage(input_tokens=1000, cache_read_tokens=200, output_tokens=50), price, NOW
    )

    assert cost.state is CostState.COMPUTED
    assert cost.total_usd == Decimal("0.00097")
    assert [(line.price_key, line.quantity) for line in cost.lines] == [
        ("input_mtok", 800),
        ("cache_read_mtok", 200),
        ("output_mtok", 50),
    ]
    assert sum(line.usd for line in cost.lines) == cost.total_usd


def test_a_line_says_the_rate_of_the_tier_that_was_reached():
    price = rates(
        input_mtok={"base": "1", "tiers": [{"start": 1000, "price": "2"}]},
        output_mtok="3",
    )

    below, above = (
        cost_of(Usage(input_tokens=tokens), price, NOW) for tokens in (1000, 1001)
    )

    assert [line.rate_usd for line in below.lines + above.lines] == [1, 2]
    assert above.total_usd == Decimal("0.002002")


def test_hours_that_do_not_divide_evenly_still_add_up():
    price = rates(audio_hours="1", input_mtok="0.3", web_searches_kcount="7")

    cost = cost_of(Usage(audio_seconds=1, input_tokens=7, web_searches=3), price, NOW)

    assert sum(line.usd for line in cost.lines) == cost.total_usd
    assert cost.total_usd.quantize(Decimal("1e-12")) == Decimal("0.021279877778")


def test_a_model_without_a_price_has_no_total():
    cost = cost_of(Usage(input_tokens=1), None, NOW)

    assert cost.state is CostState.UNPRICED
    assert cost.total_usd is None
    assert cost.times(1000).total_usd is None


@pytest.mark.parametrize("usage", [Usage(), Usage(input_tokens=5, output_tokens=5)])
def test_a_price_without_any_rate_is_no_price(usage):
    cost = cost_of(usage, rates(), NOW)

    assert cost.state is CostState.UNPRICED
    assert cost.total_usd is None


def test_a_free_model_costs_a_known_zero():
    cost = cost_of(
        Usage(input_tokens=500, cache_read_tokens=100, output_tokens=5),
        rates(input_mtok="0", output_mtok="0"),
        NOW,
    )

    assert cost.state is CostState.COMPUTED
    assert cost.total_usd == 0
    assert [line.quantity for line in cost.lines] == [500, 5]


@pytest.mark.parametrize(
    ("used", "missing"),
    [
        ({"output_tokens": 9}, ("output_tokens",)),
        ({"audio_seconds": 9}, ("audio_seconds",)),
        ({"web_searches": 9}, ("web_searches",)),
        ({"generated_images": 9}, ("generated_images",)),
        (
            {"output_tokens": 9, "generated_images": 1},
            ("output_tokens", "generated_images"),
        ),
    ],
)
def test_usage_without_a_rate_is_named_and_the_sum_is_an_estimate(used, missing):
    cost = cost_of(Usage(input_tokens=1_000_000, **used), rates(input_mtok="1"), NOW)

    assert cost.state is CostState.ESTIMATED
    assert cost.total_usd == 1
    assert cost.missing == missing
    assert all("not in the sum" in note for note in cost.notes)


def test_usage_of_which_nothing_has_a_rate_has_no_total():
    cost = cost_of(Usage(audio_seconds=60), rates(input_mtok="1"), NOW)

    assert cost.state is CostState.UNPRICED
    assert cost.total_usd is None
    assert cost.missing == ("audio_seconds",)


def test_cached_tokens_without_a_rate_cost_what_input_costs_and_say_so():
    cost = cost_of(
        Usage(input_tokens=10, cache_read_tokens=10), rates(input_mtok="1"), NOW
    )

    assert cost.state is CostState.ESTIMATED
    assert cost.total_usd == Decimal("0.00001")
    assert cost.notes == ("Cache price not known: cached tokens at the input rate.",)


def test_generated_images_are_billed_by_the_piece():
    price = Rates({"standard": {"input_mtok": "1"}, "per_image_usd": "0.04"})

    cost = cost_of(Usage(input_tokens=100, generated_images=3), price, NOW)

    assert cost.state is CostState.COMPUTED
    assert cost.total_usd == Decimal("0.1201")


def test_images_reported_in_tokens_are_not_billed_by_the_piece_as_well():
    price = Rates(
        {
            "standard": {"output_mtok": "2", "output_image_mtok": "30"},
            "per_image_usd": "0.04",
        }
    )
    usage = Usage(output_tokens=1290, output_image_tokens=1290, generated_images=1)

    cost = cost_of(usage, price, NOW)

    assert [line.price_key for line in cost.lines] == ["output_image_mtok"]
    assert cost.total_usd == Decimal("0.0387")


def test_several_requests_cost_one_of_them_several_times():
    price = rates(
        input_mtok={"base": "1", "tiers": [{"start": 1000, "price": "2"}]},
        requests_kcount="12",
    )

    one = cost_of(Usage(input_tokens=900), price, NOW)
    many = cost_of(Usage(input_tokens=900, requests=7), price, NOW)

    assert one.total_usd == Decimal("0.0129")
    assert many == one.times(7) == scale(one, 7)
    assert many.total_usd == Decimal("0.0903")


def test_a_cost_is_taken_many_times_without_rounding():
    cost = cost_of(Usage(audio_seconds=1), rates(audio_hours="1"), NOW)

    times = cost.times(10**15 + 1)

    assert Fraction(times.total_usd) == Fraction(cost.total_usd) * (10**15 + 1)
    assert sum(Fraction(line.usd) for line in times.lines) == times.total_usd


@pytest.mark.parametrize("number", [-1, Decimal("NaN"), Decimal("Infinity")])
def test_a_cost_cannot_be_taken_a_nonsense_number_of_times(number):
    cost = cost_of(Usage(input_tokens=1), rates(input_mtok="1"), NOW)

    with pytest.raises(ValueError, match="from 0 upwards"):
        cost.times(number)


def test_a_naive_moment_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        cost_of(Usage(), rates(input_mtok="1"), NOW.replace(tzinfo=None))
