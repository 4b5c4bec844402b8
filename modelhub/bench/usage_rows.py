"""Believable usage, made by the database: many features and models, quiet nights,
some failures, tags on some calls."""

from __future__ import annotations

import datetime
from typing import Any, Final

from django.core.management import CommandError
from django.db import connection

from registry.models import AIModel, Feature, ModelSetting, Organization

DAYS: Final = datetime.timedelta(days=90)
FEATURES: Final = 40
MODELS: Final = 8
ROWS: Final = """
INSERT INTO analytics_usagerecord (
  id, request_id, started_at, organization_id, ai_model_id, feature_id, price_id,
  input_tokens, output_tokens, cache_read_tokens, cache_write_tokens,
  cache_write_1h_tokens, reasoning_tokens, ttft_ms, latency_ms, attempt, is_stream,
  is_relayed, answered, cost_usd, outcome, cost_state, source, finish_reason,
  error_kind, error_code, error_message, provider_request_id, model_name, breakdown,
  trace, tags)
SELECT gen_random_uuid(), gen_random_uuid(), moment, %(owner)s,
  (%(models)s::bigint[])[1 + (feature + (dice < 0.1)::int) %% %(model_count)s],
  (%(features)s::bigint[])[1 + feature], 1, size, 50 + (dice * 900)::int,
  size * (number %% 3) / 4, 0, 0, 0, 100 + (dice * 400)::int,
  (300 * exp(2 * dice))::int, 1, false, false, dice < 0.97, 0.001 * (1 + number %% 9),
  CASE WHEN dice < 0.97 THEN 'ok' ELSE 'error' END, 'computed', 'gateway', 'stop',
  CASE WHEN dice < 0.97 THEN '' ELSE 'rate_limited' END, '', '', '', '', '', '',
  CASE WHEN number %% 10 = 0 THEN jsonb_build_object('team', 'team-' || number %% 7) END
FROM (
  SELECT number, random() AS dice, (random() * random() * 39)::int AS feature,
    (200 * exp(5 * random()))::int AS size,
    %(start)s + %(length)s * ((number + random()) / %(count)s) AS moment
  FROM generate_series(0, %(count)s - 1) AS number
) AS made
WHERE %(is_flat)s OR random() < 1.15 + sin(extract(hour FROM moment) * pi() / 12 - 2)
"""


def make_organization() -> tuple[Organization, list[int]]:
    """With the ids of its models."""
    organization = Organization.objects.create(name="Usage", slug="bench-usage")
    Feature.objects.bulk_create(
        Feature(organization=organization, key=f"feature-{n}", name=f"Feature {n}")
        for n in range(FEATURES)
    )
    found = AIModel.objects.filter(
        prices__effective_to=None, prices__isnull=False, model_type="language"
    )
    models = list(found.order_by("pk").distinct()[:MODELS])
    if len(models) < MODELS:
        raise CommandError("The catalogue has too few models to measure with.")
    ModelSetting.objects.bulk_create(
        ModelSetting(organization=organization, ai_model=one, is_enabled=True)
        for one in models
    )
    return organization, [one.pk for one in models]


def fill(
    organization: Organization,
    models: list[int],
    start: datetime.datetime,
    length: datetime.timedelta,
    count: int,
) -> None:
    """About `count` calls from `start` on; fewer at night, where it is longer than an
    hour."""
    features = organization.features.order_by("pk").values_list("pk", flat=True)
    is_flat = length <= datetime.timedelta(hours=1)
    values: dict[str, Any] = {  # the stubs know no intervals
        "owner": organization.pk,
        "models": models,
        "model_count": len(models),
        "features": list(features),
        "start": start,
        "length": length,
        # A part of them is left out at night.
        "count": count if is_flat else count * 100 // 78,
        "is_flat": is_flat,
    }
    with connection.cursor() as cursor:
        cursor.execute(ROWS, values)
        cursor.execute("ANALYZE analytics_usagerecord")


def busy_hour(now: datetime.datetime) -> datetime.datetime:
    """One that is over."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    return hour - datetime.timedelta(hours=2)
