"""The Wilson score interval: how sure a rate is. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

Z_95: Final = 1.959963984540054
"""Standard deviations that hold 95 % of a normal distribution."""


@dataclass(frozen=True)
class Rate:
    """A share of `count` trials, 0–1, with its 95 % interval."""

    share: float
    low: float
    high: float
    count: int


def wilson(successes: int, count: int, z: float = Z_95) -> Rate | None:
    """None of no trials: nothing is known. Raises ValueError for more successes than
    trials."""
    if not 0 <= successes <= count:
        message = "There are between none and all successes."
        raise ValueError(message)
    if count == 0:
        return None
    share = successes / count
    square = z * z
    middle = (share + square / (2 * count)) / (1 + square / count)
    spread = math.sqrt(share * (1 - share) / count + square / (4 * count * count))
    half = z * spread / (1 + square / count)
    return Rate(share, max(0.0, middle - half), min(1.0, middle + half), count)


def ends_of_difference(one: Rate, other: Rate) -> tuple[float, float]:
    """The 95 % interval of `one` minus `other`, two independent rates (Newcombe's
    square-and-add of Wilson's ends, 1998). Two intervals that overlap may still
    differ."""
    gap = one.share - other.share
    return (
        gap - math.hypot(one.share - one.low, other.high - other.share),
        gap + math.hypot(one.high - one.share, other.share - other.low),
    )
