"""What a change saves a month, and how sure that is."""

from decimal import Decimal

import pytest

from recommender.recommending.month import (
    Traffic,
    saving,
    token_factors,
    traffic_of,
)

STEADY = Traffic(requests=100, daily_usd=(10.0,) * 30)
UNEVEN = Traffic(requests=100, daily_usd=(1.0, 30.0, 2.0, 25.0) * 7)


def test_a_steady_saving_within_a_provider_is_exact():
    found = saving(Decimal(100), Decimal(40), STEADY, ("openai", "openai"))
    assert (found.low_usd, found.usd, found.high_usd) == (60, 60, 60)
    assert found.is_sure


def test_uneven_days_widen_the_interval():
    found = saving(Decimal(100), Decimal(40), UNEVEN, ("openai", "openai"))
    assert found.low_usd < 60 < found.high_usd


def test_another_provider_may_count_half_as_many_tokens_again():
    found = saving(Decimal(100), Decimal(80), STEADY, ("openai", "anthropic"))
    assert found.low_usd == Decimal(100) - 80 * Decimal("1.5")
    assert not found.is_sure


@pytest.mark.parametrize(
    ("before", "after", "factors"),
    [
        ("openai", "openai", (1.0, 1.0)),
        ("openai", "google", (1.0, 1.1)),
        ("anthropic", "openai", (1 / 1.5, 1 / 1.15)),
    ],
)
def test_tokens_of_the_same_text(before, after, factors):
    assert token_factors(before, after) == pytest.approx(factors)


def test_an_unknown_cost_is_no_saving():
    assert saving(None, Decimal(1), STEADY, ("a", "b")) is None
    assert saving(Decimal(1), None, STEADY, ("a", "b")) is None


def test_days_before_the_first_call_do_not_count():
    found = traffic_of([0.0, 0.0, 3.0, 0.0, 2.0], [0, 0, 2, 0, 1])
    assert found == Traffic(3, (3.0, 0.0, 2.0), called_days=2)
    assert Traffic(requests=5, daily_usd=(1.0,) * 6).month_factor == 5


def test_two_days_are_not_enough():
    assert not Traffic(requests=5, daily_usd=(1.0, 0, 2.0), called_days=2).is_enough
    assert Traffic(requests=5, daily_usd=(1.0, 2.0)).spread == 1


def test_days_of_calls_that_cost_nothing_are_days_all_the_same():
    free = traffic_of([0.0] * 30, [4] * 30)

    assert free.is_enough
    assert free.month_factor == 1


def test_few_days_tell_less_than_a_normal_curve_would_have_it():
    costs = (10.0, 12.0, 14.0)
    found = Traffic(requests=9, daily_usd=costs, called_days=3)

    # Student's t of two degrees of freedom: 4.303 standard errors.
    assert found.spread == pytest.approx(4.3027 * (2 / 3**0.5) / 12, rel=1e-3)
