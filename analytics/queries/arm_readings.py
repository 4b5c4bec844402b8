"""What was recorded of the arms of experiments."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from django.db import connection

from analytics.histogram import HIGHEST, LN_GAMMA, Histogram

REQUESTS: Final = """
    SELECT call.arm_id, call.request_id,
           min(started_at) AS began_at,
           bool_or(answered AND outcome = 'ok' AND ai_model_id = own.model_id)
               AS is_good,
           coalesce(bool_or(ai_model_id = own.model_id
               AND outcome IN ('ok', 'error', 'truncated')), false) AS is_told,
           CASE WHEN bool_or(cost_state = 'unpriced') THEN NULL
                ELSE sum(cost_usd)::float8 END AS usd,
           sum(latency_ms) FILTER (WHERE outcome <> 'lost_race') AS latency_ms
    FROM analytics_usagerecord AS call
    JOIN unnest(%s::bigint[], %s::bigint[]) AS own (arm_id, model_id)
      ON own.arm_id = call.arm_id
    WHERE organization_id = %s AND call.arm_id = ANY(%s)
      AND started_at >= %s AND started_at < %s
    GROUP BY call.arm_id, call.request_id
    HAVING min(attempt) = 1
"""
"""One row a request that began in this time: all its attempts have its arm, those of
fallbacks too. An arm did well where its own model answered: a fallback hides from the
product that the model failed, and must not hide it from a decision. `is_told`: its
model was asked and came to an end, which says something of it; where it was skipped, or
the client left before, nothing is known. How long a request took counts the attempts
that went before the answer."""
SUMS: Final = f"""
    WITH request AS MATERIALIZED ({REQUESTS})
    SELECT 'hour', arm_id, date_trunc('hour', began_at, 'UTC') AS hour, NULL::int,
           count(*) FILTER (WHERE is_told), count(*) FILTER (WHERE is_good),
           count(usd), coalesce(sum(usd), 0), coalesce(sum(usd * usd), 0)
    FROM request
    GROUP BY arm_id, hour
    UNION ALL
    SELECT 'latency', arm_id, NULL,
           CASE WHEN latency_ms <= 1 THEN 0
                ELSE least(ceil(ln(latency_ms::float8) / %s)::int, {HIGHEST}) END
               AS bucket,
           count(*), 0, 0, 0, 0
    FROM request
    WHERE is_good AND latency_ms IS NOT NULL
    GROUP BY arm_id, bucket
    UNION ALL
    SELECT 'rating', arm_id, NULL, NULL, count(*), count(*) FILTER (WHERE score < 0),
           0, 0, 0
    FROM request
    JOIN analytics_feedback AS said
      ON said.request_id = request.request_id AND said.organization_id = %s
    WHERE said.name = 'score' AND said.score IS NOT NULL AND said.score <> 0
    GROUP BY arm_id
    ORDER BY hour
"""  # noqa: S608  # of constants
"""Requests are put together once for all three."""


@dataclass
class ArmHour:
    """Of one arm in the UTC hour that begins at `at`. Requests that say nothing of the
    arm's model are not among them. `priced`, `usd` and `squared_usd` are of the
    requests whose cost is known."""

    at: datetime.datetime
    requests: int
    good: int
    priced: int
    usd: float
    squared_usd: float


@dataclass
class ArmSums:
    """Of one arm over the whole time, with its hours. `latency` is of requests that
    were answered well; `rated` are those that people liked or disliked."""

    hours: list[ArmHour] = field(default_factory=list)
    latency: Histogram = field(default_factory=Histogram)
    rated: int = 0
    disliked: int = 0

    @property
    def requests(self) -> int:
        return sum(one.requests for one in self.hours)

    @property
    def good(self) -> int:
        return sum(one.good for one in self.hours)

    @property
    def priced(self) -> int:
        return sum(one.priced for one in self.hours)

    @property
    def usd(self) -> float:
        return sum(one.usd for one in self.hours)

    @property
    def squared_usd(self) -> float:
        return sum(one.squared_usd for one in self.hours)


def arm_sums(
    organization_id: int,
    models: Mapping[int, int | None],
    since: datetime.datetime,
    until: datetime.datetime,
) -> dict[int, ArmSums]:
    """By the row id of the arm, of which `models` names its own model; those without a
    request have sums of nothing. One query."""
    found = {pk: ArmSums() for pk in models}
    if not found:
        return {}
    own = [list(models), list(models.values())]
    scope = [*own, organization_id, list(models), since, until]
    counts: dict[int, Any] = {}
    for what, arm, hour, bucket, one, other, *more in _rows(
        SUMS, [*scope, LN_GAMMA, organization_id]
    ):
        if what == "hour":
            found[arm].hours.append(ArmHour(hour, one, other, *more))
        elif what == "latency":
            counts.setdefault(arm, np.zeros(HIGHEST + 1, np.int64))[bucket] = one
        else:
            found[arm].rated, found[arm].disliked = one, other
    for arm, buckets in counts.items():
        found[arm].latency = Histogram(buckets)
    return found


def _rows(statement: str, parameters: list[Any]) -> Iterator[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        yield from cursor.fetchall()
