"""What the readings of an experiment's arms are put together from."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection

from analytics.tiers import Stretch, cover
from analytics.time_steps import HOUR, hour_before

FACTS: Final = """
SELECT (SELECT max(before) FROM analytics_droppedusage), ARRAY(
    SELECT DISTINCT hour FROM analytics_dirtyhour
    WHERE organization_id = %s AND hour >= %s AND hour < %s ORDER BY hour
)
"""


@dataclass(frozen=True)
class ArmCover:
    """From `since` on and before `until`, without gap or overlap: whole `hours` are
    kept; `records` are read, because an hour is cut or was written to since."""

    since: datetime.datetime
    until: datetime.datetime
    hours: tuple[Stretch, ...]
    records: tuple[Stretch, ...]

    @property
    def parameters(self) -> dict[str, Any]:
        """Starts and ends, as `%(name)s` of a statement."""
        return {
            "since": self.since,
            "until": self.until,
            "hour_lows": [low for low, _ in self.hours],
            "hour_highs": [high for _, high in self.hours],
            "lows": [low for low, _ in self.records],
            "highs": [high for _, high in self.records],
        }


def arm_cover(
    organization_id: int, since: datetime.datetime, until: datetime.datetime
) -> ArmCover:
    """One query."""
    until = max(since, until)
    with connection.cursor() as cursor:
        cursor.execute(FACTS, [organization_id, hour_before(since), until])
        dropped_before, dirty = cursor.fetchone()
    found = cover([since, until], (), dropped_before)
    hours = list(_without(found.hours, dirty, dropped_before))
    records = [*found.records, *_dirty_within(found.hours, dirty, dropped_before)]
    return ArmCover(since, until, tuple(hours), tuple(_joined(records)))


def _dirty_within(
    hours: Iterable[Stretch],
    dirty: Sequence[datetime.datetime],
    dropped_before: datetime.datetime | None,
) -> Iterator[Stretch]:
    """Hours whose records are there no more stay as they were summed up."""
    for low, high in hours:
        for hour in dirty:
            is_there = dropped_before is None or hour >= dropped_before
            if is_there and low <= hour < high:
                yield hour, hour + HOUR


def _without(
    hours: Iterable[Stretch],
    dirty: Sequence[datetime.datetime],
    dropped_before: datetime.datetime | None,
) -> Iterator[Stretch]:
    for low, high in hours:
        at = low
        for hour, after in _dirty_within([(low, high)], dirty, dropped_before):
            if at < hour:
                yield at, hour
            at = after
        if at < high:
            yield at, high


def _joined(stretches: Iterable[Stretch]) -> list[Stretch]:
    """Those that touch as one."""
    found: list[Stretch] = []
    for low, high in sorted(stretches):
        if found and found[-1][1] == low:
            found[-1] = (found[-1][0], high)
        elif low < high:
            found.append((low, high))
    return found
