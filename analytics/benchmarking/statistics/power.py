"""How many cases settle a comparison, and what a number of cases can show."""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import Final

ALPHA: Final = 0.05
POWER: Final = 0.8
TOO_MANY: Final = 100_000
"""Nobody writes as many cases: "too small to settle"."""
NORMAL: Final = NormalDist()


def cases_needed(
    difference: float, mean_square: float, alpha: float = ALPHA, power: float = POWER
) -> int | None:
    """Paired cases with which `difference` would be seen with the given power.
    `mean_square` is the mean of squared differences of cases: of passes, the share of
    discordant ones (Connor, 1987). None: more than anybody has."""
    gap = abs(difference)
    if gap == 0 or mean_square <= 0:
        return None
    spread = math.sqrt(max(mean_square - gap * gap, 0.0))
    needed = (
        (_z(1 - alpha / 2) * math.sqrt(mean_square) + _z(power) * spread) / gap
    ) ** 2
    return math.ceil(needed) if needed <= TOO_MANY else None


def cases_to_show_no_worse(
    difference: float, mean_square: float, margin: float, power: float = POWER
) -> int | None:
    """Paired cases with which the lower end of the 95 % interval would lie above
    −`margin` with the given power, were `difference` true. None: it never would, or
    that takes more than anybody has."""
    room = difference + margin
    if room <= 0:
        return None
    variance = max(mean_square - difference**2, 0.0)
    needed = variance * ((_z(1 - ALPHA / 2) + _z(power)) / room) ** 2
    return math.ceil(needed) if needed <= TOO_MANY else None


def smallest_gap(
    mean_square: float, cases: int, alpha: float = ALPHA, power: float = POWER
) -> float | None:
    """The difference that so many paired cases show with the given power."""
    if cases <= 0 or mean_square <= 0:
        return None
    at_most = (_z(1 - alpha / 2) + _z(power)) * math.sqrt(mean_square / cases)
    return min(at_most, 1.0)


def about(cases: int) -> int:
    """Rounded to what such an estimate is worth: 2 figures."""
    if cases < 20:
        return cases
    step = int(10 ** (len(str(cases)) - 2))
    return math.ceil(cases / step) * step


def _z(level: float) -> float:
    return NORMAL.inv_cdf(level)
