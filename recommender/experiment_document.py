"""An experiment as one JSON document."""

from __future__ import annotations

import datetime
from typing import Any

from recommender.models import Experiment
from recommender.queries.experiment_readings import planned_percents, readings_between


def experiment_document(
    experiment: Experiment, until: datetime.datetime | None = None
) -> dict[str, Any]:
    """With `until` also what its arms did since the start, and its events. A number
    that nobody knows is null."""
    document = {
        "slug": experiment.slug,
        "name": experiment.name,
        "feature": experiment.feature.key,
        "kind": experiment.kind,
        "state": experiment.state,
        "state_reason": experiment.state_reason,
        "unit": experiment.unit,
        "candidate_percent": experiment.step_percent,
        "started_at": experiment.started_at,
        "ended_at": experiment.ended_at,
        "winner": experiment.winner_arm.key if experiment.winner_arm else None,
    }
    if until is None:
        return document
    return document | {
        "arms": _arms(experiment, until),
        "events": list(
            experiment.events.values("at", "kind", "text", "actor_label", "facts")
        ),
    }


def _arms(experiment: Experiment, until: datetime.datetime) -> list[dict[str, Any]]:
    arms = list(experiment.arms.all())
    planned = planned_percents(experiment, arms)
    begun = experiment.started_at
    readings = readings_between(experiment, arms, begun, until) if begun else None
    found = []
    for arm in arms:
        one = readings.arms[arm.key] if readings else None
        found.append(
            {
                "key": arm.key,
                "model": arm.reference,
                "is_control": arm.is_control,
                "parameters": arm.parameters,
                "share_percent": planned[arm.key],
                "requests": one.requests if one else None,
                "successes": one.successes if one else None,
                "p95_ms": one.latency.percentile_ms(95.0) if one else None,
                "rated": one.rated if one else None,
                "thumbs_down": one.thumbs_down if one else None,
                "cost_usd": one.cost_usd if one and one.requests else None,
            }
        )
    return found
