"""Requests of the arms of an experiment as the gateway would have recorded them."""

from __future__ import annotations

import datetime
import random
from decimal import Decimal

from django.db import connection

from analytics.models import Feedback, UsageRecord
from analytics.recording.dirty_hours import mark_dirty
from analytics.usage_row import Outcome
from recommender.models import Experiment, ExperimentArm
from registry.cost import CostState
from tests.analytics.calls import call
from tests.analytics.records import unsaved


def recorded(
    arm: ExperimentArm,
    count: int,
    *,
    failures: int = 0,
    usd: str = "0.01",
    latency_ms: int = 800,
    disliked: int = 0,
    rated: int = 0,
    since: datetime.datetime | None = None,
    minutes: float = 1.0,
    unit_hash: int | None = None,
) -> None:
    """`count` requests, `minutes` apart; the failures are spread over them, the first
    of them are rated."""
    one: Experiment = arm.experiment
    start = since or one.step_started_at
    chance = random.Random(arm.key)
    failing = set(chance.sample(range(count), failures))
    rows = []
    for number in range(count):
        is_good = number not in failing
        row = unsaved(
            call(
                organization_id=one.organization_id,
                feature_id=one.feature_id,
                ai_model_id=arm.ai_model_id,
                arm_id=arm.pk,
                unit_hash=unit_hash,
                started_at=start + datetime.timedelta(minutes=minutes * number),
                outcome=Outcome.OK if is_good else Outcome.ERROR,
                answered=is_good,
                latency_ms=round(latency_ms * chance.uniform(0.8, 1.2)),
            )
        )
        row.cost_state = CostState.COMPUTED.value
        row.cost_usd = Decimal(usd) * Decimal(round(chance.uniform(0.8, 1.2), 3))
        rows.append(row)
    UsageRecord.objects.bulk_create(rows)
    with connection.cursor() as cursor:
        mark_dirty(cursor, [(row.organization_id, row.started_at) for row in rows])
    Feedback.objects.bulk_create(
        Feedback(
            organization_id=one.organization_id,
            request_id=row.request_id,
            score=-1.0 if number < disliked else 1.0,
        )
        for number, row in enumerate(rows[:rated])
    )
