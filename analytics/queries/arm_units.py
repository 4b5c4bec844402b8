"""Who was in the arms of experiments: users, conversations, or requests by
themselves."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from django.db import connection

# A unit is its hash; a request that was drawn by itself is its own.
BY_ARMS: Final = """
    SELECT arms, count(*), sum(requests)::bigint FROM (
        SELECT array_agg(DISTINCT arm_id) AS arms, count(*) AS requests
        FROM analytics_usagerecord
        WHERE organization_id = %s AND arm_id = ANY(%s)
          AND started_at >= %s AND started_at < %s AND attempt = 1
        GROUP BY unit_hash, CASE WHEN unit_hash IS NULL THEN request_id END
    ) AS unit
    GROUP BY arms
"""


@dataclass(frozen=True)
class ArmUnits:
    """`by_arm` are different units by the row id of the arm; `switched` those that were
    in more than one, which a sticky draw does not allow; `requests` of all arms."""

    by_arm: dict[int, int] = field(default_factory=dict)
    switched: int = 0
    requests: int = 0


def arm_units(
    organization_id: int,
    arm_ids: Sequence[int],
    since: datetime.datetime,
    until: datetime.datetime,
) -> ArmUnits:
    """Of requests that began in this time. One query."""
    by_arm = dict.fromkeys(arm_ids, 0)
    switched = requests = 0
    with connection.cursor() as cursor:
        cursor.execute(BY_ARMS, [organization_id, list(arm_ids), since, until])
        for arms, units, asked in cursor.fetchall():
            switched += units if len(arms) > 1 else 0
            requests += asked
            for arm_id in arms:
                by_arm[arm_id] += units
    return ArmUnits(by_arm, switched, requests)
