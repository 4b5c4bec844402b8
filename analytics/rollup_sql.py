"""The SQL that sums up usage records: the same wherever it is done, so that a rollup
and the records it was built from say the same. Pure texts.

Texts hold `%s` where parameters go. Ids that are NULL are 0 on the way, because `=`
joins them then; no row has the id 0.
"""

from __future__ import annotations

from typing import Final

from analytics.histogram import LN_GAMMA
from analytics.sums import ADDITIVE

IDS: Final = (
    "feature_id",
    "ai_model_id",
    "connection_id",
    "pack_version_id",
    "token_id",
)
WORDS: Final = ("source", "error_kind")
DIMENSIONS: Final = (*IDS, *WORDS)
TAG: Final = ("tag_name", "tag_value")
HISTOGRAMS: Final = ("latency", "ttft")

_COUNTED: Final = {
    "calls": "count(*)",
    "requests": "count(*) FILTER (WHERE attempt = 1)",
    "answered": "count(*) FILTER (WHERE answered AND outcome = 'ok')",
    "ok_calls": "count(*) FILTER (WHERE outcome = 'ok')",
    "error_calls": "count(*) FILTER (WHERE outcome = 'error')",
    "truncated_calls": "count(*) FILTER (WHERE outcome = 'truncated')",
    "cancelled_calls": "count(*) FILTER (WHERE outcome = 'cancelled')",
    "lost_race_calls": "count(*) FILTER (WHERE outcome = 'lost_race')",
    "input_tokens": "coalesce(sum(input_tokens), 0)",
    "output_tokens": "coalesce(sum(output_tokens), 0)",
    "cache_read_tokens": "coalesce(sum(cache_read_tokens), 0)",
    "cache_write_tokens": "coalesce(sum(cache_write_tokens), 0)",
    "cache_write_1h_tokens": "coalesce(sum(cache_write_1h_tokens), 0)",
    "reasoning_tokens": "coalesce(sum(reasoning_tokens), 0)",
    "uncounted_calls": "count(*) FILTER (WHERE input_tokens IS NULL)",
    "cost_usd": "coalesce(sum(cost_usd), 0)",
    "estimated_usd": (
        "coalesce(sum(cost_usd) FILTER (WHERE cost_state = 'estimated'), 0)"
    ),
    "unpriced_calls": "count(*) FILTER (WHERE cost_state = 'unpriced')",
    "estimated_calls": "count(*) FILTER (WHERE cost_state = 'estimated')",
    "latency_calls": "count(latency_ms) FILTER (WHERE outcome = 'ok')",
    "latency_sum_ms": "coalesce(sum(latency_ms) FILTER (WHERE outcome = 'ok'), 0)",
    "ttft_calls": "count(ttft_ms) FILTER (WHERE outcome = 'ok')",
    "ttft_sum_ms": "coalesce(sum(ttft_ms) FILTER (WHERE outcome = 'ok'), 0)",
}
_SCORED: Final = {
    "feedback_count": "count(*) FILTER (WHERE score_name = 'score')",
    "feedback_sum": "sum(score) FILTER (WHERE score_name = 'score')",
    "confidence_count": "count(*) FILTER (WHERE score_name = 'confidence')",
    "confidence_sum": "sum(score) FILTER (WHERE score_name = 'confidence')",
}
_RAW: Final = (
    "attempt",
    "answered",
    "outcome",
    "cost_state",
    "cost_usd",
    "latency_ms",
    "ttft_ms",
    "input_tokens",
    "output_tokens",
    "cache_read_tokens",
    "cache_write_tokens",
    "cache_write_1h_tokens",
    "reasoning_tokens",
)
_TAGS: Final = """
    CROSS JOIN LATERAL jsonb_each_text(
        CASE jsonb_typeof(record.tags) WHEN 'object' THEN record.tags END
    ) AS tag (tag_name, tag_value)"""


def sums_of_records(*, by_tag: bool = False) -> str:
    """A query of rows `low`, DIMENSIONS (with `by_tag` TAG too), ADDITIVE, HISTOGRAMS,
    from the records of an organisation in some stretches of time; `low` is the start of
    the stretch. Parameters: starts and ends of the stretches (two arrays), the
    organisation's id twice.

    The score of a request counts at its answering call."""
    keys = ("low", *DIMENSIONS, *(TAG if by_tag else ()))
    by, using = ", ".join(keys), f"USING ({', '.join(keys)})"
    counted = ", ".join(f"{text} AS {name}" for name, text in _COUNTED.items())
    scored = ", ".join(f"{text} AS {name}" for name, text in _SCORED.items())
    return f"""
WITH calls AS MATERIALIZED (
    SELECT low, request_id,
        {", ".join(f"coalesce({name}, 0) AS {name}" for name in IDS)},
        {", ".join((*WORDS, *_RAW, *(TAG if by_tag else ())))}
    FROM unnest(%s::timestamptz[], %s::timestamptz[]) AS stretch (low, high)
    CROSS JOIN LATERAL (
        SELECT * FROM analytics_usagerecord
        WHERE organization_id = %s AND started_at >= low AND started_at < high
            {"AND tags IS NOT NULL" if by_tag else ""}
        OFFSET 0 -- an index scan for each, whatever is known of the table
    ) AS record
        {_TAGS if by_tag else ""}
),
counted AS (SELECT {by}, {counted} FROM calls GROUP BY {by}),
scored AS (
    SELECT {by}, {scored}
    FROM calls JOIN (
        SELECT request_id, name AS score_name, score FROM analytics_feedback
        WHERE organization_id = %s AND score IS NOT NULL
            AND name IN ('score', 'confidence')
    ) AS told USING (request_id)
    WHERE answered GROUP BY {by}
),
{_histogram("latency", by)},
{_histogram("ttft", by)}
SELECT {_outcome(by_tag)}
FROM counted LEFT JOIN scored {using}
    LEFT JOIN latency_of {using} LEFT JOIN ttft_of {using}
"""  # noqa: S608  # our own names


def _outcome(by_tag: bool) -> str:
    """Sums of nothing are 0, histograms of nothing empty, and 0 is NULL again."""
    names = [
        "low",
        *(f"nullif({name}, 0) AS {name}" for name in IDS),
        *WORDS,
        *(TAG if by_tag else ()),
        *(
            f"coalesce({name}, 0) AS {name}" if name in _SCORED else name
            for name in ADDITIVE
        ),
        *(f"coalesce({name}, ''::bytea) AS {name}" for name in HISTOGRAMS),
    ]
    return ", ".join(names)


def _histogram(name: str, by: str) -> str:
    """Pairs of bucket and count, as analytics.histogram reads them."""
    column = f"{name}_ms"
    bucket = (
        f"CASE WHEN {column} <= 1 THEN 0 "
        f"ELSE ceil(ln({column}::float8) / {LN_GAMMA!r}::float8)::int END"
    )
    return f"""{name}_of AS (
    SELECT {by}, string_agg(
        int2send(bucket::smallint) || int4send(number::int), ''::bytea ORDER BY bucket
    ) AS {name}
    FROM (
        SELECT {by}, {bucket} AS bucket, count(*) AS number
        FROM calls WHERE outcome = 'ok' AND {column} IS NOT NULL GROUP BY {by}, bucket
    ) AS each_bucket
    GROUP BY {by}
)"""  # noqa: S608  # our own names
