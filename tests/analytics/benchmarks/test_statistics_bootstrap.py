"""Intervals of means agree with scipy's, and keep what an interval promises."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from analytics.benchmarking.statistics.bootstrap import (
    DIFFERENCES,
    mean_intervals,
)
from analytics.wilson import wilson


def one(values, weights=None, **options):
    column = np.array(values, dtype=float)
    weighing = np.ones(len(column)) if weights is None else np.array(weights, float)
    (interval,) = mean_intervals(column[:, None], weighing, **options)
    return interval


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("shape", ["skewed", "passes"])
def test_the_interval_is_that_of_scipys_bca(seed, shape):
    rng = np.random.default_rng(seed)
    draw = {"skewed": rng.beta(5, 1, 80), "passes": rng.binomial(1, 0.8, 120)}
    values = draw[shape].astype(float)

    ours = one(values, resamples=9_999)
    theirs = stats.bootstrap(
        (values,), np.mean, n_resamples=9_999, method="BCa", rng=seed
    ).confidence_interval

    assert ours.value == pytest.approx(values.mean())
    assert ours.low == pytest.approx(theirs.low, abs=0.008)
    assert ours.high == pytest.approx(theirs.high, abs=0.008)


def test_a_weighted_mean_has_the_interval_of_scipys_ratio():
    rng = np.random.default_rng(7)
    values, weights = rng.beta(4, 2, 60), rng.choice([1.0, 2.0, 5.0], 60)

    def ratio(scores, weighing, axis=-1):
        return np.sum(scores * weighing, axis) / np.sum(weighing, axis)

    ours = one(values, weights, resamples=9_999)
    theirs = stats.bootstrap(
        (values, weights),
        ratio,
        paired=True,
        vectorized=True,
        n_resamples=9_999,
        method="BCa",
        rng=3,
    ).confidence_interval

    assert ours.value == pytest.approx(np.average(values, weights=weights))
    assert ours.low == pytest.approx(theirs.low, abs=0.008)
    assert ours.high == pytest.approx(theirs.high, abs=0.008)


def test_the_same_seed_gives_the_same_interval():
    values = np.random.default_rng(4).random(50)

    assert one(values) == one(values)
    assert one(values) != one(values, seed=5)


def test_few_cases_have_a_mean_and_no_interval():
    interval = one([1, 0, 1])

    assert interval.value == pytest.approx(2 / 3)
    assert (interval.low, interval.high, interval.cases) == (None, None, 3)


def test_no_cases_have_nothing():
    assert one([np.nan] * 12) is None


def test_full_marks_on_twenty_cases_are_not_certainty():
    interval = one([1] * 20)

    assert interval.value == 1
    assert interval.low == pytest.approx(wilson(20, 20).low)
    assert interval.high == 1


def test_models_that_always_agree_may_still_differ_on_an_unseen_case():
    interval = one([0] * 30, within=DIFFERENCES)

    assert interval.low == pytest.approx(-interval.high)
    assert 0.05 < interval.high < 0.15


def test_cases_without_an_answer_are_left_out():
    values = np.random.default_rng(9).random(40)
    with_gaps = np.concatenate([values, np.full(5, np.nan)])

    assert one(with_gaps).value == pytest.approx(one(values).value)
    assert one(with_gaps).cases == 40


def test_columns_do_not_change_each_other():
    rng = np.random.default_rng(2)
    table = rng.random((60, 3))
    table[:7, 1] = np.nan
    together = mean_intervals(table, np.ones(60))

    for column in (0, 2):
        alone = one(table[:, column])
        assert together[column].low == pytest.approx(alone.low)
        assert together[column].high == pytest.approx(alone.high)


@given(
    st.lists(st.floats(0, 1), min_size=10, max_size=60),
    st.integers(0, 2**16),
)
def test_an_interval_holds_its_mean_and_stays_within_scores(values, seed):
    interval = one(values, resamples=200, seed=seed)

    assert -1e-9 <= interval.low <= interval.value + 1e-9
    assert interval.value - 1e-9 <= interval.high <= 1 + 1e-9


@given(st.floats(0.1, 10))
def test_the_unit_of_weights_does_not_matter(unit):
    values = np.random.default_rng(1).random(30)
    weights = np.random.default_rng(2).uniform(0.5, 2, 30)

    plain, scaled = one(values, weights), one(values, weights * unit)

    assert plain.low == pytest.approx(scaled.low)
    assert plain.high == pytest.approx(scaled.high)
