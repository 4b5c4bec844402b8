"""What was applied, as before and after: the month's cost, and the floors of each
feature with their certainty."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from analytics.readings import percentile
from analytics.sums import Sums
from recommender.models import (
    Recommendation,
    RecommendationLimits,
    RecommendationState,
)
from recommender.queries.feature_traffic import usage_of
from recommender.queries.scoring_rules import limits_of
from registry.models import Organization

FEW_CALLS: Final = 20
MOST: Final = 50


@dataclass(frozen=True)
class Floor:
    """One thing that a feature has to keep. `is_kept` is None where it is not known."""

    text: str
    is_kept: bool | None


@dataclass(frozen=True)
class Applied:
    """`is_measured`: by its own calls at the feature since then; else success and time
    are what was known when it was found."""

    one: Recommendation
    quality: Floor
    success: Floor
    latency: Floor
    is_measured: bool


@dataclass(frozen=True)
class BeforeAndAfter:
    """Dollars a month of the features that were changed and whose prices are known."""

    rows: tuple[Applied, ...]
    before_usd: Decimal
    after_usd: Decimal

    @property
    def percent(self) -> Decimal | None:
        if not self.before_usd:
            return None
        return 100 * (self.before_usd - self.after_usd) / self.before_usd

    @property
    def broken(self) -> int:
        return sum(
            False in (row.quality.is_kept, row.success.is_kept, row.latency.is_kept)
            for row in self.rows
        )


def before_and_after(
    organization: Organization, now: datetime.datetime
) -> BeforeAndAfter | None:
    """None where nothing is applied."""
    found = list(
        Recommendation.objects.filter(
            organization=organization,
            state=RecommendationState.APPLIED,
            feature__archived_at=None,
        ).select_related("feature")[:MOST]
    )
    if not found:
        return None
    calls = usage_of(organization, now).calls
    limits = limits_of(organization)
    priced = list(_priced(found))
    return BeforeAndAfter(
        tuple(_row(one, limits, calls) for one in found),
        sum((before for before, _ in priced), Decimal(0)),
        sum((after for _, after in priced), Decimal(0)),
    )


def _priced(found: Iterable[Recommendation]) -> Iterable[tuple[Decimal, Decimal]]:
    for one in found:
        if one.before_usd is not None and one.after_usd is not None:
            yield one.before_usd, one.after_usd


def _row(
    one: Recommendation,
    limits: RecommendationLimits,
    calls: Mapping[tuple[int, int], Sums],
) -> Applied:
    seen: tuple[float, float, float] | None
    own = calls.get((one.feature_id, one.proposed_model_id or 0))
    then: Mapping[str, Any] = one.details.get("proposed", {})
    is_measured = own is not None and own.calls >= FEW_CALLS
    if own is not None and is_measured:
        rate = own.call_success
        seen = (rate.share, rate.low, rate.high) if rate else None
        p95 = percentile(own.latency, 95)
    else:
        seen = _known_success(then)
        p95 = then.get("latency_p95_ms")
    return Applied(
        one,
        _quality(one, limits.margin_points),
        _success(seen, limits.least_success_percent / 100),
        _latency(p95, 1_000.0 * one.feature.timeout_seconds),
        is_measured,
    )


def _known_success(then: Mapping[str, Any]) -> tuple[float, float, float] | None:
    """Of all its calls, on the day when it was found."""
    ends = [then.get(name) for name in ("success", "success_low", "success_high")]
    known = [float(end) for end in ends if end is not None]
    return (known[0], known[1], known[2]) if len(known) == len(ends) else None


def _quality(one: Recommendation, margin_points: float) -> Floor:
    """By paired benchmarks, as they stood."""
    evidence: Mapping[str, Any] = one.details.get("evidence", {})
    ends = [evidence.get(name) for name in ("difference", "low", "high")]
    if None in ends:
        return Floor("not benchmarked", None)
    change, low, high = (100 * float(end or 0) for end in ends)
    text = f"{change:+.1f} points ({low:+.1f} to {high:+.1f})".replace("-", "−")
    if low > -margin_points:
        return Floor(text, True)
    return Floor(text, False if high < 0 else None)


def _success(seen: tuple[float, float, float] | None, least: float) -> Floor:
    if seen is None:
        return Floor("not known", None)
    share, low, high = seen
    text = f"{share:.1%} ({low:.1%} to {high:.1%})"
    if high < least:
        return Floor(text, False)
    return Floor(text, True if share >= least else None)


def _latency(p95_ms: float | None, limit_ms: float) -> Floor:
    if p95_ms is None:
        return Floor("not known", None)
    return Floor(f"{p95_ms:,.0f} ms of {limit_ms:,.0f}", p95_ms <= limit_ms)
