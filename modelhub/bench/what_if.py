"""Thirty days of traffic of a large organisation re-priced from bands, beside the same
question asked of the records."""

from __future__ import annotations

import datetime
from typing import Any, Final

from django.db import connection
from django.utils import timezone

from analytics.queries.alternatives import find_alternatives
from analytics.queries.what_if import WhatIfQuestion, what_if
from analytics.services.bands import build_bands
from analytics.services.partitions import ensure_partitions
from modelhub.bench.timing import Measurement, measure
from registry.models import AIModel, Feature, Organization

DAYS: Final = 30
FEATURES: Final = 20
CALLS_AN_HOUR: Final = 1_000
LARGE: Final = 5_000
WHAT_IF_TARGET_MS: Final = 1_000
RECORDS: Final = """
INSERT INTO analytics_usagerecord (
  id, request_id, started_at, organization_id, ai_model_id, feature_id, price_id,
  input_tokens, output_tokens, cache_read_tokens, cache_write_tokens,
  cache_write_1h_tokens, reasoning_tokens, attempt, is_stream, is_relayed, answered,
  cost_usd, outcome, cost_state, source, finish_reason, error_kind, error_code,
  error_message, provider_request_id, model_name, breakdown, trace)
SELECT gen_random_uuid(), gen_random_uuid(), %(start)s + number * %(gap)s, %(owner)s,
  (%(models)s::bigint[])[1 + number %% %(model_count)s],
  (%(features)s::bigint[])[1 + number %% %(feature_count)s], 1,
  size, 300 + number %% 900, size * (number %% 3) / 4, 0, 0, number %% 200, 1, false,
  false, true, 0.001 * (1 + number %% 9), 'ok', 'computed', 'gateway', 'stop', '', '',
  '', '', '', '', ''
FROM (
  SELECT number, (200 * exp(6 * random()))::int AS size
  FROM generate_series(0, %(count)s - 1) AS number
) AS made
"""
SCAN: Final = """
SELECT feature_id, width_bucket(input_tokens, ARRAY[32000, 128000, 200000, 272000]),
  sum(input_tokens), sum(output_tokens), sum(cache_read_tokens),
  sum(reasoning_tokens), sum(cost_usd), count(*)
FROM analytics_usagerecord
WHERE organization_id = %(owner)s AND started_at >= %(start)s
GROUP BY 1, 2
"""


def measure_what_if(runs: int, *, calls_an_hour: int = CALLS_AN_HOUR) -> Measurement:
    """Needs models with prices: run it after a sync of the catalogue."""
    now = timezone.now()
    organization, models = _organization()
    start = now - datetime.timedelta(days=DAYS)
    count = calls_an_hour * DAYS * 24
    _insert(organization, models, start, count)
    bands = _build(organization, start)
    names = [one.reference for one in models[:2]]
    question = WhatIfQuestion(
        organization=organization,
        now=now,
        days=DAYS,
        alternatives=find_alternatives(organization, names, {}).alternatives,
    )
    timing = measure(lambda: what_if(question), runs=runs)
    beside = measure(lambda: _scan(organization, start), runs=min(runs, 5), warm=1)
    return Measurement(
        f"What-if over {DAYS} days, {count:,} calls",
        timing,
        WHAT_IF_TARGET_MS,
        beside="one scan of the records",
        beside_timing=beside,
        note=f"{bands:,} bands",
    )


def _organization() -> tuple[Organization, list[AIModel]]:
    organization = Organization.objects.create(name="What-if", slug="bench-what-if")
    Feature.objects.bulk_create(
        Feature(organization=organization, key=f"feature-{n}", name=f"Feature {n}")
        for n in range(FEATURES)
    )
    models = AIModel.objects.filter(
        prices__effective_to=None, model_type="language"
    ).select_related("provider")
    return organization, list(models.order_by("pk").distinct()[:3])


def _insert(
    organization: Organization,
    models: list[AIModel],
    start: datetime.datetime,
    count: int,
) -> None:
    ensure_partitions()
    features = list(organization.features.values_list("pk", flat=True))
    values: dict[str, Any] = {  # the stubs know no intervals
        "start": start,
        "gap": datetime.timedelta(days=DAYS) / count,
        "owner": organization.pk,
        "models": [one.pk for one in models],
        "model_count": len(models),
        "features": features,
        "feature_count": len(features),
        "count": count,
    }
    with connection.cursor() as cursor:
        cursor.execute(RECORDS, values)
        cursor.execute("ANALYZE analytics_usagerecord")


def _build(organization: Organization, start: datetime.datetime) -> int:
    """The bands of every hour; how many they are."""
    hour = start.replace(minute=0, second=0, microsecond=0)
    with connection.cursor() as cursor:
        for day in range(DAYS + 1):
            first = hour + datetime.timedelta(days=day)
            hours = [first + datetime.timedelta(hours=number) for number in range(24)]
            build_bands(cursor, organization.pk, hours)
        cursor.execute("ANALYZE analytics_usageband")
        cursor.execute("SELECT count(*) FROM analytics_usageband")
        return int(cursor.fetchone()[0])


def _scan(organization: Organization, start: datetime.datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(SCAN, {"owner": organization.pk, "start": start})
        cursor.fetchall()
