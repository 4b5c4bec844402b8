"""Do calls take longer than in the weeks before? Pure.

The 95th percentile of few calls jumps about. So it is not the percentile itself that
must lie above the limit but its lower confidence bound by order statistics: of n calls
the number below the true percentile is binomial, so that the percentile at
p − z·√(p(1 − p)/n) lies below it with the confidence of z (David and Nagaraja, "Order
Statistics", 2003, section 7.1).
"""

from __future__ import annotations

import datetime
import math
from dataclasses import dataclass
from typing import Final

from analytics.alerting.limits import Rule
from analytics.histogram import Histogram

WINDOW: Final = datetime.timedelta(hours=1)
BEFORE: Final = datetime.timedelta(weeks=4)
TIMES_BEFORE: Final = 5
SHARE: Final = 0.95
Z_RISE: Final = 2.326
"""One-sided 99 %."""
BACK: Final = 0.5


@dataclass(frozen=True)
class RiseJudged:
    """`low_ms` is the lower bound of `now_ms`. `is_rise` and `is_over` may both be
    False: then what was said before stays."""

    now_ms: float
    low_ms: float
    before_ms: float
    calls: int
    is_rise: bool
    is_over: bool


def judge_rise(now: Histogram, before: Histogram, rule: Rule) -> RiseJudged | None:
    """None where there are too few calls to say."""
    least = int(rule["min_calls"])
    calls = now.count
    if calls < least or before.count < least * TIMES_BEFORE:
        return None
    usual = before.percentile_ms(SHARE * 100)
    p95 = now.percentile_ms(SHARE * 100)
    low = now.percentile_ms(low_percent(calls))
    if usual is None or p95 is None or low is None:
        return None
    margin = max(usual * float(rule["floor_percent"]) / 100, float(rule["floor_ms"]))
    return RiseJudged(
        now_ms=p95,
        low_ms=low,
        before_ms=usual,
        calls=calls,
        is_rise=low > usual + margin,
        is_over=p95 < usual + margin * BACK,
    )


def low_percent(calls: int) -> float:
    """Which percentile of `calls` calls bounds the true 95th from below (0–100)."""
    half = Z_RISE * math.sqrt(SHARE * (1 - SHARE) / calls)
    return max(0.0, SHARE - half) * 100
