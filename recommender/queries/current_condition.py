"""How the model that a feature has does there, and what is asked of it."""

from __future__ import annotations

from recommender.queries.candidate_scores import Job
from recommender.queries.recommendation_ground import Ground, latency_of
from recommender.recommending.results import Recommended
from recommender.recommending.troubles import Condition


def condition_of(
    ground: Ground, job: Job, current: Recommended | None
) -> Condition | None:
    """Of the current model's calls at this feature alone; None without a model."""
    if current is None or job.feature_id is None:
        return None
    own = ground.usage.calls.get((job.feature_id, current.model.pk))
    quality, latency = current.quality, latency_of(own)
    return Condition(
        today=ground.now.astimezone(ground.organization.zone).date(),
        retired_on=current.model.facts.retired_on,
        timeout_ms=job.timeout_ms,
        p95_ms=latency.p95_ms,
        p95_low_ms=latency.low_ms,
        timed_calls=latency.calls,
        success=own.call_success if own else None,
        least_success=ground.limits.least_success_percent / 100,
        quality=None
        if quality.score is None
        else (quality.score, quality.low, quality.high),
        least_quality=ground.limits.least_quality,
    )
