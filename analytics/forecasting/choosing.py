"""Which way of forecasting fits a series, by rolling back-test. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from analytics.forecasting.methods import LEAST_DAYS, WAYS, WEEK, Method, Values, Way

TESTED_WEEKS: Final = 4
PATHS: Final = 2_000


MOST_WIDENED: Final = 3.0


@dataclass(frozen=True)
class BackTest:
    """`error_share`: by how much the forecasts of the last `weeks` whole weeks, each
    made with what was known before it, were off, as a share of what they cost (sum of
    absolute errors over sum of costs). None where nothing was spent."""

    weeks: int
    error_share: float | None


@dataclass(frozen=True)
class SeriesForecast:
    """`paths` has a row for each possible future and a column for each day."""

    method: Method
    back_test: BackTest | None
    paths: Values


@dataclass(frozen=True)
class _Trial:
    """A way on the last weeks, the last one first: forecast less actual, by day."""

    way: Way
    misses: Values

    @property
    def week_misses(self) -> Values:
        return np.asarray(self.misses.sum(axis=1))

    def score(self, weeks: int) -> float:
        """Days count, not only their sum: a month may end in the middle of a week."""
        return round(float(np.abs(self.misses[:weeks]).sum()), 9)


def missing_days(days: int) -> int:
    """How many more days are needed before anything is said."""
    return max(0, LEAST_DAYS - days)


def forecast(
    history: Values,
    days: int,
    seed: Sequence[int],
    ways: Sequence[Way] = WAYS,
    paths: int = PATHS,
) -> SeriesForecast:
    """The next `days` of a series of whole days, the oldest first. The same `seed`
    gives the same. Raises ValueError for fewer than LEAST_DAYS, and for values that
    are below zero or not finite."""
    if missing_days(len(history)):
        raise ValueError(f"{LEAST_DAYS} days are needed, there are {len(history)}.")
    if not np.isfinite(history).all() or (history < 0).any():
        raise ValueError("What a day costs is a number that is not below zero.")
    rng = np.random.default_rng(list(seed))
    trial = _best_trial(history, ways)
    if trial is None:
        made = ways[0].simulate(history, days, paths, rng)
        return SeriesForecast(ways[0].method, None, made)
    made = trial.way.simulate(history, max(days, WEEK), paths, rng)
    widened = _widened(made, trial.week_misses)[:, :days]
    return SeriesForecast(trial.way.method, _told(history, trial), widened)


def _best_trial(history: Values, ways: Sequence[Way]) -> _Trial | None:
    """None where no way can be tested: one week to forecast is needed beside the days
    that the way asks for."""
    trials = [_tried(history, one) for one in ways if _weeks(history, one)]
    if not trials:
        return None
    common = min(len(one.misses) for one in trials)
    return min(trials, key=lambda one: one.score(common))


def _tried(history: Values, way: Way) -> _Trial:
    misses = []
    for number in range(1, _weeks(history, way) + 1):
        origin = len(history) - number * WEEK
        expected = way.expected(history[:origin], WEEK)
        misses.append(expected - history[origin : origin + WEEK])
    return _Trial(way, np.asarray(misses))


def _weeks(history: Values, way: Way) -> int:
    """How many of the last weeks have enough days before them."""
    return max(0, min(TESTED_WEEKS, (len(history) - way.least_days) // WEEK))


def _told(history: Values, trial: _Trial) -> BackTest:
    weeks = len(trial.misses)
    spent = history[-weeks * WEEK :].sum()
    misses = float(np.abs(trial.week_misses).sum())
    return BackTest(weeks, misses / float(spent) if spent else None)


def _widened(paths: Values, week_misses: Values) -> Values:
    """A model takes itself for true. Where it was farther off in the last weeks than
    its own futures differ, these are spread as far around their middle."""
    spread = float(paths[:, :WEEK].sum(axis=1).std())
    missed = float(np.sqrt((week_misses**2).mean()))
    if not spread or missed <= spread:
        return paths
    middle = np.median(paths, axis=0)
    factor = min(missed / spread, MOST_WIDENED)
    return np.clip(middle + factor * (paths - middle), 0.0, None)
