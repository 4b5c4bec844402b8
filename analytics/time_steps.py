"""Where the hours, days, weeks and months of a time zone begin. Pure."""

from __future__ import annotations

import datetime
import zoneinfo
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from analytics.questions import Step

HOUR: Final = datetime.timedelta(hours=1)
DAY: Final = datetime.timedelta(days=1)
MOST_STEPS: Final = 20_000


def step_starts(
    start: datetime.datetime,
    end: datetime.datetime,
    step: Step,
    zone: zoneinfo.ZoneInfo,
) -> list[datetime.datetime]:
    """The starts, in UTC, of the steps that lie in `start` to before `end`, wholly or
    in part: the first may begin before `start`. A day has 23 or 25 hours where clocks
    change. Hours are those of UTC: in Kolkata they begin at half past. Raises
    ValueError for more than MOST_STEPS of them."""
    if step is Step.HOUR:
        return _hours(start, end)
    starts: list[datetime.datetime] = []
    for date in _dates(start.astimezone(zone).date(), step):
        moment = midnight(date, zone)
        # A zone that changed sides of the date line has a day that never was.
        if starts and moment <= starts[-1]:
            continue
        if moment >= end:
            break
        _check_number(len(starts))
        starts.append(moment)
    return starts


def day_bounds(
    first: datetime.date, last: datetime.date, zone: zoneinfo.ZoneInfo
) -> list[tuple[datetime.datetime, datetime.datetime]]:
    """Start and end (excluded), in UTC, of each day from `first` to `last`."""
    days = range((last - first).days + 2)
    starts = [midnight(first + number * DAY, zone) for number in days]
    return [(low, high) for low, high in pairwise(starts) if low < high]


def midnight(date: datetime.date, zone: zoneinfo.ZoneInfo) -> datetime.datetime:
    """When a day begins, in UTC: the first of two midnights, and the moment of the
    change where clocks leap over midnight."""
    there = datetime.datetime.combine(date, datetime.time(), zone)
    return there.astimezone(datetime.UTC)


def hour_before(moment: datetime.datetime) -> datetime.datetime:
    """The start of the hour in UTC that the moment lies in."""
    there = moment.astimezone(datetime.UTC)
    return there.replace(minute=0, second=0, microsecond=0)


def hour_after(moment: datetime.datetime) -> datetime.datetime:
    """The first whole hour in UTC at or after the moment."""
    before = hour_before(moment)
    return before if before == moment else before + HOUR


def _hours(start: datetime.datetime, end: datetime.datetime) -> list[datetime.datetime]:
    first = hour_before(start)
    number = -(-(end - first) // HOUR)
    _check_number(number - 1)
    return [first + HOUR * index for index in range(number)]


def _dates(first: datetime.date, step: Step) -> Iterator[datetime.date]:
    """The dates at which steps begin, from that which `first` lies in."""
    if step is Step.MONTH:
        date = first.replace(day=1)
        while True:
            yield date
            date = (date + 32 * DAY).replace(day=1)
    date = first - first.weekday() * DAY if step is Step.WEEK else first
    while True:
        yield date
        date += DAY * (7 if step is Step.WEEK else 1)


def _check_number(number: int) -> None:
    if number >= MOST_STEPS:
        raise ValueError("That is too long a range to be cut so finely.")
