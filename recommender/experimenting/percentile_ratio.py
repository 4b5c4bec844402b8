"""By how much a percentile of one arm's latency lies above the other's. Pure.

Read from histograms (`analytics.histogram`), not from samples: they are exact sums of
any number of hours, small, and within 1 %. The interval of one percentile is that of
its rank: of `count` values, the share below the true percentile is a rate whose
always-valid interval is known; what stands at its ends bounds the percentile (Howard,
Ramdas, "Sequential estimation of quantiles with applications to A/B testing and
best-arm identification", Bernoulli 28, 2022). Both arms are put together on a log scale
by square-and-add.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from analytics.histogram import Histogram
from recommender.experimenting.always_valid import (
    TARGET_OBSERVATIONS,
    Difference,
    balanced_count,
    looks_z,
)

PERCENT: Final = 95.0
SURE_OF_EDGE: Final = 1e-9


@dataclass(frozen=True)
class Latencies:
    """Of one arm; `effect` as of `always_valid.Counted`, of what share is slow."""

    histogram: Histogram
    effect: float = 1.0

    @property
    def weight(self) -> float:
        """How many independent requests tell as much."""
        return self.histogram.count / self.effect


@dataclass(frozen=True)
class Percentile:
    """In milliseconds, of one arm. An end is None where there are too few values for
    it."""

    value_ms: float
    low_ms: float
    high_ms: float | None


def percentile_rise(
    candidate: Latencies,
    control: Latencies,
    percent: float = PERCENT,
    target: float = TARGET_OBSERVATIONS,
) -> Difference | None:
    """In percent of the control: 20.0 is a fifth slower; no end below −100, and an end
    that nobody knows yet is infinite. None where an arm has no value."""
    weights = candidate.weight, control.weight
    if not all(weights):
        return None
    z = looks_z(balanced_count(*weights), target)
    one, other = interval_of(candidate, z, percent), interval_of(control, z, percent)
    value = math.log(one.value_ms / other.value_ms)
    down = math.hypot(_log(one.value_ms, one.low_ms), _above(other))
    up = math.hypot(_above(one), _log(other.value_ms, other.low_ms))
    return Difference(_percent(value), _percent(value - down), _percent(value + up))


def interval_of(one: Latencies, z: float, percent: float = PERCENT) -> Percentile:
    """The percentile of what is not empty, with `z` standard errors of its rank to
    either side."""
    share, histogram = percent / 100, one.histogram
    error = z * math.sqrt(share * (1 - share) / one.weight)
    return Percentile(
        _at(histogram, share),
        _at(histogram, max(0.0, share - error)),
        None if share + error >= 1 - SURE_OF_EDGE else _at(histogram, share + error),
    )


def _at(histogram: Histogram, share: float) -> float:
    found = histogram.percentile_ms(100 * share)
    assert found is not None  # noqa: S101  # of a histogram that is not empty
    return found


def _log(above: float, below: float) -> float:
    return math.log(above / below)


def _above(one: Percentile) -> float:
    return math.inf if one.high_ms is None else _log(one.high_ms, one.value_ms)


def _percent(logarithm: float) -> float:
    return 100 * math.expm1(logarithm) if logarithm < math.inf else math.inf
