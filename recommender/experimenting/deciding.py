"""How many more requests would decide a comparison. Pure."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from recommender.experimenting.always_valid import (
    TARGET_OBSERVATIONS,
    Counted,
    Difference,
    Sample,
    mean_difference,
    rate_difference,
)

MOST_TOLD: Final = 10_000_000
"""More than that is as good as never."""


def requests_for_rates(
    candidate: Counted,
    control: Counted,
    bound: float = 0.0,
    target: float = TARGET_OBSERVATIONS,
) -> int | None:
    """How many more requests of both arms together, split as until now, until the
    interval leaves `bound` (−1 to 1) out, if the rates stay as they are. 0: it does.
    None: there is nothing to go by, or it would be more than `MOST_TOLD`."""
    if rate_difference(candidate, control, target) is None:
        return None
    return _further(
        candidate.count + control.count,
        bound,
        lambda times: rate_difference(
            _more(candidate, times), _more(control, times), target
        ),
    )


def requests_for_means(
    candidate: Sample,
    control: Sample,
    bound: float = 0.0,
    target: float = TARGET_OBSERVATIONS,
) -> int | None:
    """The same for means; `bound` in their unit."""
    if mean_difference(candidate, control, target) is None:
        return None
    return _further(
        candidate.count + control.count,
        bound,
        lambda times: mean_difference(
            _wider(candidate, times), _wider(control, times), target
        ),
    )


def _further(
    count: int, bound: float, at: Callable[[float], Difference | None]
) -> int | None:
    def is_decided(times: float) -> bool:
        found = at(times)
        return found is not None and not found.low <= bound <= found.high

    if is_decided(1.0):
        return 0
    few, many = 1.0, 2.0
    while not is_decided(many):
        few, many = many, 2 * many
        if few * count > MOST_TOLD:
            return None
    while (many - few) * count > max(1.0, 0.005 * many * count):
        middle = (few + many) / 2
        few, many = (few, middle) if is_decided(middle) else (middle, many)
    return _rounded(math.ceil((many - 1) * count))


def _rounded(number: int) -> int:
    """To two digits, upwards: nobody knows more of the future."""
    step = int(10 ** max(0, len(str(number)) - 2))
    return -(-number // step) * step


def _more(counted: Counted, times: float) -> Counted:
    count = max(1, round(counted.count * times))
    return Counted(min(count, round(counted.share * count)), count, counted.effect)


def _wider(sample: Sample, times: float) -> Sample:
    return replace(sample, count=round(sample.count * times))
