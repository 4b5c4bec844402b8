"""The statement that says what calls of a budget have cost. Pure.

One statement, so that it sees one moment: an hour that is summed up meanwhile is not
counted as an hour and as its calls."""

from __future__ import annotations

from typing import Final

OUTSIDE: Final = ("otlp", "api", "import")
"""Sources of calls that somebody told of: they passed no gateway, which would have held
them."""
CONDITIONS: Final = {
    "organization": "TRUE",
    "feature": "feature_id = %(scope_id)s",
    "model": "ai_model_id = %(scope_id)s",
    "provider": (
        "ai_model_id IN "
        "(SELECT id FROM registry_aimodel WHERE provider_id = %(scope_id)s)"
    ),
    "connection": "connection_id = %(scope_id)s",
    "token": "token_id = %(scope_id)s",
}
TAG: Final = "tag"
COVER: Final = """
WITH marks AS MATERIALIZED (
    SELECT DISTINCT hour FROM analytics_dirtyhour
    WHERE organization_id = %(organization_id)s
        AND hour > %(low)s::timestamptz - interval '1 hour' AND hour < %(high)s
),
days AS MATERIALIZED (
    SELECT id, starts_at, ends_at FROM analytics_closedday AS day
    WHERE {with_days} AND organization_id = %(organization_id)s AND zone = %(zone)s
        AND starts_at >= %(low)s AND ends_at <= %(high)s
        AND NOT EXISTS (
            SELECT FROM marks
            WHERE hour > day.starts_at - interval '1 hour' AND hour < day.ends_at
        )
),
hours AS MATERIALIZED (
    SELECT DISTINCT hour FROM analytics_hourrollup
    WHERE organization_id = %(organization_id)s AND hour >= %(low)s
        AND hour <= %(high)s::timestamptz - interval '1 hour'
        AND hour NOT IN (SELECT hour FROM marks)
        AND NOT EXISTS (
            SELECT FROM days WHERE days.ends_at > hour
                AND days.starts_at < hour + interval '1 hour'
        )
),
rest AS MATERIALIZED (
    SELECT lower(gap) AS low, upper(gap) AS high
    FROM unnest(
        tstzmultirange(tstzrange(%(low)s, %(high)s)) - coalesce((
            SELECT range_agg(span) FROM (
                SELECT tstzrange(starts_at, ends_at) AS span FROM days
                UNION ALL SELECT tstzrange(hour, hour + interval '1 hour') FROM hours
            ) AS covered
        ), tstzmultirange())
    ) AS gap
),
"""
SUMS: Final = """sums AS (
    SELECT source, cost_usd, unpriced_calls
    FROM analytics_dayrollup WHERE closed_day_id IN (SELECT id FROM days)
        AND {in_days}
    UNION ALL
    SELECT source, cost_usd, unpriced_calls
    FROM {table} WHERE organization_id = %(organization_id)s
        AND hour IN (SELECT hour FROM hours) AND {summed}
    UNION ALL
    SELECT source, coalesce(cost_usd, 0), (cost_usd IS NULL)::int
    FROM rest JOIN analytics_usagerecord
        ON started_at >= rest.low AND started_at < rest.high
    WHERE organization_id = %(organization_id)s AND {recorded}
)
SELECT
    coalesce(sum(cost_usd) FILTER (WHERE source <> ALL(%(outside)s)), 0),
    coalesce(sum(cost_usd) FILTER (WHERE source = ANY(%(outside)s)), 0),
    coalesce(sum(unpriced_calls), 0)::bigint
FROM sums
"""


def statement(kind: str) -> str:
    """Its row is: cost of calls through the gateway, cost of others, unpriced calls.
    Parameters by name: organization_id, scope_id, tag_name, tag_value, tags (a JSON
    object), zone, low, high, outside (OUTSIDE).

    Closed days of `zone` and whole hours come from rollups, unless marked dirty. What
    neither covers comes from records: hours cut by the window, dirty ones, and hours
    that have no rollup, which cost nothing to look at where nothing was called."""
    if kind == TAG:
        # Days are not summed up by tag.
        return COVER.format(with_days="FALSE") + SUMS.format(
            in_days="FALSE",
            table="analytics_hourtagrollup",
            summed="tag_name = %(tag_name)s AND tag_value = %(tag_value)s",
            recorded="tags @> %(tags)s::jsonb",
        )
    same = CONDITIONS[kind]
    return COVER.format(with_days="TRUE") + SUMS.format(
        in_days=same, table="analytics_hourrollup", summed=same, recorded=same
    )
