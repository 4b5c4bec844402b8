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
_PLACED: Final = f"""placed AS (
    -- By windows: how many rows there are is not foreseen, and a join would go through
    -- all of them for each.
    SELECT arm_id, request_id, ai_model_id, is_good, is_told,
        row_number() OVER request AS number,
        min(attempt) OVER request AS attempt,
        min(started_at) OVER request < high AS is_within,
        date_trunc('hour', min(started_at) OVER request, 'UTC') AS hour,
        (coalesce(min(unit_hash) OVER request, get_byte(uuid_send(request_id), 15))
            & {GROUPS - 1})::smallint AS unit_group,
        min(unit_hash) OVER request IS NULL AS is_lone,
        bool_or(is_answered) OVER request AS is_answered,
        CASE WHEN bool_or(is_unpriced) OVER request THEN NULL
            ELSE (sum(cost_usd) OVER request)::float8 END AS usd,
        (sum(latency_ms) OVER request)::bigint AS latency_ms
    FROM asked WINDOW request AS (PARTITION BY low, arm_id, request_id)
),
told AS MATERIALIZED (SELECT * FROM placed WHERE attempt = 1 AND is_within),
"""  # noqa: S608  # our own names
_PIECES: Final = f"""piece AS (
    SELECT arm_id, hour, unit_group, NULL::bigint AS ai_model_id, count(*) AS requests,
        count(*) FILTER (WHERE is_lone) AS lone_requests, count(usd) AS priced,
        coalesce(sum(usd), 0) AS usd, coalesce(sum(usd * usd), 0) AS squared_usd,
        0 AS rated, 0 AS disliked, 0 AS told, 0 AS good, NULL::bytea AS latency
    FROM told WHERE number = 1 GROUP BY arm_id, hour, unit_group
    UNION ALL
    SELECT arm_id, hour, unit_group, NULL, 0, 0, 0, 0, 0,
        count(*), count(*) FILTER (WHERE score < 0), 0, 0, NULL
    FROM told JOIN analytics_feedback AS said USING (request_id)
    WHERE number = 1 AND is_answered AND said.organization_id = %(organization)s
        AND said.name = 'score' AND score <> 0
    GROUP BY arm_id, hour, unit_group
    UNION ALL
    SELECT arm_id, hour, unit_group, ai_model_id, 0, 0, 0, 0, 0, 0, 0,
        count(*) FILTER (WHERE is_told), count(*) FILTER (WHERE is_good), NULL
    FROM told WHERE ai_model_id IS NOT NULL
    GROUP BY arm_id, hour, unit_group, ai_model_id
    UNION ALL
    SELECT arm_id, hour, unit_group, ai_model_id, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        int2send(bucket::smallint) || int4send(count(*)::int)
    FROM (
        SELECT arm_id, hour, unit_group, ai_model_id, {_BUCKET} AS bucket
        FROM told
        WHERE is_good AND ai_model_id IS NOT NULL AND latency_ms IS NOT NULL
    ) AS each_answer
    GROUP BY arm_id, hour, unit_group, ai_model_id, bucket
)
SELECT arm_id, hour, unit_group, ai_model_id,
    {", ".join(f"sum({name}) AS {name}" for name in SUMS)},
    coalesce(string_agg(latency, ''::bytea), ''::bytea) AS latency
FROM piece GROUP BY arm_id, hour, unit_group, ai_model_id
"""  # noqa: S608  # our own names


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
WITH asked AS MATERIALIZED (
    SELECT low, high, arm_id, request_id, ai_model_id,
        bool_or(answered AND outcome = 'ok') AS is_good,
        bool_or(outcome IN ('ok', 'error', 'truncated')) AS is_told,
        min(attempt) AS attempt, min(started_at) AS started_at,
        min(unit_hash) AS unit_hash, bool_or(answered) AS is_answered,
        bool_or(cost_state = 'unpriced') AS is_unpriced, sum(cost_usd) AS cost_usd,
        sum(latency_ms) FILTER (WHERE outcome <> 'lost_race') AS latency_ms
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
    GROUP BY low, high, arm_id, request_id, ai_model_id
),
{_PLACED}{_PIECES}"""  # noqa: S608  # our own names
