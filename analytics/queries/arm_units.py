"""Who was in the arms of experiments: users, conversations, or requests by
themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from analytics.queries.arm_cover import ArmCover
from analytics.queries.arm_readings import ArmSums
from analytics.queries.uncompiled import uncompiled_cursor

KNOWN: Final = """
    SELECT arm_id, unit_hash FROM analytics_armunit
    WHERE organization_id = %(organization)s AND arm_id = ANY(%(arms)s)
        AND last_at >= %(since)s AND first_at < %(until)s
"""
READ: Final = """
    SELECT DISTINCT arm_id, unit_hash
    FROM unnest(%(lows)s::timestamptz[], %(highs)s::timestamptz[])
        AS stretch (low, high)
    CROSS JOIN LATERAL (
        SELECT arm_id, unit_hash FROM analytics_usagerecord
        WHERE organization_id = %(organization)s AND arm_id = ANY(%(arms)s)
            AND started_at >= low AND started_at < high
            AND attempt = 1 AND unit_hash IS NOT NULL
        OFFSET 0
    ) AS record
"""
# Not by looking for each in the other: that is planned by how many there are, which
# nobody knows of a young table.
BY_ARM: Final = f"""
SELECT arm_id, count(*) FROM ({KNOWN} UNION {READ}) AS unit GROUP BY arm_id
"""  # noqa: S608  # our own names
SWITCHED: Final = f"""
SELECT count(*), count(*) FILTER (WHERE arms > 1) FROM (
    SELECT unit_hash, count(*) AS arms
    FROM ({KNOWN} UNION {READ}) AS unit GROUP BY unit_hash
) AS each_unit
"""  # noqa: S608  # our own names


@dataclass(frozen=True)
class SwitchedUnits:
    """Of `units` different ones, `switched` were in more than one arm, which a sticky
    draw does not allow while the shares stay."""

    units: int = 0
    switched: int = 0


def arm_units(
    organization_id: int, sums: Mapping[int, ArmSums], cover: ArmCover
) -> dict[int, int]:
    """Different units by the row id of the arm; a request that was drawn by itself is
    one. `sums` are those of the same time. One query. A unit that was there before and
    after, but not within, is counted too where the time ended long ago."""
    found = {arm: one.number("lone_requests") for arm, one in sums.items()}
    with uncompiled_cursor() as cursor:
        cursor.execute(BY_ARM, _values(organization_id, sums, cover))
        for arm, units in cursor.fetchall():
            found[arm] += units
    return found


def switched_units(
    organization_id: int, sums: Mapping[int, ArmSums], cover: ArmCover
) -> SwitchedUnits:
    """Of all arms together. One query, which compares all units."""
    with uncompiled_cursor() as cursor:
        cursor.execute(SWITCHED, _values(organization_id, sums, cover))
        units, switched = cursor.fetchone()
    lone = sum(one.number("lone_requests") for one in sums.values())
    return SwitchedUnits(units + lone, switched)


def _values(
    organization_id: int, sums: Mapping[int, ArmSums], cover: ArmCover
) -> dict[str, Any]:
    return {"organization": organization_id, "arms": list(sums), **cover.parameters}
