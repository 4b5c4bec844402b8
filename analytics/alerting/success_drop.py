"""Do fewer calls succeed than before? Pure.

Two proportions, tested one-sidedly with the pooled z-statistic; the drop must also be
large enough to matter, so that a busy feature does not cry over a tenth of a point.
It is over when the rate has made up half of the drop that is asked for: in between,
nothing changes, so that a rate on the edge does not flap.
"""

from __future__ import annotations

import datetime
import math
from dataclasses import dataclass
from typing import Final

from analytics.alerting.limits import Rule
from analytics.wilson import Rate, wilson

WINDOW: Final = datetime.timedelta(hours=1)
BEFORE: Final = datetime.timedelta(hours=24)
TIMES_BEFORE: Final = 4
"""The period before needs so many times the calls of the window."""
Z_DROP: Final = 3.0
"""One in 740 by chance, one-sided; a feature is judged some 24 times a day on windows
that hardly overlap."""
BACK: Final = 0.5


@dataclass(frozen=True)
class Counts:
    ok: int
    calls: int

    @property
    def rate(self) -> Rate | None:
        return wilson(self.ok, self.calls)


@dataclass(frozen=True)
class DropJudged:
    """`is_drop` and `is_over` may both be False: then what was said before stays."""

    now: Rate
    before: Rate
    z_score: float
    is_drop: bool
    is_over: bool

    @property
    def points(self) -> float:
        """How much lower, in percentage points."""
        return (self.before.share - self.now.share) * 100


def judge_drop(now: Counts, before: Counts, rule: Rule) -> DropJudged | None:
    """None where there are too few calls to say."""
    least = int(rule["min_calls"])
    rate, usual = now.rate, before.rate
    if rate is None or usual is None:
        return None
    if now.calls < least or before.calls < least * TIMES_BEFORE:
        return None
    z_score = _z_score(now, before)
    floor = float(rule["floor_points"])
    points = (usual.share - rate.share) * 100
    return DropJudged(
        rate,
        usual,
        z_score,
        is_drop=z_score > Z_DROP and points >= floor,
        is_over=points < floor * BACK,
    )


def _z_score(now: Counts, before: Counts) -> float:
    pooled = (now.ok + before.ok) / (now.calls + before.calls)
    spread = pooled * (1 - pooled) * (1 / now.calls + 1 / before.calls)
    if spread <= 0:
        return 0.0
    return (before.ok / before.calls - now.ok / now.calls) / math.sqrt(spread)
