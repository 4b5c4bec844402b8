"""Days that are over are summed up, so that pages about months read days, not hours.

A closed day is there only while it is right: building one of its hours anew opens it
(`analytics.services.rollups`), and so does another time zone of the organisation."""

from __future__ import annotations

import datetime
from typing import Any, Final

from django.db import connection, transaction

from analytics.models import ClosedDay, DayRollup
from analytics.rollup_sql import DIMENSIONS, HISTOGRAMS, sums_of_records
from analytics.services.rollups import lock_name
from analytics.sums import ADDITIVE
from analytics.tiers import cover
from analytics.time_steps import DAY, day_bounds
from registry.models import Organization

DAYS: Final = 400
"""How far back days are closed."""
SETTLING: Final = datetime.timedelta(hours=2)
"""A day is left open so long after its end: most late calls have come by then."""
STATE: Final = """
SELECT EXISTS (
        SELECT FROM analytics_dirtyhour
        WHERE organization_id = %(organization)s
            AND hour > %(start)s - interval '1 hour' AND hour < %(end)s
    ), (SELECT max(before) FROM analytics_droppedusage)
"""
COLUMNS: Final = ", ".join((*DIMENSIONS, *ADDITIVE, *HISTOGRAMS))
HOURS: Final = f"""
SELECT {COLUMNS}
FROM unnest(%s::timestamptz[], %s::timestamptz[]) AS stretch (low, high)
JOIN analytics_hourrollup ON organization_id = %s AND hour >= low AND hour < high
"""  # noqa: S608  # our own names
SUMMED: Final = ", ".join(
    [
        *DIMENSIONS,
        *(f"sum({name})" for name in ADDITIVE),
        *(f"string_agg({name}, ''::bytea)" for name in HISTOGRAMS),
    ]
)


def close_days(organization: Organization, *, now: datetime.datetime) -> int:
    """Sum up the days of the organisation's zone that are over and not closed yet,
    back to the first hour that is known. Returns how many."""
    void_other_zones(organization)
    first = _first_hour(organization)
    if first is None:
        return 0
    zone = organization.zone
    today = (now - SETTLING).astimezone(zone).date()
    since = max(first.astimezone(zone).date(), today - DAYS * DAY)
    closed = set(
        ClosedDay.objects.filter(
            organization_id=organization.pk, zone=zone.key
        ).values_list("starts_at", flat=True)
    )
    return sum(
        _close(organization, start, end)
        for start, end in day_bounds(since, today - DAY, zone)
        if start not in closed
    )


@transaction.atomic
def void_other_zones(organization: Organization) -> None:
    """Days of a time zone that the organisation had before."""
    others = ClosedDay.objects.filter(organization_id=organization.pk).exclude(
        zone=organization.time_zone
    )
    DayRollup.objects.filter(closed_day__in=others).delete()
    others.delete()


def _first_hour(organization: Organization) -> datetime.datetime | None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT min(hour) FROM analytics_hourrollup WHERE organization_id = %s",
            [organization.pk],
        )
        found: datetime.datetime | None = cursor.fetchone()[0]
    return found


@transaction.atomic
def _close(
    organization: Organization, start: datetime.datetime, end: datetime.datetime
) -> bool:
    """False where one of its hours waits to be built anew, or somebody was quicker."""
    with connection.cursor() as cursor:
        # Nobody builds an hour meanwhile.
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
            [lock_name(organization.pk)],
        )
        cursor.execute(
            STATE, {"organization": organization.pk, "start": start, "end": end}
        )
        is_dirty, dropped_before = cursor.fetchone()
        if is_dirty:
            return False
        day, is_new = ClosedDay.objects.get_or_create(
            organization_id=organization.pk,
            zone=organization.time_zone,
            starts_at=start,
            defaults={"ends_at": end},
        )
        if is_new:
            _fill(day, dropped_before)
        return is_new


def _fill(day: ClosedDay, dropped_before: datetime.datetime | None) -> None:
    found = cover([day.starts_at, day.ends_at], (), dropped_before)
    organization = day.organization_id
    parameters: list[Any] = [day.pk, organization]
    sources = []
    for stretches, source, ids in (
        (found.hours, HOURS, [organization]),
        (found.records, _RECORDS, [organization, organization]),
    ):
        if stretches:
            sources.append(source)
            parameters += [list(one) for one in zip(*stretches, strict=True)]
            parameters += ids
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO analytics_dayrollup "  # noqa: S608  # our own names
            f"(closed_day_id, organization_id, {COLUMNS}) "
            f"SELECT %s, %s, {SUMMED} FROM ({' UNION ALL '.join(sources)}) AS source "
            f"GROUP BY {', '.join(DIMENSIONS)}",
            parameters,
        )


_RECORDS: Final = f"SELECT {COLUMNS} FROM ({sums_of_records()}) AS summed"  # noqa: S608  # our own names
