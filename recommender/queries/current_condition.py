"""How the model that a feature has does there, and what is asked of it."""

from __future__ import annotations

from math import sqrt

from analytics.histogram import Histogram
from analytics.readings import percentile
from analytics.wilson import Z_95
from recommender.queries.candidate_scores import Job
from recommender.queries.recommendation_ground import Ground
from recommender.recommending.results import Recommended
from recommender.recommending.troubles import FEWEST_CALLS, Condition

SHARE = 0.95


def condition_of(
    ground: Ground, job: Job, current: Recommended | None
) -> Condition | None:
    """Of the current model's calls at this feature alone; None without a model."""
    if current is None or job.feature_id is None:
        return None
    own = ground.usage.calls.get((job.feature_id, current.model.pk))
    quality = current.quality
    return Condition(
        today=ground.now.astimezone(ground.organization.zone).date(),
        retired_on=current.model.facts.retired_on,
        timeout_ms=job.timeout_ms,
        p95_ms=percentile(own.latency, 100 * SHARE) if own else None,
        p95_low_ms=lower_p95_ms(own.latency) if own else None,
        timed_calls=own.latency_calls if own else 0,
        success=own.call_success if own else None,
        least_success=ground.limits.least_success_percent / 100,
        quality=None
        if quality.score is None
        else (quality.score, quality.low, quality.high),
        least_quality=ground.limits.least_quality,
    )


def lower_p95_ms(latency: Histogram) -> float | None:
    """The lower end of the 95 % interval of the 95th percentile: by its rank among so
    many calls. None of too few."""
    if latency.count < FEWEST_CALLS:
        return None
    spread = Z_95 * sqrt(SHARE * (1 - SHARE) / latency.count)
    return latency.percentile_ms(100 * (SHARE - spread))
