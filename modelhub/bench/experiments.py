"""How long it takes to know how an experiment of a million requests stands."""

from __future__ import annotations

import datetime
import time
from collections.abc import Iterator
from typing import Any, Final

from django.db import connection
from django.utils import timezone

from analytics.services.partitions import ensure_partitions
from analytics.services.rollup_rebuilding import mark_all_dirty
from analytics.services.rollups import roll_up
from modelhub.bench.timing import Measurement, measure
from recommender.models import Experiment, ExperimentArm, ExperimentState
from recommender.queries.experiment_readings import readings_between
from recommender.queries.experiment_results import results_of
from registry.models import AIModel, Feature, Organization

DAYS: Final = 14
USERS: Final = 40_000
EVALUATION_TARGET_MS: Final = 500
ROWS: Final = """
INSERT INTO analytics_usagerecord (
  id, request_id, started_at, organization_id, ai_model_id, feature_id, arm_id,
  unit_hash, latency_ms, attempt, is_stream, is_relayed, answered, cost_usd, outcome,
  cost_state, source, finish_reason, error_kind, error_code, error_message,
  provider_request_id, model_name, breakdown, trace)
SELECT gen_random_uuid(), gen_random_uuid(),
  %(start)s + %(length)s * ((number + random()) / %(count)s), %(owner)s,
  (%(models)s::bigint[])[1 + arm], %(feature)s, (%(arms)s::bigint[])[1 + arm],
  hashint8extended(person, 7), (300 * exp(2 * random()))::int, 1, false, false, is_good,
  0.001 * (1 + number %% 9), CASE WHEN is_good THEN 'ok' ELSE 'error' END, 'computed',
  'gateway', '', '', '', '', '', '', '', ''
FROM (
  SELECT number, person, person %% 2 AS arm, random() < 0.97 AS is_good
  FROM (
    SELECT number, (random() * random() * %(users)s)::int AS person
    FROM generate_series(0, %(count)s - 1) AS number
  ) AS asked
) AS made
"""


def measure_experiments(runs: int, count: int, said: Any) -> Iterator[Measurement]:
    """Needs models. An arm each for half of the users, who ask 1 to some hundred times
    in two weeks."""
    now = timezone.now()
    experiment = _running(now - datetime.timedelta(days=DAYS))
    arms = list(experiment.arms.all())
    _fill(experiment, arms, count)
    begun = experiment.started_at or now
    owner = experiment.organization_id
    mark_all_dirty(organization_id=owner)
    beside = measure(
        lambda: readings_between(experiment, arms, begun, now), runs=3, warm=1
    )
    started = time.perf_counter()
    hours = roll_up(organization_id=owner)
    taken = time.perf_counter() - started
    said.write(f"{hours:,} hours summed up in {taken:,.0f} s")
    yield Measurement(
        f"Evaluation of {count:,} requests",
        measure(lambda: readings_between(experiment, arms, begun, now), runs=runs),
        EVALUATION_TARGET_MS,
        "from all of its records",
        beside,
    )
    yield Measurement(
        f"Results of {count:,} requests, with hours",
        measure(lambda: results_of(experiment, now), runs=runs),
    )


def _running(begun: datetime.datetime) -> Experiment:
    organization = Organization.objects.create(name="Trials", slug="bench-experiment")
    feature = Feature.objects.create(organization=organization, key="chat", name="Chat")
    one = Experiment.objects.create(
        organization=organization,
        feature=feature,
        slug="million",
        name="A million",
        salt="bench",
        state=ExperimentState.RUNNING,
        started_at=begun,
        step_started_at=begun,
    )
    models = list(AIModel.objects.order_by("pk")[:2])
    for key, model in zip(("control", "b"), models, strict=True):
        ExperimentArm.objects.create(
            experiment=one,
            key=key,
            name=key,
            is_control=key == "control",
            ai_model=model,
            reference=key,
            share_percent=50,
        )
    return one


def _fill(one: Experiment, arms: list[ExperimentArm], count: int) -> None:
    begun = one.started_at or timezone.now()
    ensure_partitions(2, now=begun)
    values: dict[str, Any] = {  # the stubs know no intervals
        "owner": one.organization_id,
        "feature": one.feature_id,
        "models": [arm.ai_model_id for arm in arms],
        "arms": [arm.pk for arm in arms],
        "users": USERS,
        "start": begun,
        "length": datetime.timedelta(days=DAYS) - datetime.timedelta(seconds=1),
        "count": count,
    }
    with connection.cursor() as cursor:
        cursor.execute(ROWS, values)
        cursor.execute("ANALYZE")
