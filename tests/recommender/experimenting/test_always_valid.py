"""Intervals that one may look at as often as one likes, and that find differences."""

import math

import pytest
from scipy.integrate import quad
from scipy.stats import norm

from recommender.experimenting.always_valid import (
    ALPHA,
    Counted,
    Sample,
    balanced_count,
    looks_z,
    mean_difference,
    rate_difference,
    share_interval,
)
from tests.recommender.experimenting.looking import excludes, mean_looks, rate_looks

SIMULATIONS = 200
ALLOWED = 0.05 + 2.33 * math.sqrt(0.05 * 0.95 / SIMULATIONS)
"""So many of them may go wrong when 5 % do, in 99 of 100 cases."""


def naive_excludes(candidate, control, value):
    if min(candidate.count, control.count) < 30:
        return False
    spread = sum(
        one.share * (1 - one.share) / one.count for one in (candidate, control)
    )
    return abs(candidate.share - control.share - value) > 1.96 * math.sqrt(spread) > 0


@pytest.mark.parametrize(
    ("rate", "share", "batch"),
    [(0.5, 0.5, 50), (0.95, 0.25, 100), (0.99, 0.5, 100), (0.998, 0.05, 300)],
)
def test_looking_after_every_batch_finds_no_difference_where_there_is_none(
    rate, share, batch
):
    wrong = naive = 0
    for seed in range(SIMULATIONS):
        pairs = list(rate_looks(seed, rates=(rate, rate), share=share, batch=batch))
        wrong += any(excludes(rate_difference(*pair), 0) for pair in pairs)
        naive += any(naive_excludes(*pair, 0) for pair in pairs)

    assert wrong / SIMULATIONS <= ALLOWED
    assert naive / SIMULATIONS > 0.25


def test_all_intervals_of_a_run_hold_the_true_difference():
    wrong = sum(
        any(
            excludes(rate_difference(*pair), -0.03)
            for pair in rate_looks(seed, rates=(0.92, 0.95), share=0.25, batch=100)
        )
        for seed in range(SIMULATIONS)
    )

    assert wrong / SIMULATIONS <= ALLOWED


def test_a_real_difference_is_found():
    found = sum(
        any(
            excludes(rate_difference(*pair), 0)
            for pair in rate_looks(seed, rates=(0.92, 0.95), share=0.5, batch=100)
        )
        for seed in range(50)
    )

    assert found >= 48


@pytest.mark.parametrize("share", [0.5, 0.05])
def test_means_with_a_long_tail_show_no_difference_where_there_is_none(share):
    wrong = naive = 0
    for seed in range(SIMULATIONS):
        pairs = list(mean_looks(seed, share=share, batch=100))
        wrong += any(excludes(mean_difference(*pair), 0) for pair in pairs)
        naive += any(
            abs(one.mean - other.mean)
            > 1.96 * math.sqrt(one.variance / one.count + other.variance / other.count)
            for one, other in pairs
            if one.is_usable and other.is_usable
        )

    assert wrong / SIMULATIONS <= ALLOWED
    assert naive / SIMULATIONS > 0.25


def test_a_candidate_at_half_the_cost_is_found_to_be_cheaper():
    ends = [
        list(mean_looks(seed, share=0.25, batch=100, times=0.5))[-1] for seed in (1, 2)
    ]

    for pair in ends:
        found = mean_difference(*pair)
        assert found.high < 0
        # The mean of the control is e^½, so that half of it is saved.
        assert found.low < -math.exp(0.5) / 2 < found.high


@pytest.mark.parametrize("count", [10, 400, 2_000, 90_000])
def test_the_width_is_that_of_the_normal_mixture(count):
    """At the edge of the interval the mixture of likelihood ratios is 1/α, by
    definition; here it is integrated instead of solved."""
    wide = -2 * math.log(ALPHA)
    rho = math.sqrt((wide + math.log(wide) + 1) / 2_000)
    total = looks_z(count) * math.sqrt(count)
    # Where the integrand peaks, and how wide it is.
    peak, width = total / (count + rho**-2), (count + rho**-2) ** -0.5
    mixture, _ = quad(
        lambda drift: (
            math.exp(drift * total - drift**2 * count / 2) * norm.pdf(drift, 0, rho)
        ),
        peak - 12 * width,
        peak + 12 * width,
    )

    assert mixture == pytest.approx(1 / ALPHA, rel=1e-6)


def test_no_number_of_looks_makes_it_narrower_than_an_ordinary_interval():
    assert looks_z(2_000) == pytest.approx(3.035, abs=0.001)
    assert all(looks_z(count) > 1.96 for count in (1, 50, 10**4, 10**7))


def test_a_share_lies_where_its_likelihood_is():
    nothing_failed = share_interval(Counted(100, 100), 1.96)

    # p^100 = exp(−1.96²/2)
    assert nothing_failed.low == pytest.approx(math.exp(-(1.96**2) / 200))
    assert nothing_failed.high == 1


def test_that_nothing_failed_yet_is_no_certainty():
    found = rate_difference(Counted(60, 60), Counted(985, 1_000))

    assert found.low < 0 < found.high
    assert found.value == pytest.approx(0.015)


@pytest.mark.parametrize(
    ("candidate", "control"),
    [((0, 0), (5, 9)), ((5, 9), (0, 0)), ((10, 9), (5, 9)), ((-1, 9), (5, 9))],
)
def test_counts_of_nothing_and_counts_that_cannot_be_say_nothing(candidate, control):
    assert rate_difference(Counted(*candidate), Counted(*control)) is None


@pytest.mark.parametrize(
    "sample",
    [
        Sample(49, 1.0, 1.0),
        Sample(100, math.nan, 1.0),
        Sample(100, 1.0, math.inf),
        Sample.of_sums(1, 3.0, 9.0),
        Sample.of_sums(0, 0.0, 0.0),
    ],
)
def test_few_values_and_values_that_are_no_numbers_say_nothing(sample):
    assert mean_difference(sample, Sample(100, 1.0, 1.0)) is None


def test_sums_give_mean_and_variance():
    assert Sample.of_sums(4, 10.0, 30.0) == Sample(4, 2.5, pytest.approx(5 / 3))


def test_a_free_model_can_be_compared():
    found = mean_difference(Sample(500, 0.0, 0.0), Sample(500, 2.0, 1.0))

    assert found.value == -2.0
    assert found.high < 0


def test_a_small_arm_holds_the_comparison_back():
    assert balanced_count(500, 500) == 1_000
    assert balanced_count(50, 950) == pytest.approx(190)
    assert balanced_count(0, 0) == 0
