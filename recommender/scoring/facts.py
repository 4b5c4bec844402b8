"""What a score is made of. None everywhere: not known. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from decimal import Decimal

from analytics.wilson import Rate
from recommender.scoring.evidence import Kind, Measured
from recommender.use_cases import Fit


@dataclass(frozen=True, kw_only=True)
class CandidateFacts:
    """One model for one job. `monthly_usd` is a month of the job's own traffic;
    `is_exact` says that every call of it was priced anew. `latency_low_ms` and
    `latency_high_ms` are the 95 % interval of the percentile. `excluded` are the
    reasons for which the model cannot have the job at all; they read on after its
    name."""

    reference: str
    suitability: Fit | None = None
    rating: float | None = None
    measured: tuple[Measured, ...] = ()
    latency_p95_ms: float | None = None
    latency_low_ms: float | None = None
    latency_high_ms: float | None = None
    latency_calls: int = 0
    success: Rate | None = None
    monthly_usd: Decimal | None = None
    is_exact: bool = False
    is_current: bool = False
    excluded: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Yardsticks:
    """What candidates are held against: at `reference_usd` a month and at
    `latency_target_ms` (95th percentile) a model has 50 of 100 points. `levels`: see
    `evidence.levels_of`."""

    reference_usd: Decimal | None = None
    latency_target_ms: float = 5_000.0
    levels: dict[Kind, float] = field(default_factory=dict)


LATENCY_TARGET_MS = {
    "realtime": 1_500.0,
    "interactive": 5_000.0,
    "background": 60_000.0,
}
"""By the urgency of a feature."""


def known_money(usd: Decimal | None) -> Decimal | None:
    """None too for what is no sum of money."""
    return usd if usd is not None and usd.is_finite() and usd >= 0 else None


def known(value: float | None) -> float | None:
    """None too for NaN, the infinite and the negative."""
    usable = value is not None and math.isfinite(value) and value >= 0
    return value if usable else None
