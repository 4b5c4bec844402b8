"""p95 of two arms with an interval, from histograms."""

import math

import numpy as np
import pytest

from analytics.histogram import Histogram
from recommender.experimenting.percentile_ratio import Latencies, percentile_rise


def latencies(seed: int, count: int, times: float = 1.0) -> np.ndarray:
    random = np.random.default_rng(seed)
    return np.ceil(times * random.lognormal(6.5, 0.6, count)).astype(int)


def told(values: np.ndarray) -> Latencies:
    return Latencies(Histogram.of(values.tolist()))


def test_a_rise_of_half_is_seen_as_such():
    found = percentile_rise(told(latencies(1, 8_000, 1.5)), told(latencies(2, 8_000)))

    assert found.value == pytest.approx(50, abs=8)
    assert found.is_above(20)
    assert found.low < 50 < found.high


def test_no_rise_is_not_taken_for_one_at_any_look():
    wrong = 0
    for seed in range(40):
        one, other = Histogram(), Histogram()
        for look in range(40):
            one += Histogram.of(latencies(1_000 * seed + look, 25).tolist())
            other += Histogram.of(latencies(500_000 + 1_000 * seed + look, 75).tolist())
            found = percentile_rise(Latencies(one), Latencies(other))
            if not found.low <= 0 <= found.high:
                wrong += 1
                break

    assert wrong <= 5


def test_few_values_leave_the_upper_end_open():
    found = percentile_rise(told(latencies(1, 40)), told(latencies(2, 4_000)))

    assert found.high == math.inf
    assert not found.is_above(0)


@pytest.mark.parametrize(("one", "other"), [(0, 5), (5, 0), (0, 0)])
def test_an_arm_without_values_says_nothing(one, other):
    assert percentile_rise(told(latencies(1, one)), told(latencies(2, other))) is None
