"""Requests of a running experiment, as the gateway records them."""

from __future__ import annotations

import datetime
import uuid
from decimal import Decimal
from typing import Any

from django.db import connection

from analytics.models import Feedback, UsageRecord
from analytics.recording.dirty_hours import mark_dirty
from analytics.usage_row import Outcome
from recommender.models import Experiment, ExperimentArm
from registry.cost import CostState
from tests.analytics.calls import call
from tests.analytics.records import unsaved

AN_HOUR = datetime.timedelta(hours=1)
SETTLED = datetime.timedelta(seconds=10)


def traffic(
    experiment: Experiment,
    requests: int = 1_000,
    *,
    failing_percent: int = 0,
    candidate_percent: float | None = None,
    **facts: Any,
) -> None:
    """An hour of the present step, each request of a user of its own. Where the
    candidate fails, the control answers in its place. `facts` are the candidate's."""
    experiment.refresh_from_db()
    arms = list(experiment.arms.all())
    control = next(arm for arm in arms if arm.is_control)
    (candidate,) = (arm for arm in arms if not arm.is_control)
    planned = experiment.step_percent or float(candidate.share_percent)
    share = planned if candidate_percent is None else candidate_percent
    count = round(requests * share / 100)
    failures = round(count * failing_percent / 100)
    of_arm(control, requests - count)
    of_arm(candidate, count, failures=failures, fallback=control, **facts)


def of_arm(
    arm: ExperimentArm,
    count: int,
    *,
    failures: int = 0,
    fallback: ExperimentArm | None = None,
    disliked: int = 0,
    since: datetime.datetime | None = None,
    **facts: Any,
) -> None:
    start = (since or arm.experiment.step_started_at) + SETTLED
    rows = []
    for number in range(count):
        request_id = uuid.uuid4()
        said = {
            "organization_id": arm.experiment.organization_id,
            "feature_id": arm.experiment.feature_id,
            "arm_id": arm.pk,
            "unit_hash": request_id.int % 2**62,
            "request_id": request_id,
            "started_at": start + number * (AN_HOUR - 2 * SETTLED) / max(count, 1),
            "latency_ms": 900 + number % 100,
            **facts,
        }
        if number < failures:
            rows.append(_row(said, arm, Outcome.ERROR, 1))
        if number >= failures:
            rows.append(_row(said, arm, Outcome.OK, 1))
        elif fallback is not None:
            rows.append(_row(said, fallback, Outcome.OK, 2))
    UsageRecord.objects.bulk_create(rows)
    with connection.cursor() as cursor:
        mark_dirty(cursor, [(row.organization_id, row.started_at) for row in rows])
    Feedback.objects.bulk_create(
        Feedback(
            organization_id=arm.experiment.organization_id,
            request_id=row.request_id,
            score=-1.0 if number < disliked else 1.0,
        )
        for number, row in enumerate(rows)
        if disliked and row.attempt == 1
    )


def _row(
    said: dict[str, Any], asked: ExperimentArm, outcome: Outcome, attempt: int
) -> UsageRecord:
    row = unsaved(
        call(
            **said,
            id=uuid.uuid4(),
            ai_model_id=asked.ai_model_id,
            attempt=attempt,
            outcome=outcome,
            answered=outcome is Outcome.OK,
        )
    )
    row.cost_state, row.cost_usd = CostState.COMPUTED.value, Decimal("0.01")
    return row
