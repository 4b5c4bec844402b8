"""What an organisation has found out of its models, read from the database for the
automatic choice."""

from __future__ import annotations

import datetime
from typing import Final

from analytics.queries.alert_evidence import PRODUCT
from analytics.queries.measures import measure_all
from analytics.questions import Dimension, Key, Question
from analytics.sums import Sums
from recommender.queries.model_evidence import asked_cases, from_calls
from recommender.queries.task_outcomes import task_outcomes
from recommender.routing.believing import Found
from registry.models import Organization

LOOK_BACK: Final = datetime.timedelta(days=30)
"""So far calls and feedback are looked at: a model is as it was of late."""


def found_of(organization_id: int, now: datetime.datetime) -> dict[int, Found]:
    """By model id: benchmarks, and feedback, success and latency of the product's own
    calls of the last 30 days; the same for each kind of work, as far as that is known.
    A few queries; nothing of an unknown organisation."""
    organization = Organization.objects.filter(pk=organization_id).first()
    if organization is None:
        return {}
    asked = asked_cases(organization)
    cases = asked.of_all()
    sums = _sums(organization, now)
    by_task = task_outcomes(organization, asked, now, LOOK_BACK)
    found = {}
    for pk in {*cases.by_model, *sums, *by_task}:
        scored, called = cases.measured(pk), sums.get(pk)
        measured = ((scored,) if scored else ()) + tuple(from_calls(called))
        latency_ms = called.mean_latency_ms if called else None
        found[pk] = Found(measured, latency_ms, by_task.get(pk, {}))
    return found


def _sums(organization: Organization, now: datetime.datetime) -> dict[int, Sums]:
    question = Question(
        organization_id=organization.pk,
        start=now - LOOK_BACK,
        end=now,
        zone=organization.zone,
        split=(Dimension.MODEL,),
        only={Dimension.SOURCE: frozenset[Key](PRODUCT)},
    )
    (answer,) = measure_all([question])
    return {
        part.keys[0]: part.sums
        for part in answer.parts
        if isinstance(part.keys[0], int)
    }
