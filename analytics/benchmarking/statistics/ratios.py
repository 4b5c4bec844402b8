"""How sure the ratio of two sums is, such as output tokens to time. Pure.

The ratio estimator with linearised variance (Cochran, Sampling Techniques, 1977,
chapter 6): parts such as cases or hours are the units, so that what belongs together
within a part does not feign certainty."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from analytics.wilson import Z_95

FEWEST_PARTS: Final = 10
"""With fewer parts there is no interval."""


@dataclass(frozen=True)
class Ratio:
    """`low` and `high` hold 95 %; both None of fewer than FEWEST_PARTS parts."""

    value: float
    low: float | None
    high: float | None
    parts: int


def ratio(parts: Sequence[tuple[float, float]]) -> Ratio | None:
    """Of the sum of the first to the sum of the second numbers, none of which is below
    0; None where the second sum is 0."""
    above = math.fsum(one for one, _ in parts)
    below = math.fsum(other for _, other in parts)
    if below <= 0:
        return None
    value, count = above / below, len(parts)
    if count < FEWEST_PARTS:
        return Ratio(value, None, None, count)
    squares = math.fsum((one - value * other) ** 2 for one, other in parts)
    half = Z_95 * math.sqrt(count / (count - 1) * squares) / below
    return Ratio(value, max(0.0, value - half), value + half, count)
