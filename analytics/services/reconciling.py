"""Every night rollups are compared with the records they were made of."""

from __future__ import annotations

import datetime
from typing import Final

from django.db import connection, transaction
from django.utils import timezone

from analytics.models import ReconcileFinding
from analytics.recording.dirty_hours import mark_dirty

DIFFERENCES: Final = """
WITH records AS (
    SELECT organization_id, date_trunc('hour', started_at, 'UTC') AS hour,
        count(*) AS calls, coalesce(sum(cost_usd), 0) AS cost_usd,
        coalesce(sum(input_tokens::bigint + output_tokens), 0) AS tokens
    FROM analytics_usagerecord
    WHERE started_at >= %(since)s AND started_at < %(until)s GROUP BY 1, 2
),
rollups AS (
    SELECT organization_id, hour, sum(calls)::bigint AS calls,
        sum(cost_usd) AS cost_usd, sum(input_tokens + output_tokens) AS tokens
    FROM analytics_hourrollup
    WHERE hour >= %(since)s AND hour < %(until)s GROUP BY 1, 2
)
SELECT organization_id, hour,
    coalesce(records.calls, 0), coalesce(rollups.calls, 0),
    coalesce(records.cost_usd, 0), coalesce(rollups.cost_usd, 0)
FROM records FULL JOIN rollups USING (organization_id, hour)
WHERE (records.calls, records.cost_usd, records.tokens) IS DISTINCT FROM
        (rollups.calls, rollups.cost_usd, rollups.tokens)
    AND NOT EXISTS (
        SELECT FROM analytics_dirtyhour AS mark
        WHERE mark.organization_id = coalesce(
                records.organization_id, rollups.organization_id
            ) AND mark.hour = coalesce(records.hour, rollups.hour)
    )
    AND NOT coalesce(
        coalesce(records.hour, rollups.hour)
            < (SELECT max(before) FROM analytics_droppedusage), FALSE
    )
ORDER BY organization_id, hour
"""


@transaction.atomic
def reconcile(
    since: datetime.datetime, until: datetime.datetime
) -> list[ReconcileFinding]:
    """Compare calls, tokens and cost of every hour from `since` to before `until`
    (whole hours), keep what differs as findings and mark it to be built again. Hours
    that are marked already, or whose records were dropped, are left out."""
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(DIFFERENCES, {"since": since, "until": until})
        findings = [
            ReconcileFinding(
                organization_id=organization,
                hour=hour,
                found_at=now,
                record_calls=record_calls,
                rollup_calls=rollup_calls,
                record_cost_usd=record_cost,
                rollup_cost_usd=rollup_cost,
            )
            for (
                organization,
                hour,
                record_calls,
                rollup_calls,
                record_cost,
                rollup_cost,
            ) in cursor.fetchall()
        ]
        mark_dirty(cursor, [(one.organization_id, one.hour) for one in findings])
    return ReconcileFinding.objects.bulk_create(findings)
