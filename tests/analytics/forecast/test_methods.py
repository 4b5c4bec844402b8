"""Carrying a daily series on: hand-made series, and statsmodels as it is."""

import warnings

import numpy as np
import pytest
from statsmodels.tsa.holtwinters import ExponentialSmoothing

from analytics.forecasting.choosing import forecast, missing_days
from analytics.forecasting.methods import (
    WAYS,
    Method,
    damped_smoothing,
    seasonal_naive,
    trailing_mean,
)

WORKWEEK = np.array([10.0, 12, 12, 11, 10, 2, 1])


def weeks(number: int, noise: float = 0.0, growth: float = 0.0, seed: int = 3):
    rng = np.random.default_rng(seed)
    days = np.tile(WORKWEEK, number) + growth * np.arange(7 * number)
    return np.clip(days + rng.normal(0, noise, 7 * number), 0, None)


def quantiles(found):
    return np.percentile(found.paths.sum(axis=1), [10, 50, 90])


def test_the_trailing_mean_looks_at_four_whole_weeks():
    history = np.concatenate([np.full(10, 99.0), weeks(4)])

    assert trailing_mean(history, 3) == pytest.approx([WORKWEEK.mean()] * 3)


def test_the_seasonal_naive_repeats_the_last_week():
    assert seasonal_naive(weeks(3), 9).tolist() == [*WORKWEEK, 10.0, 12.0]


def test_damped_smoothing_is_what_statsmodels_makes_of_it():
    history = weeks(8, noise=0.5)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fitted = ExponentialSmoothing(
            history,
            trend="add",
            damped_trend=True,
            seasonal="add",
            seasonal_periods=7,
            initialization_method="heuristic",
        ).fit()

    assert damped_smoothing(history, 10) == pytest.approx(fitted.forecast(10))


def test_weekdays_that_repeat_exactly_are_foretold_exactly():
    found = forecast(weeks(6), 7, (1,))

    assert found.back_test.error_share == pytest.approx(0, abs=1e-6)
    assert quantiles(found) == pytest.approx([WORKWEEK.sum()] * 3, rel=1e-3)


def test_a_trend_is_followed():
    """It would be missed by the mean of four weeks."""
    found = forecast(weeks(10, noise=0.3, growth=0.5), 7, (1,))

    assert found.method == Method.DAMPED_SMOOTHING
    expected = WORKWEEK.sum() + 0.5 * sum(range(70, 77))
    assert quantiles(found)[1] == pytest.approx(expected, rel=0.05)


def test_the_error_told_is_that_of_the_last_four_weeks():
    history = np.concatenate([np.full(28, 10.0), np.full(28, 20.0)])

    found = forecast(history, 7, (1,), WAYS[:1])

    # Means of 10, 12.5, 15 and 17.5 a day against 20.
    assert found.back_test.weeks == 4
    assert found.back_test.error_share == pytest.approx((10 + 7.5 + 5 + 2.5) / 80)


def test_a_week_is_carried_on_at_its_mean_and_cannot_be_tested():
    found = forecast(weeks(1), 4, (1,))

    assert (found.method, found.back_test) == (Method.TRAILING_MEAN, None)
    assert found.paths.mean() == pytest.approx(WORKWEEK.mean(), rel=0.05)


def test_one_day_is_too_few():
    assert missing_days(1) == 6
    with pytest.raises(ValueError, match="7 days are needed, there are 1"):
        forecast(np.array([5.0]), 7, (1,))


@pytest.mark.parametrize("value", [-1.0, float("nan"), float("inf")])
def test_no_day_costs_less_than_nothing(value):
    with pytest.raises(ValueError, match="not below zero"):
        forecast(np.array([1.0] * 20 + [value]), 7, (1,))


@pytest.mark.parametrize("days", [7, 15, 30])
def test_days_without_use_cost_nothing(days):
    found = forecast(np.zeros(days), 10, (1,))

    assert not found.paths.any()


@pytest.mark.parametrize("way", WAYS, ids=[one.method.value for one in WAYS])
def test_a_future_is_never_negative(way):
    rng = np.random.default_rng(5)
    history = np.where(rng.random(40) < 0.8, 0.0, rng.exponential(50, 40))

    assert way.expected(history, 20).min() >= 0
    assert way.simulate(history, 20, 300, rng).min() >= 0


def test_the_same_seed_gives_the_same_and_another_one_another():
    history = weeks(6, noise=1)
    first, same, other = (forecast(history, 9, (1, n)).paths for n in (2, 2, 3))

    assert (first == same).all()
    assert (first != other).any()


@pytest.mark.parametrize(("noise", "growth"), [(1.5, 0.0), (1.5, 0.1)])
def test_about_eight_of_ten_months_end_within_the_interval(noise, growth):
    """P10 to P90 of simulated series; the bounds leave room for few draws."""
    hits = 0
    for seed in range(20):
        series = weeks(12, noise, growth, seed)
        low, _, high = quantiles(forecast(series[:70], 14, (seed,), WAYS, 400))
        hits += low <= series[70:].sum() <= high

    assert 12 <= hits <= 20
