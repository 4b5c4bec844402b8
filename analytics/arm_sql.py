"""The SQL that sums up the requests of experiments' arms: the same for whole hours,
which are kept, and for what is read from the records, so that both say the same. Pure
texts.

Sums are kept by group: each unit (a user, a conversation, or a request by itself) is in
one of `GROUPS` groups, drawn by its hash. Units cannot be added up by the hour, because
one of them asks in many; groups can, and how much they differ tells how much units do.
"""

from __future__ import annotations

from typing import Final

from analytics.histogram import HIGHEST, LN_GAMMA

GROUPS: Final = 64
KEYS: Final = ("arm_id", "hour", "unit_group", "ai_model_id")
SUMS: Final = (
    "requests",
    "lone_requests",
    "priced",
    "usd",
    "squared_usd",
    "rated",
    "disliked",
    "told",
    "good",
)
COLUMNS: Final = (*KEYS, *SUMS, "latency")
SPILL: Final = "interval '15 minutes'"
"""Attempts of a request that come so long after the first one are counted with it, in
the next hour too. A request has far less time than that."""


_BUCKET: Final = (
    f"CASE WHEN latency_ms <= 1 THEN 0 ELSE least("
    f"ceil(ln(latency_ms::float8) / {LN_GAMMA!r}::float8)::int, {HIGHEST}) END"
)


def sums_of_arms(which: str) -> str:
    """A query of rows `COLUMNS`, from the records of requests that began in some
    stretches of time. `which` arms is a condition on `arm_id`. Parameters by name:
    `organization`, `lows` and `highs` of the stretches.

    A row without a model is of all requests of its group: how many were drawn, how many
    of these without a unit, what they cost, and how people rated what was answered. A
    row with a model is of the requests in which it was asked: `told` where it came to
    an end, `good` where its answer was the one, whose `latency` counts the attempts
    that went before. A fallback that answers hides from the product that the arm's own
    model failed, and must not hide it from a decision."""
    return f"""
WITH attempt AS MATERIALIZED (
    SELECT low, high, record.*
    FROM unnest(%(lows)s::timestamptz[], %(highs)s::timestamptz[])
        AS stretch (low, high)
    CROSS JOIN LATERAL (
        SELECT arm_id, request_id, unit_hash, started_at, attempt, ai_model_id,
            outcome, answered, cost_state, cost_usd, latency_ms
        FROM analytics_usagerecord
        WHERE organization_id = %(organization)s AND {which}
            AND started_at >= low AND started_at < high + {SPILL}
        OFFSET 0 -- an index scan for each, whatever is known of the table
    ) AS record
),
request AS MATERIALIZED (
    SELECT low, arm_id, request_id,
        date_trunc('hour', min(started_at), 'UTC') AS hour,
        (coalesce(min(unit_hash), get_byte(uuid_send(request_id), 15)) & {GROUPS - 1}
            )::smallint AS unit_group,
        min(unit_hash) IS NULL AS is_lone,
        bool_or(answered) AS is_answered,
        CASE WHEN bool_or(cost_state = 'unpriced') THEN NULL
            ELSE sum(cost_usd)::float8 END AS usd,
        sum(latency_ms) FILTER (WHERE outcome <> 'lost_race') AS latency_ms
    FROM attempt GROUP BY low, arm_id, request_id
    HAVING min(attempt) = 1 AND min(started_at) < min(high)
),
asked AS MATERIALIZED (
    SELECT arm_id, hour, unit_group, ai_model_id, request.latency_ms,
        bool_or(answered AND outcome = 'ok') AS is_good,
        bool_or(outcome IN ('ok', 'error', 'truncated')) AS is_told
    FROM attempt JOIN request USING (low, arm_id, request_id)
    WHERE ai_model_id IS NOT NULL
    GROUP BY low, arm_id, request_id, hour, unit_group, ai_model_id, request.latency_ms
),
rating AS (
    SELECT arm_id, hour, unit_group, count(*) AS rated,
        count(*) FILTER (WHERE score < 0) AS disliked
    FROM request JOIN analytics_feedback AS said USING (request_id)
    WHERE said.organization_id = %(organization)s AND said.name = 'score'
        AND score <> 0 AND is_answered
    GROUP BY arm_id, hour, unit_group
),
latency_of AS (
    SELECT arm_id, hour, unit_group, ai_model_id, string_agg(
        int2send(bucket::smallint) || int4send(number::int), ''::bytea ORDER BY bucket
    ) AS latency
    FROM (
        SELECT arm_id, hour, unit_group, ai_model_id, {_BUCKET} AS bucket,
            count(*) AS number
        FROM asked WHERE is_good AND latency_ms IS NOT NULL
        GROUP BY arm_id, hour, unit_group, ai_model_id, bucket
    ) AS each_bucket
    GROUP BY arm_id, hour, unit_group, ai_model_id
)
SELECT arm_id, hour, unit_group, NULL::bigint AS ai_model_id, requests, lone_requests,
    priced, usd, squared_usd, coalesce(rated, 0) AS rated,
    coalesce(disliked, 0) AS disliked, 0 AS told, 0 AS good, ''::bytea AS latency
FROM (
    SELECT arm_id, hour, unit_group, count(*) AS requests,
        count(*) FILTER (WHERE is_lone) AS lone_requests, count(usd) AS priced,
        coalesce(sum(usd), 0) AS usd, coalesce(sum(usd * usd), 0) AS squared_usd
    FROM request GROUP BY arm_id, hour, unit_group
) AS drawn LEFT JOIN rating USING (arm_id, hour, unit_group)
UNION ALL
SELECT arm_id, hour, unit_group, ai_model_id, 0, 0, 0, 0, 0, 0, 0, told, good,
    coalesce(latency, ''::bytea)
FROM (
    SELECT arm_id, hour, unit_group, ai_model_id,
        count(*) FILTER (WHERE is_told) AS told, count(*) FILTER (WHERE is_good) AS good
    FROM asked GROUP BY arm_id, hour, unit_group, ai_model_id
) AS counted LEFT JOIN latency_of USING (arm_id, hour, unit_group, ai_model_id)
"""  # noqa: S608  # our own names
