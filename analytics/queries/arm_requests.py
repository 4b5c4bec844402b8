"""How many requests the arms of experiments got."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Final

from django.db import connection

from analytics.queries.arm_cover import arm_cover

COUNT: Final = """
SELECT arm_id, sum(requests)::bigint FROM (
    SELECT arm_id, requests
    FROM unnest(%(hour_lows)s::timestamptz[], %(hour_highs)s::timestamptz[])
        AS stretch (low, high)
    JOIN analytics_armhour ON organization_id = %(organization)s
        AND arm_id = ANY(%(arms)s) AND hour >= low AND hour < high
    UNION ALL
    SELECT arm_id, 1
    FROM unnest(%(lows)s::timestamptz[], %(highs)s::timestamptz[])
        AS stretch (low, high)
    JOIN analytics_usagerecord ON organization_id = %(organization)s
        AND arm_id = ANY(%(arms)s) AND attempt = 1
        AND started_at >= low AND started_at < high
) AS counted GROUP BY arm_id
"""


def arm_requests(
    organization_id: int,
    arm_ids: Sequence[int],
    since: datetime.datetime,
    until: datetime.datetime,
) -> dict[int, int]:
    """Of requests that began in this time, by the row id of the arm; arms without any
    are left out. Two queries."""
    cover = arm_cover(organization_id, since, until)
    values = {
        "organization": organization_id,
        "arms": list(arm_ids),
        **cover.parameters,
    }
    with connection.cursor() as cursor:
        cursor.execute(COUNT, values)
        return dict(cursor.fetchall())
