"""The SQL of bands: how a call falls into one, and how bands add up. Pure text.

Every statement takes `organization`, `start` and `end` (of moments, the end excluded).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from analytics.bands.band import SHORT_AUDIO_SECONDS
from analytics.token_counts import COLUMNS

KEYS: Final = (
    "feature_id",
    "ai_model_id",
    "price_id",
    "connection_id",
    "source",
    "is_counted",
    "is_priced",
    "is_batch",
    "is_short_audio",
    "kinds",
    "above_tokens",
    "other_names",
)
TOTALS: Final = (
    "calls",
    "requests",
    *COLUMNS,
    "cost_usd",
    "estimated_calls",
    "failed_calls",
)
SIZES: Final = ("min_input_tokens", "max_input_tokens")
BATCH_KEY: Final = "is_batch"
_KINDS = " + ".join(
    f"{1 << place} * (coalesce({name}, 0) > 0)::int"
    for place, name in enumerate(COLUMNS)
)
_COUNTS = ", ".join(f"coalesce({name}, 0) AS {name}" for name in COLUMNS)
_AUDIO = (
    "coalesce(nullif((other_counts->>'audio_seconds')::numeric, 0), "
    "(other_counts->>'input_audio_seconds')::numeric)"
)
_CALLS: Final = f"""
  started_at AS at, feature_id, ai_model_id, price_id, connection_id, source,
  input_tokens IS NOT NULL AS is_counted,
  cost_usd IS NOT NULL AS is_priced,
  coalesce((other_counts->>'{BATCH_KEY}')::boolean, false) AS is_batch,
  coalesce({_AUDIO} <= {SHORT_AUDIO_SECONDS}, false) AS is_short_audio,
  {_KINDS} AS kinds,
  coalesce((%(edges)s::int[])[
    width_bucket(coalesce(input_tokens, 0) - 1, %(edges)s::int[])], 0) AS above_tokens,
  CASE WHEN other_counts IS NULL THEN '' ELSE coalesce(
    (SELECT string_agg(name, ',' ORDER BY name) FROM jsonb_object_keys(other_counts)
     AS name WHERE name <> '{BATCH_KEY}'), '') END AS other_names,
  coalesce(input_tokens, 0) AS min_input_tokens,
  coalesce(input_tokens, 0) AS max_input_tokens,
  1 AS calls, (attempt = 1)::int AS requests, {_COUNTS},
  coalesce(cost_usd, 0) AS cost_usd,
  (cost_state = 'estimated')::int AS estimated_calls,
  (input_tokens IS NULL AND outcome = 'error')::int AS failed_calls,
  other_counts
"""  # noqa: S608  # of constants
RECORDS: Final = f"""
SELECT {_CALLS} FROM analytics_usagerecord
WHERE organization_id = %(organization)s
  AND started_at >= %(start)s AND started_at < %(end)s
"""  # noqa: S608  # of constants
HOURLY_RECORDS: Final = f"""
SELECT hour, {_CALLS} FROM unnest(%(hours)s::timestamptz[]) AS wanted (hour)
CROSS JOIN LATERAL (
  SELECT * FROM analytics_usagerecord
  WHERE organization_id = %(organization)s
    AND started_at >= hour AND started_at < hour + interval '1 hour'
  OFFSET 0 -- an index scan for each, whatever is known of the table
) AS record WHERE true
"""  # noqa: S608  # of constants
BANDS: Final = f"""
SELECT hour AS at, {", ".join((*KEYS, *SIZES, *TOTALS))}, other_counts
FROM analytics_usageband
WHERE organization_id = %(organization)s
  AND hour >= %(start)s AND hour < %(end)s
"""  # noqa: S608  # of constants


def sums(relation: str, keys: Sequence[str]) -> str:
    """Bands of `relation` (RECORDS or BANDS) by `keys`: first moment, keys, sizes and
    totals. Keys that are left out are as if every call had the same."""
    totals = ", ".join(f"sum({name}) AS {name}" for name in TOTALS)
    return (
        f"SELECT min(at) AS at, {', '.join(keys)}, "  # noqa: S608  # of constants
        "min(min_input_tokens) AS min_input_tokens, "
        f"max(max_input_tokens) AS max_input_tokens, {totals} "
        f"FROM ({relation}) AS calls GROUP BY {', '.join(keys)}"
    )


def other_sums(relation: str, keys: Sequence[str]) -> str:
    """Keys, name and sum of what calls used beside tokens."""
    return (
        f"SELECT {', '.join(keys)}, one.key AS name, "  # noqa: S608  # of constants
        "sum((one.value #>> '{}')::numeric) AS total "
        f"FROM ({relation} AND other_counts IS NOT NULL) AS calls, "
        "jsonb_each(other_counts) AS one "
        f"WHERE one.key <> '{BATCH_KEY}' GROUP BY {', '.join(keys)}, one.key"
    )


def insert_hours() -> str:
    """Writes the bands of `hours`, given these in place of `start` and `end`; their
    records must be few enough to be added up at once."""
    by = ("hour", *KEYS)
    same = " AND ".join(f"made.{key} IS NOT DISTINCT FROM other.{key}" for key in by)
    columns = ", ".join((*by, *SIZES, *TOTALS))
    chosen = ", ".join(f"made.{name}" for name in (*by, *SIZES, *TOTALS))
    keys = ", ".join(by)
    return (
        f"WITH made AS MATERIALIZED ({sums(HOURLY_RECORDS, by)}), "  # noqa: S608  # of constants
        f"other AS (SELECT {keys}, "
        "jsonb_object_agg(name, total::text) AS other_counts "
        f"FROM ({other_sums(HOURLY_RECORDS, by)}) AS named "
        # Mostly nobody has any, and the records need not be read again.
        "WHERE (SELECT bool_or(other_names <> '') FROM made) "
        f"GROUP BY {keys}) "
        f"INSERT INTO analytics_usageband (organization_id, {columns}, other_counts) "
        f"SELECT %(organization)s, {chosen}, other.other_counts "
        f"FROM made LEFT JOIN other ON made.other_names <> '' AND {same}"
    )
