"""Builds what is kept by the hour of the arms of experiments, so that nobody has to
read all requests of an experiment to know how it stands."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any, Final

from analytics.arm_sql import COLUMNS, SPILL, sums_of_arms

HOUR: Final = datetime.timedelta(hours=1)
Cursor = Any  # Django's wrapper, which has no public type

IS_NEEDED: Final = """
SELECT EXISTS (
    SELECT FROM unnest(%(hours)s::timestamptz[]) AS hour
    CROSS JOIN LATERAL (
        SELECT FROM analytics_usagerecord
        WHERE organization_id = %(organization)s AND arm_id IS NOT NULL
            AND started_at >= hour AND started_at < hour + interval '1 hour' LIMIT 1
    ) AS record
) OR EXISTS (
    SELECT FROM analytics_armhour
    WHERE organization_id = %(organization)s AND hour = ANY(%(hours)s)
)
"""
LOCK: Final = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"
BEFORE: Final = f"""
SELECT hour - interval '1 hour' FROM unnest(%(hours)s::timestamptz[]) AS hour
WHERE hour > coalesce((SELECT max(before) FROM analytics_droppedusage), '-infinity')
    AND EXISTS (
        SELECT FROM analytics_usagerecord
        WHERE organization_id = %(organization)s AND arm_id IS NOT NULL AND attempt > 1
            AND started_at >= hour AND started_at < hour + {SPILL}
    )
"""  # noqa: S608  # our own names
"""Hours whose last requests may have attempts in the hours that are built. They are
built again with them; nothing goes further back than that."""
CLEAR: Final = """
DELETE FROM analytics_armhour
WHERE organization_id = %(organization)s AND hour = ANY(%(hours)s)
"""
FILL: Final = (
    f"INSERT INTO analytics_armhour (organization_id, {', '.join(COLUMNS)}) "  # noqa: S608  # our own names
    f"SELECT %(organization)s, {', '.join(COLUMNS)} "
    f"FROM ({sums_of_arms('arm_id IS NOT NULL')}) AS summed"
)
MEET: Final = """
INSERT INTO analytics_armunit AS known
    (organization_id, arm_id, unit_hash, first_at, last_at)
SELECT %(organization)s, arm_id, unit_hash, min(started_at), max(started_at)
FROM unnest(%(hours)s::timestamptz[]) AS hour
CROSS JOIN LATERAL (
    SELECT arm_id, unit_hash, started_at FROM analytics_usagerecord
    WHERE organization_id = %(organization)s AND arm_id IS NOT NULL AND attempt = 1
        AND unit_hash IS NOT NULL
        AND started_at >= hour AND started_at < hour + interval '1 hour'
    OFFSET 0
) AS record
GROUP BY arm_id, unit_hash
ON CONFLICT (organization_id, arm_id, unit_hash) DO UPDATE
    SET first_at = least(known.first_at, EXCLUDED.first_at),
        last_at = greatest(known.last_at, EXCLUDED.last_at)
    WHERE known.first_at > EXCLUDED.first_at OR known.last_at < EXCLUDED.last_at
"""
"""Once seen stays seen: records are added, and dropped only when their time is over."""


def build_arms(
    cursor: Cursor, organization_id: int, hours: Sequence[datetime.datetime]
) -> None:
    """The arms of the UTC hours that begin at `hours`, from their records, in place of
    what is there. The caller holds the transaction. Organisations without experiments
    cost one look."""
    values: dict[str, Any] = {"organization": organization_id, "hours": list(hours)}
    cursor.execute(IS_NEEDED, values)
    if not cursor.fetchone()[0]:
        return
    # One at a time: the hour before may be another builder's.
    cursor.execute(LOCK, [f"modelhub arms {organization_id}"])
    cursor.execute(BEFORE, values)
    wanted = sorted({*hours, *(hour for (hour,) in cursor.fetchall())})
    values |= {
        "hours": wanted,
        "lows": wanted,
        "highs": [hour + HOUR for hour in wanted],
    }
    for statement in (CLEAR, FILL, MEET):
        cursor.execute(statement, values)
