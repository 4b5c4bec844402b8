"""Ways to carry a daily series on. Pure: numbers in, simulated days out.

Values are what a day cost, never below zero. A way answers with many possible futures
(`paths`), so that a sum over days has its own quantiles.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.float64]
"""One value a day, or one row of days a path."""
WEEK: Final = 7
WINDOW_DAYS: Final = 28
LEAST_DAYS: Final = 7
SEASONAL_WEEKS: Final = 3


class Method(StrEnum):
    TRAILING_MEAN = "trailing_mean"
    SEASONAL_NAIVE = "seasonal_naive"
    DAMPED_SMOOTHING = "damped_smoothing"


@dataclass(frozen=True)
class Way:
    """`expected` carries `history` on for so many days; `simulate` does so many times,
    as rows. It needs `least_days` of history."""

    method: Method
    least_days: int
    expected: Callable[[Values, int], Values]
    simulate: Callable[[Values, int, int, np.random.Generator], Values]


def trailing_mean(history: Values, days: int) -> Values:
    """Every day as the mean of the last four weeks, or of as many whole weeks as there
    are."""
    return np.full(days, _window(history).mean())


def simulate_trailing_mean(
    history: Values, days: int, paths: int, rng: np.random.Generator
) -> Values:
    """Days drawn from the window, around a mean that is drawn as well: both what a day
    brings and where the mean lies are uncertain."""
    window = _window(history)
    means = rng.choice(window, (paths, len(window))).mean(axis=1)
    errors = rng.choice(window - window.mean(), (paths, days))
    return _not_negative(means[:, None] + errors)


def seasonal_naive(history: Values, days: int) -> Values:
    """Every day as the same weekday of the last week."""
    return np.resize(history[-WEEK:], days)


def simulate_seasonal_naive(
    history: Values, days: int, paths: int, rng: np.random.Generator
) -> Values:
    """From week to week each weekday moves by one of the steps that were seen: a
    seasonal random walk (Hyndman & Athanasopoulos, Forecasting, 5.2 and 5.5)."""
    steps = history[WEEK:] - history[:-WEEK]
    steps = (steps - steps.mean())[-8 * WEEK :]
    weeks = -(-days // WEEK)
    moved = rng.choice(steps, (paths, weeks, WEEK)).cumsum(axis=1)
    walked = history[-WEEK:] + moved
    return _not_negative(walked.reshape(paths, weeks * WEEK)[:, :days])


def damped_smoothing(history: Values, days: int) -> Values:
    """Exponential smoothing with a damped trend and, from three weeks on, weekdays."""
    if not history.any():
        return np.zeros(days)
    return _not_negative(np.asarray(_fitted(history).forecast(days)))


def simulate_damped_smoothing(
    history: Values, days: int, paths: int, rng: np.random.Generator
) -> Values:
    if not history.any():
        return np.zeros((paths, days))
    made = _fitted(history).simulate(days, repetitions=paths, error="add", rng=rng)
    return _not_negative(np.asarray(made).reshape(days, paths).T)


WAYS: Final = (
    Way(Method.TRAILING_MEAN, LEAST_DAYS, trailing_mean, simulate_trailing_mean),
    Way(Method.SEASONAL_NAIVE, 2 * WEEK, seasonal_naive, simulate_seasonal_naive),
    Way(Method.DAMPED_SMOOTHING, 2 * WEEK, damped_smoothing, simulate_damped_smoothing),
)
"""The simplest first: of two that err alike the simpler one is taken."""
SIMPLE_WAYS: Final = WAYS[:2]
"""Quick enough for many series."""


def _window(history: Values) -> Values:
    whole_weeks = min(WINDOW_DAYS, len(history) // WEEK * WEEK)
    return history[-(whole_weeks or len(history)) :]


def _fitted(history: Values) -> Any:  # statsmodels has no types
    # Only who fits one waits for this import.
    from statsmodels.tsa.holtwinters import ExponentialSmoothing

    is_seasonal = len(history) >= SEASONAL_WEEKS * WEEK
    model = ExponentialSmoothing(
        history,
        trend="add",
        damped_trend=True,
        seasonal="add" if is_seasonal else None,
        seasonal_periods=WEEK if is_seasonal else None,
        initialization_method="heuristic" if is_seasonal else "estimated",
    )
    with warnings.catch_warnings():
        # A fit that did not converge is judged by the back-test as any other.
        warnings.simplefilter("ignore")
        return model.fit()


def _not_negative(values: Values) -> Values:
    return np.clip(np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0), 0.0, None)
