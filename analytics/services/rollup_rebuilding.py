"""Marking hours whose records stand there already, and forgetting an organisation."""

from __future__ import annotations

import datetime
from typing import Final

from django.db import connection, transaction

from analytics.models import (
    ArmHour,
    ArmUnit,
    ClosedDay,
    DayRollup,
    DirtyHour,
    HourRollup,
    HourTagRollup,
    ReconcileFinding,
    UsageBand,
)

MARK_ALL: Final = """
INSERT INTO analytics_dirtyhour (organization_id, hour, marked_at)
SELECT organization_id, hour, now() FROM (
    SELECT organization_id, date_trunc('hour', started_at, 'UTC') AS hour
    FROM analytics_usagerecord
    WHERE (%(organization)s::bigint IS NULL OR organization_id = %(organization)s)
        AND (%(since)s::timestamptz IS NULL OR started_at >= %(since)s)
        AND (%(until)s::timestamptz IS NULL OR started_at < %(until)s)
    GROUP BY 1, 2
    UNION
    SELECT organization_id, hour FROM analytics_hourrollup
    WHERE (%(organization)s::bigint IS NULL OR organization_id = %(organization)s)
        AND (%(since)s::timestamptz IS NULL OR hour >= %(since)s)
        AND (%(until)s::timestamptz IS NULL OR hour < %(until)s)
) AS used
"""


def mark_all_dirty(
    *,
    organization_id: int | None = None,
    since: datetime.datetime | None = None,
    until: datetime.datetime | None = None,
) -> int:
    """Mark every hour that has records or rollups, of one organisation or of all, from
    `since` to before `until`. Returns how many. It reads all records of that time."""
    with connection.cursor() as cursor:
        cursor.execute(
            MARK_ALL,
            {"organization": organization_id, "since": since, "until": until},
        )
        return int(cursor.rowcount)


@transaction.atomic
def forget_rollups(organization_id: int) -> None:
    """Remove all that was summed up of an organisation that is no more."""
    mine = {"organization_id": organization_id}
    DayRollup.objects.filter(**mine).delete()
    for kept in (
        ClosedDay,
        HourRollup,
        HourTagRollup,
        UsageBand,
        ArmHour,
        ArmUnit,
        DirtyHour,
        ReconcileFinding,
    ):
        kept._default_manager.filter(**mine).delete()
