"""Whether two models differ on the cases that both answered."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from analytics.benchmarking.statistics.bootstrap import (
    FEW_CASES,
    SEED,
    Matrix,
)

EXACT_UP_TO: Final = 12
NORMAL_FROM: Final = 200
FLIPS: Final = 9_999
TINY: Final = 1e-9


@dataclass(frozen=True)
class Discordance:
    """Cases that one of two models passed and the other did not, with the exact
    McNemar test of them."""

    a_only: int
    b_only: int
    both: int
    neither: int
    p_value: float

    @property
    def share(self) -> float:
        count = self.a_only + self.b_only + self.both + self.neither
        return (self.a_only + self.b_only) / count if count else 0.0


def discordance(a: Matrix, b: Matrix) -> Discordance:
    """`a` and `b` are 1, 0 or NaN a case; a case counts where both are known."""
    known = ~(np.isnan(a) | np.isnan(b))
    one, two = a[known] > 0.5, b[known] > 0.5
    a_only, b_only = int(np.sum(one & ~two)), int(np.sum(~one & two))
    return Discordance(
        a_only,
        b_only,
        int(np.sum(one & two)),
        int(np.sum(~one & ~two)),
        mcnemar(a_only, b_only),
    )


def mcnemar(a_only: int, b_only: int) -> float:
    """The exact two-sided p value: were both equally good, each discordant case
    would fall to either side like a coin."""
    from scipy.stats import binomtest  # 0.5 s to import: not with every page

    if a_only + b_only == 0:
        return 1.0
    return float(binomtest(a_only, a_only + b_only, 0.5).pvalue)


def sign_flip(differences: Matrix, weights: Matrix, seed: int = SEED) -> float | None:
    """The two-sided p value of the weighted sum of `differences` (a case each, NaN
    left out), were the sign of each by chance. On passes of one weight it is McNemar's.
    Exact for few cases, sampled for some, normal for many. None: too few cases."""
    known = ~np.isnan(differences)
    if int(known.sum()) < FEW_CASES:
        return None
    terms = differences[known] * weights[known]
    terms = terms[np.abs(terms) > TINY]
    if not len(terms):
        return 1.0
    seen = abs(float(terms.sum()))
    if len(terms) >= NORMAL_FROM:
        return math.erfc(seen / math.sqrt(2 * float(terms @ terms)))
    signs = _all_signs(len(terms)) if len(terms) <= EXACT_UP_TO else None
    if signs is not None:
        return float(np.mean(np.abs(signs @ terms) >= seen - TINY))
    drawn = np.random.default_rng(seed).integers(0, 2, size=(FLIPS, len(terms)))
    reached = np.abs((2.0 * drawn - 1) @ terms) >= seen - TINY
    return (1 + int(reached.sum())) / (1 + FLIPS)


def _all_signs(count: int) -> Matrix:
    numbers = np.arange(2**count)[:, None] >> np.arange(count)
    return np.asarray(2.0 * (numbers & 1) - 1, dtype=np.float64)


def holm(p_values: Sequence[float | None]) -> list[float | None]:
    """p values of one family adjusted for their number (Holm, 1979). Unknown ones do
    not count."""
    order = sorted(
        (value, place) for place, value in enumerate(p_values) if value is not None
    )
    adjusted: list[float | None] = [None] * len(p_values)
    highest = 0.0
    for done, (value, place) in enumerate(order):
        highest = max(highest, min(1.0, value * (len(order) - done)))
        adjusted[place] = highest
    return adjusted
