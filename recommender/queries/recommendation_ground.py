"""Everything that recommendations for an organisation stand on, read once."""

from __future__ import annotations

import datetime
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from analytics.histogram import Histogram
from analytics.readings import percentile
from analytics.sums import Sums
from analytics.wilson import Z_95, Rate
from recommender.models import RecommendationLimits
from recommender.queries.feature_traffic import Usage, usage_of
from recommender.queries.model_evidence import (
    Asked,
    CaseScores,
    asked_cases,
    from_calls,
    voted,
)
from recommender.queries.model_pool import model_pool
from recommender.queries.scoring_rules import limits_of, own_weights
from recommender.recommending.pool import Pool, PoolModel
from recommender.scoring.evidence import Kind, Measured, levels_of
from recommender.scoring.weights import Weights
from registry.models import Organization

SHARE: Final = 0.95
FEW_SPREAD: Final = 6.0 / 1.645
"""Found by simulation: the upper end lies above the true percentile in 93 % of samples
of 20 log-normal calls, and in more than 97.5 % from 30 on."""
FEW_CALLS: Final = 20
"""Of fewer own calls nothing is read: those at all features tell more."""


@dataclass(frozen=True)
class Ground:
    organization: Organization
    now: datetime.datetime
    pool: Pool
    usage: Usage
    asked: Asked
    votes: Mapping[str, Measured]
    weights: Mapping[str, Weights]
    limits: RecommendationLimits

    def sums(self, model_id: int, feature_id: int | None) -> Sums | None:
        """Of the model's calls at this feature, or at all where those are few."""
        if feature_id is not None:
            own = self.usage.calls.get((feature_id, model_id))
            if own is not None and own.calls >= FEW_CALLS:
                return own
        return self.usage.by_model.get(model_id)

    def measured(
        self, model: PoolModel, cases: CaseScores, feature_id: int | None
    ) -> tuple[Measured, ...]:
        found = [cases.measured(model.pk), self.votes.get(model.reference)]
        sums = self.sums(model.pk, feature_id)
        return (*(one for one in found if one is not None), *from_calls(sums))

    def known_ids(self, cases: CaseScores) -> set[int]:
        """Models of which the organisation found out something itself."""
        by_reference = {one.reference: one.pk for one in self.pool.models}
        voted_for = {by_reference[name] for name in self.votes if name in by_reference}
        return {*self.usage.by_model, *cases.by_model, *voted_for}

    def levels(self, cases: CaseScores, feature_id: int | None) -> dict[Kind, float]:
        models = [
            self.pool.by_pk[pk] for pk in self.known_ids(cases) if pk in self.pool.by_pk
        ]
        return levels_of(
            (one.rating, self.measured(one, cases, feature_id)) for one in models
        )


def ground_of(
    organization: Organization,
    now: datetime.datetime,
    feature_id: int | None = None,
) -> Ground:
    """About ten queries, whatever there is. For one feature the calls of the others
    are told by their models alone."""
    return Ground(
        organization=organization,
        now=now,
        pool=model_pool(organization, now),
        usage=usage_of(organization, now, feature_id),
        asked=asked_cases(organization),
        votes=voted(organization),
        weights=own_weights(organization),
        limits=limits_of(organization),
    )


@dataclass(frozen=True)
class Latency:
    """The 95th percentile of `calls` with its 95 % interval; None of too few calls."""

    p95_ms: float | None = None
    low_ms: float | None = None
    high_ms: float | None = None
    calls: int = 0


def latency_of(sums: Sums | None) -> Latency:
    """The interval is that of ranks: how many of so many calls lie below the true
    percentile is a matter of chance (binomial), whatever the latencies look like."""
    if sums is None:
        return Latency()
    found = sums.latency
    p95 = percentile(found, 100 * SHARE)
    if p95 is None:
        return Latency(calls=sums.latency_calls)
    spread = Z_95 * math.sqrt(SHARE * (1 - SHARE) / found.count)
    least, most = SHARE - spread, SHARE + spread
    high = found.percentile_ms(100 * most) if most < 1 else _slowest(found, p95)
    return Latency(p95, found.percentile_ms(100 * least), high, sums.latency_calls)


def _slowest(found: Histogram, p95_ms: float) -> float:
    """The upper end where no rank is high enough, up to 72 calls: as far as they would
    reach were they log-normal, and no less than the slowest of them."""
    middle, most = found.percentile_ms(50) or p95_ms, found.percentile_ms(100) or p95_ms
    reach = math.pow(p95_ms / middle, FEW_SPREAD / math.sqrt(found.count))
    return max(most, p95_ms * reach)


def success_of(sums: Sums | None) -> Rate | None:
    return sums.call_success if sums else None
