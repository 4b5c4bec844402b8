"""What cases that were not drawn may hold. Resampling knows only the differences that
it has seen: where no case was lost, no resample loses one, and the interval ends at 0.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Final

import numpy as np

from analytics.benchmarking.statistics.bootstrap import Interval, Matrix
from analytics.wilson import Z_95

LEAST_SURPRISE: Final = 0.1
"""An unseen case may differ by as much as the greatest seen difference, and by this at
least, also where marks were fine."""


def with_unseen(interval: Interval, gaps: Matrix, weights: Matrix) -> Interval:
    """`interval` of the weighted mean of `gaps` (−1 to 1, without NaN), widened where
    it is narrower than that of Bonett and Price (“Adjusted Wald confidence interval for
    a difference of binomial proportions based on paired data”, 2012): one more case
    won and one more lost."""
    if interval.low is None or interval.high is None or np.ptp(gaps) < 1e-12:
        return interval
    surprise = max(LEAST_SURPRISE, float(np.abs(gaps).max()))
    share = weights / weights.sum()
    cases = 1.0 / float(share @ share)
    mean = cases * float(share @ gaps) / (cases + 2)
    square = (cases * float(share @ gaps**2) + 2 * surprise**2) / (cases + 2)
    half = Z_95 * math.sqrt(max(square - mean**2, 0.0) / (cases + 2))
    return replace(
        interval,
        low=max(-1.0, min(interval.low, mean - half)),
        high=min(1.0, max(interval.high, mean + half)),
    )
