"""The windows of a budget: the day, week or month that a moment falls in, where the
budget lives. Pure."""

from __future__ import annotations

import datetime
import zoneinfo
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

DAY: Final = "day"
WEEK: Final = "week"
MONTH: Final = "month"
TOTAL: Final = "total"
INSTANT: Final = datetime.timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Window:
    """From `starts_at` up to, without, `ends_at`; both in UTC. No end: for ever."""

    starts_at: datetime.datetime
    ends_at: datetime.datetime | None

    def holds(self, moment: datetime.datetime) -> bool:
        return self.starts_at <= moment and (
            self.ends_at is None or moment < self.ends_at
        )


def window_at(
    period: str,
    zone_name: str,
    moment: datetime.datetime,
    since: datetime.datetime | None = None,
) -> Window:
    """The window of `period` that the aware `moment` is in. Days begin at midnight in
    the zone, so that one with a change of the clock has 23 or 25 hours; weeks begin on
    Monday. `total` is one window that begins at `since`."""
    if period == TOTAL:
        begun = since or moment
        return Window(begun.astimezone(datetime.UTC), None)
    day = moment.astimezone(zone(zone_name)).date()
    return _window(period, zone_name, day)


def window_before(period: str, zone_name: str, window: Window) -> Window | None:
    """The window before this one; `total` has none."""
    if period == TOTAL:
        return None
    return window_at(period, zone_name, window.starts_at - INSTANT)


@lru_cache(maxsize=64)
def zone(name: str) -> zoneinfo.ZoneInfo:
    return zoneinfo.ZoneInfo(name)


@lru_cache(maxsize=1024)
def _window(period: str, zone_name: str, day: datetime.date) -> Window:
    if period == DAY:
        first, after = day, day + datetime.timedelta(days=1)
    elif period == WEEK:
        first = day - datetime.timedelta(days=day.weekday())
        after = first + datetime.timedelta(days=7)
    else:
        first = day.replace(day=1)
        after = (first + datetime.timedelta(days=32)).replace(day=1)
    return Window(_midnight(first, zone_name), _midnight(after, zone_name))


def _midnight(day: datetime.date, zone_name: str) -> datetime.datetime:
    """The first moment of the day there. Where the clock jumps over midnight, or
    strikes it twice, `fold=0` is the moment of the jump, or the first of the two."""
    there = datetime.datetime.combine(day, datetime.time(), zone(zone_name))
    return there.astimezone(datetime.UTC)
