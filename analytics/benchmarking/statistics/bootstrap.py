"""Bootstrap intervals of weighted means over cases, many columns at once (BCa: Efron,
1987). Checked against scipy.stats.bootstrap in the tests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from analytics.wilson import Z_95, wilson

Matrix = npt.NDArray[np.float64]
SEED: Final = 20261121
FEW_CASES: Final = 10
"""Fewer cases than this say nothing: no interval, "not enough data"."""
MANY_CASES: Final = 5_000
CELLS_AT_ONCE: Final = 2_000_000
NORMAL: Final = NormalDist()


@dataclass(frozen=True)
class Interval:
    """A weighted mean with its 95 % interval; both ends None where there are too few
    cases to say."""

    value: float
    low: float | None
    high: float | None
    cases: int


@dataclass(frozen=True)
class Range:
    """What a value can be: 0 to 1 for scores, −1 to 1 for differences of scores."""

    least: float
    most: float


SCORES: Final = Range(0.0, 1.0)
DIFFERENCES: Final = Range(-1.0, 1.0)


def mean_intervals(
    values: Matrix,
    weights: Matrix,
    within: Range = SCORES,
    resamples: int | None = None,
    seed: int = SEED,
) -> list[Interval | None]:
    """For each column of `values` (cases × columns, NaN where there is none) its
    weighted mean with the interval of resampled cases. None for an empty column."""
    known = ~np.isnan(values)
    weighted = np.where(known, weights[:, None], 0.0)
    filled = np.where(known, values, 0.0)
    totals = weighted.sum(axis=0)
    draws = _draws(
        filled * weighted, weighted, resamples or resamples_for(values), seed
    )
    return [
        _interval(
            values[known[:, one], one],
            weights[known[:, one]],
            draws[:, one],
            within,
        )
        if totals[one] > 0
        else None
        for one in range(values.shape[1])
    ]


def resamples_for(values: Matrix) -> int:
    """Means of many cases are near normal, so that fewer resamples do."""
    return 2_000 if len(values) <= MANY_CASES else 500


def _draws(tops: Matrix, bottoms: Matrix, resamples: int, seed: int) -> Matrix:
    """Resamples × columns: weighted means of cases drawn with replacement."""
    means = []
    with np.errstate(invalid="ignore", divide="ignore"):
        for counts in _counts(len(tops), resamples, seed):
            means.append((counts @ tops) / (counts @ bottoms))
    return np.concatenate(means)


def _counts(cases: int, resamples: int, seed: int) -> Iterator[Matrix]:
    """How often each case was drawn, some resamples at a time."""
    rng = np.random.default_rng(seed)
    at_once = max(1, CELLS_AT_ONCE // max(cases, 1))
    for start in range(0, resamples, at_once):
        several = min(at_once, resamples - start)
        drawn = rng.integers(0, cases, size=(several, cases))
        drawn += np.arange(several)[:, None] * cases
        counts = np.bincount(drawn.ravel(), minlength=several * cases)
        yield counts.reshape(several, cases).astype(np.float64)


def _interval(
    values: Matrix, weights: Matrix, draws: Matrix, within: Range
) -> Interval:
    mean = float(values @ weights / weights.sum())
    cases = len(values)
    if cases < FEW_CASES:
        return Interval(mean, None, None, cases)
    if np.ptp(values) < 1e-12:
        return Interval(mean, *_all_alike(mean, cases, within), cases)
    low, high = _bca(values, weights, draws[~np.isnan(draws)], mean)
    return Interval(mean, min(low, mean), max(high, mean), cases)


def _all_alike(mean: float, cases: int, within: Range) -> tuple[float, float]:
    """Where all cases agree there is nothing to resample, but an unseen case may
    differ: as many of them as Wilson allows after none of `cases`."""
    rate = wilson(0, cases)
    others = rate.high if rate else 1.0
    return (
        mean - others * (mean - within.least),
        mean + others * (within.most - mean),
    )


def _bca(
    values: Matrix, weights: Matrix, draws: Matrix, mean: float
) -> tuple[float, float]:
    """Bias-corrected and accelerated; the plain percentiles where that cannot be
    computed."""
    share = (np.mean(draws < mean) + np.mean(draws <= mean)) / 2
    if not 0 < share < 1:
        return _ends(draws, 0.025, 0.975)
    shift, bend = NORMAL.inv_cdf(float(share)), _acceleration(values, weights)
    levels = []
    for z in (-Z_95, Z_95):
        below = 1 - bend * (shift + z)
        if below <= 0:
            return _ends(draws, 0.025, 0.975)
        levels.append(NORMAL.cdf(shift + (shift + z) / below))
    return _ends(draws, levels[0], levels[1])


def _acceleration(values: Matrix, weights: Matrix) -> float:
    """From the means without one case each."""
    left = weights.sum() - weights
    if np.any(left <= 0):
        return 0.0
    without = (values @ weights - values * weights) / left
    apart = without.mean() - without
    spread = float(np.sum(apart**2))
    return float(np.sum(apart**3)) / (6 * spread**1.5) if spread else 0.0


def _ends(draws: Any, low: float, high: float) -> tuple[float, float]:
    ends = np.quantile(draws, [low, high])
    return float(ends[0]), float(ends[1])
