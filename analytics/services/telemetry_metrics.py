"""Points of metrics become minutes. They are sums without single calls, and so they are
never added to what spans tell; they stand beside it."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from django.db import connection, transaction
from django.utils import timezone

from analytics.models import TelemetrySeries
from analytics.otlp.metric_names import MODEL, PROVIDER, TOKEN_TYPE, counts_of
from analytics.otlp.points import Last, Point, added_by, last_of
from registry.models import Organization

Key = tuple[datetime.datetime, str, str, str, str, str]
"""Minute, metric, provider, model, token type, service."""
AHEAD: Final = datetime.timedelta(minutes=10)
BEHIND: Final = datetime.timedelta(days=90)
MOST_SERIES: Final = 5000
"""Of an organisation: a label with an id in it would fill the table."""
LOCK_KEY: Final = 7_205_014
ADD: Final = """
INSERT INTO analytics_telemetrymetric AS t
    (organization_id, minute, metric, provider, model, token_type, service,
     count, total)
SELECT %s, * FROM unnest(%s::timestamptz[], %s::text[], %s::text[], %s::text[],
                         %s::text[], %s::text[], %s::bigint[], %s::float8[])
ON CONFLICT (organization_id, minute, metric, provider, model, token_type, service)
DO UPDATE SET count = t.count + excluded.count, total = t.total + excluded.total
"""
LAST: Final = """
INSERT INTO analytics_telemetryseries
    (organization_id, digest, start_ns, time_ns, count, total, seen_at)
SELECT %s, given.*, %s FROM unnest(%s::text[], %s::bigint[], %s::bigint[],
                                   %s::bigint[], %s::float8[]) AS given
ON CONFLICT (organization_id, digest) DO UPDATE
SET start_ns = excluded.start_ns, time_ns = excluded.time_ns,
    count = excluded.count, total = excluded.total, seen_at = excluded.seen_at
"""


@dataclass
class Counted:
    """What came of points. `refused` says how many and, of the last one, why."""

    kept: int = 0
    repeated: int = 0
    ignored: int = 0
    refused: int = 0
    reason: str = ""


@dataclass
class _Sums:
    minutes: dict[Key, list[float]] = field(
        default_factory=lambda: defaultdict(lambda: [0, 0.0])
    )
    lasts: dict[str, Last] = field(default_factory=dict)


@transaction.atomic
def receive_points(organization: Organization, points: Sequence[Point]) -> Counted:
    """Add what is new in the points to the minutes they are of. Sent again, nothing
    counts twice; a program that was started again counts on from zero."""
    now = timezone.now()
    counted, sums = Counted(), _Sums()
    told = [one for one in points if counts_of(one.metric)]
    counted.ignored = len(points) - len(told)
    if not told:
        return counted
    digests = [one.series() for one in told]
    _take_turn(organization)
    lasts = _known(organization, digests)
    room = (
        MOST_SERIES - TelemetrySeries.objects.filter(organization=organization).count()
    )
    for digest, point in sorted(
        zip(digests, told, strict=True), key=lambda pair: pair[1].time_ns
    ):
        problem = _problem(point, now)
        if not problem and digest not in lasts and len(sums.lasts) >= max(room, 0):
            problem = f"There are more than {MOST_SERIES:,} series."
        if problem:
            counted.refused += 1
            counted.reason = problem
        else:
            _add(digest, point, lasts, sums, counted)
    _write(organization, sums, now)
    return counted


def _add(
    digest: str,
    point: Point,
    lasts: dict[str, Last],
    sums: _Sums,
    counted: Counted,
) -> None:
    added = added_by(point, lasts.get(digest))
    if added is None:
        counted.repeated += 1
        return
    counted.kept += 1
    lasts[digest] = sums.lasts[digest] = last_of(point)
    cell = sums.minutes[_key(point)]
    cell[0] += added.count
    cell[1] += added.total


def _problem(point: Point, now: datetime.datetime) -> str:
    if not point.temporality:
        return f"{point.metric} does not say whether it is delta or cumulative."
    if point.count < 0 or not 0 <= point.total < 1e15:
        return f"{point.metric} has a negative or absurd sum."
    if max(point.start_ns, point.count) >= 2**63:
        return f"{point.metric} has a number that is too large."
    if not _ns(now - BEHIND) <= point.time_ns <= _ns(now + AHEAD):
        return f"{point.metric} has a time in the future or long ago: check the clock."
    return ""


def _ns(moment: datetime.datetime) -> int:
    return int(moment.timestamp()) * 10**9


def _key(point: Point) -> Key:
    moment = datetime.datetime.fromtimestamp(point.time_ns // 10**9, datetime.UTC)
    service = _first(point.resource, ("service.name",))
    return (
        moment.replace(second=0),
        point.metric[:120],
        _first(point.attributes, PROVIDER),
        _first(point.attributes, MODEL)[:200],
        _first(point.attributes, TOKEN_TYPE)[:40],
        service,
    )


def _first(attributes: Mapping[str, object], names: Sequence[str]) -> str:
    found = next((str(attributes[name]) for name in names if name in attributes), "")
    return found.replace("\x00", "").encode("utf-8", "replace").decode()[:100]


def _take_turn(organization: Organization) -> None:
    """Two processes that read the same series at once would add it twice."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s, %s)",
            [LOCK_KEY, organization.pk % 2**31],
        )


def _known(organization: Organization, digests: Sequence[str]) -> dict[str, Last]:
    rows = TelemetrySeries.objects.filter(
        organization=organization, digest__in=set(digests)
    )
    return {
        one.digest: Last(one.start_ns, one.time_ns, one.count, one.total)
        for one in rows
    }


def _write(organization: Organization, sums: _Sums, now: datetime.datetime) -> None:
    if not sums.lasts:
        return
    keys = sorted(sums.minutes)
    columns = [list(one) for one in zip(*keys, strict=True)]
    counts = [int(sums.minutes[key][0]) for key in keys]
    totals = [sums.minutes[key][1] for key in keys]
    lasts = sorted(sums.lasts.items())
    with connection.cursor() as cursor:
        cursor.execute(ADD, [organization.pk, *columns, counts, totals])
        cursor.execute(
            LAST,
            [
                organization.pk,
                now,
                [digest for digest, _ in lasts],
                [last.start_ns for _, last in lasts],
                [last.time_ns for _, last in lasts],
                [last.count for _, last in lasts],
                [last.total for _, last in lasts],
            ],
        )
