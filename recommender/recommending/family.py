"""Of many candidates the best is chosen: what shows it to be no worse has to hold for
their number. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from statistics import NormalDist
from typing import Final

from analytics.benchmarking.statistics.pairing import holm
from analytics.benchmarking.statistics.power import about
from analytics.benchmarking.statistics.verdicts import points
from recommender.recommending.standing import Judgement, Pairing, Standing

LEVEL: Final = 0.025
"""One-sided: that of the lower end of a 95 % interval."""
NORMAL: Final = NormalDist()


def within_family(
    judgements: Sequence[Judgement | None], margin: float
) -> list[Judgement | None]:
    """The same, but “not worse by more than `margin`” (0 to 1) only where it holds with
    all candidates that were tried counted (Holm, 1979): else one of many that are worse
    would pass too often by chance. None and what was not tested do not count."""
    chances = [
        None if one is None else chance(one.pairing, margin) for one in judgements
    ]
    tried = sum(one is not None for one in chances)
    return [
        one
        if one is None or adjusted is None or adjusted <= LEVEL
        else _among(one, tried, adjusted, margin)
        for one, adjusted in zip(judgements, holm(chances), strict=True)
    ]


def chance(pairing: Pairing, margin: float) -> float | None:
    """The one-sided p value of “worse by more than `margin`”, read off the lower end of
    the 95 % interval. None where there is no interval."""
    if pairing.difference is None or pairing.low is None:
        return None
    room, half = pairing.difference + margin, pairing.difference - pairing.low
    if half <= 0:
        return 0.0 if room > 0 else 1.0
    return 1 - NORMAL.cdf(NORMAL.inv_cdf(1 - LEVEL) * room / half)


def _among(one: Judgement, tried: int, adjusted: float, margin: float) -> Judgement:
    if one.standing is not Standing.NOT_WORSE:
        return one
    more = _further_cases(one.pairing, adjusted, margin)
    _, _, seen = one.text.partition(": ")
    text = (
        f"It may be worse by more than {points(margin)} points: {seen} "
        f"Alone that would do; of {tried} candidates tried, one may look so by chance. "
        f"About {about(more):,} more cases would decide it."
    )
    return replace(one, standing=Standing.UNDECIDED, text=text, further_cases=more)


def _further_cases(pairing: Pairing, adjusted: float, margin: float) -> int:
    """Beside those there, were the difference and its spread to stay: an interval
    narrows with the root of the cases."""
    alone = chance(pairing, margin) or LEVEL
    share = LEVEL * alone / adjusted
    needed, seen = NORMAL.inv_cdf(1 - share), NORMAL.inv_cdf(1 - alone)
    return max(1, math.ceil(pairing.cases * ((needed / seen) ** 2 - 1)))
