"""Why did the cost change: steps that add up."""

import datetime
from decimal import Decimal, localcontext

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.bands.change_words import CUT_NOTE
from registry.pricing import EXACT
from registry.rates import Rates
from tests.analytics.bands.making import MILLION, NOON, band, change, flat, steps

PRICES = {1: flat("4", "6"), 2: flat("8", "12"), 3: flat("4", "6", cache_read_mtok="1")}
TIERED = Rates(
    {
        "standard": {
            "input_mtok": {"base": "1", "tiers": [{"start": 200_000, "price": "2"}]},
            "output_mtok": "3",
        }
    }
)


def test_twice_the_calls_is_all_volume():
    told = change([band()], [band(), band()], PRICES)

    assert steps(told) == {"Volume": 10}
    assert "20 calls instead of 10 calls (+100.0%)" in told.steps[0].explanation


def test_longer_calls_are_all_tokens():
    longer = band(input_tokens=2 * MILLION, cost_usd=Decimal(14))

    assert steps(change([band()], [longer], PRICES)) == {"Tokens per call": 4}


def test_a_dearer_price_is_all_price():
    dearer = band(price_id=2, cost_usd=Decimal(20))

    told = change([band()], [dearer], PRICES)

    assert steps(told) == {"Price": 10}
    assert told.steps[4].explanation == "Prices changed: None on 1 +$10.00."


def test_a_cache_in_use_is_all_cache_share():
    before = band(price_id=3)
    after = band(price_id=3, cache_read_tokens=MILLION // 2, cost_usd=Decimal("8.5"))

    told = change([before], [after], PRICES)

    assert steps(told) == {"Cache share": Decimal("-1.5")}
    assert "50.0% of the input was read" in told.steps[2].explanation


def test_another_model_for_the_same_calls_is_all_mix():
    moved = band(ai_model_id=2, price_id=2, cost_usd=Decimal(20))

    told = change([band()], [moved], PRICES)

    assert steps(told) == {"Mix": 10}
    assert "1 on 2 +$20.00; 1 on 1 −$10.00" in told.steps[3].explanation


def test_calls_without_a_price_are_a_step_of_their_own():
    unpriced = band(is_priced=False, price_id=None, cost_usd=Decimal(0))

    told = change([band(), band()], [band(), unpriced], PRICES)

    assert steps(told) == {"Calls without a price": -10}
    assert "50.0% of the calls is known instead of 100.0%" in told.steps[5].explanation


def test_refused_calls_are_no_volume():
    refused = band(
        is_counted=False,
        is_priced=False,
        price_id=None,
        failed_calls=10,
        cost_usd=Decimal(0),
    )

    assert steps(change([band()], [band(), refused], PRICES)) == {}


def test_a_reported_cost_counts_as_it_was_reported():
    reported = band(price_id=None, cost_usd=Decimal(7))

    assert steps(change([reported], [reported, reported], PRICES)) == {"Volume": 7}


def test_a_tier_is_priced_as_a_tier():
    before = band(price_id=1, cost_usd=Decimal(10))
    large = {"min_input_tokens": 250_000, "max_input_tokens": 250_000, "calls": 4}
    after = band(price_id=2, cost_usd=Decimal(20), **large)

    told = change([band(price_id=1, **large)], [after], {1: TIERED, 2: PRICES[2]})

    # 8 + 12 instead of 2 + 3, above the tier's start.
    assert steps(told)["Price"] == 15
    assert told.before_usd == before.cost_usd


def test_calls_of_both_sides_of_a_new_tier_are_said_to_wait():
    cut = band(min_input_tokens=1, max_input_tokens=300_000, price_id=2)

    told = change([band()], [cut], {1: TIERED, 2: PRICES[2]})

    assert told.notes == (CUT_NOTE,)
    assert sum(steps(told).values()) == told.change_usd


def test_a_time_of_day_price_is_told_by_the_clock():
    night = Rates(
        {
            "standard": {"input_mtok": "4", "output_mtok": "6"},
            "time_of_day": [
                {
                    "from": "01:00:00",
                    "to": "04:00:00",
                    "prices": {"input_mtok": "2", "output_mtok": "3"},
                }
            ],
        }
    )
    at_night = NOON.replace(hour=2)
    before = [band(at=at_night, cost_usd=Decimal(5))]
    after = [band(at=at_night, price_id=2, cost_usd=Decimal(20))]

    assert steps(change(before, after, {1: night, 2: PRICES[2]}))["Price"] == 15


@pytest.mark.parametrize("side", ["before", "after"])
def test_a_time_without_calls_makes_it_all_volume(side):
    before, after = ([], [band()]) if side == "before" else ([band()], [])

    told = change(before, after, PRICES)

    assert steps(told) == {"Volume": 10 if side == "before" else -10}


def test_two_empty_times_cost_nothing():
    told = change([], [], PRICES)

    assert (told.before_usd, told.after_usd, steps(told)) == (0, 0, {})


SIZES = st.integers(1, 400_000)
BANDS = st.lists(
    st.builds(
        lambda hour, feature, model, price, calls, size, out, cached, usd, priced: band(
            at=NOON + datetime.timedelta(hours=hour),
            feature_id=feature,
            ai_model_id=model,
            price_id=price if priced else None,
            is_priced=priced,
            calls=calls,
            requests=calls,
            input_tokens=size * calls,
            output_tokens=out * calls,
            cache_read_tokens=size * calls * cached // 100,
            min_input_tokens=size,
            max_input_tokens=size,
            cost_usd=usd if priced else Decimal(0),
        ),
        st.integers(0, 900),
        st.sampled_from([None, 1, 2]),
        st.sampled_from([None, 1, 2]),
        st.sampled_from([None, 1, 2, 3, 4, 99]),
        st.integers(1, 10**6),
        SIZES,
        st.integers(0, 10_000),
        st.integers(0, 100),
        st.decimals(0, 10**6, places=15),
        st.booleans(),
    ),
    max_size=6,
)


@settings(deadline=None)
@given(BANDS, BANDS)
def test_the_steps_add_up_to_the_recorded_difference(before, after):
    told = change(before, after, PRICES | {4: TIERED})

    with localcontext(EXACT):
        assert told.before_usd == sum(one.cost_usd for one in before)
        assert told.after_usd == sum(one.cost_usd for one in after)
        assert sum(one.usd for one in told.steps) == told.after_usd - told.before_usd
    in_cents = told.rounded()
    assert in_cents.before_usd == round(told.before_usd, 2)
    assert sum(one.usd for one in in_cents.steps) == in_cents.change_usd


@settings(deadline=None)
@given(BANDS)
def test_a_time_beside_itself_has_no_steps(bands):
    one_price = [one for one in bands if one.price_id != 99]

    assert steps(change(one_price, one_price, {1: PRICES[1]})) == {}
