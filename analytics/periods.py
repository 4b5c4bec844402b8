"""Ranges of days in a time zone, and the periods they are compared with. Pure."""

from __future__ import annotations

import calendar
import datetime
import zoneinfo
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from analytics.questions import Step
from analytics.time_steps import HOUR, hour_before, midnight

MOST_DAYS: Final = 1830
"""Five years: the longest range that is asked for at once."""
MOST_HOURLY_DAYS: Final = 14
MOST_DAILY_DAYS: Final = 400
AUTO_HOURLY_DAYS: Final = 2
AUTO_DAILY_DAYS: Final = 92
AUTO_WEEKLY_DAYS: Final = 730
ONE_DAY: Final = datetime.timedelta(days=1)


class Range(StrEnum):
    TODAY = "today"
    WEEK = "7d"
    MONTH = "30d"
    QUARTER = "90d"
    THIS_MONTH = "month"
    LAST_MONTH = "last-month"
    CUSTOM = "custom"


class Comparison(StrEnum):
    """What a period is compared with: the one of the same length before it, the same
    days a month or a year before, or nothing."""

    PREVIOUS = "previous"
    MONTH = "month"
    YEAR = "year"
    NONE = "none"


DAYS_OF: Final = {Range.TODAY: 1, Range.WEEK: 7, Range.MONTH: 30, Range.QUARTER: 90}


@dataclass(frozen=True)
class Period:
    """Whole days from `first` to `last` in `zone`; `until` (aware) is where it ends for
    now: the midnight after its last day, or earlier where the other period is not over
    either, so that like is compared with like."""

    first: datetime.date
    last: datetime.date
    zone: zoneinfo.ZoneInfo
    until: datetime.datetime

    @property
    def start(self) -> datetime.datetime:
        return midnight(self.first, self.zone)

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def includes(self, moment: datetime.datetime) -> bool:
        return self.start <= moment < self.until

    @property
    def words(self) -> str:
        """1 Oct to 30 Oct 2026."""
        if self.first == self.last:
            return f"{self.last.day} {self.last:%b %Y}"
        same_year = self.first.year == self.last.year
        first = f"{self.first.day} {self.first:{'%b' if same_year else '%b %Y'}}"
        return f"{first} to {self.last.day} {self.last:%b %Y}"


def whole_days(
    first: datetime.date, last: datetime.date, zone: zoneinfo.ZoneInfo
) -> Period:
    return Period(first, last, zone, midnight(last + ONE_DAY, zone))


def period_of(range_: Range, now: datetime.datetime, zone: zoneinfo.ZoneInfo) -> Period:
    """The period that a preset means at `now`. Raises ValueError for `CUSTOM`, which
    needs its days said."""
    today = now.astimezone(zone).date()
    if range_ in DAYS_OF:
        return whole_days(today - (DAYS_OF[range_] - 1) * ONE_DAY, today, zone)
    if range_ is Range.THIS_MONTH:
        return whole_days(today.replace(day=1), today, zone)
    if range_ is Range.LAST_MONTH:
        last = today.replace(day=1) - ONE_DAY
        return whole_days(last.replace(day=1), last, zone)
    message = "A range of one's own needs its days."
    raise ValueError(message)


def compared_with(
    period: Period, range_: Range, comparison: Comparison, now: datetime.datetime
) -> Period | None:
    """The period to compare with; as far into it as `now` is into `period`: to the
    minute in its first day, later to the nearest whole hour in UTC, which is read from
    rollups alone and is half an hour away at most."""
    is_month = range_ in {Range.THIS_MONTH, Range.LAST_MONTH}
    match comparison:
        case Comparison.NONE:
            return None
        case Comparison.YEAR:
            found = _months_before(period, 12, is_month)
        case Comparison.PREVIOUS if not is_month:
            back = period.days * ONE_DAY
            found = whole_days(period.first - back, period.last - back, period.zone)
        case _:
            found = _months_before(period, 1, is_month)
    if not period.includes(now):
        return found
    return _as_far_as(now, period, found)


def step_for(period: Period, wished: Step | None) -> Step:
    """The step that was wished for where it makes no more points than a chart can
    show, else the one that suits the length."""
    days = period.days
    if wished is Step.HOUR and days <= MOST_HOURLY_DAYS:
        return wished
    if wished is Step.DAY and days <= MOST_DAILY_DAYS:
        return wished
    if wished in {Step.WEEK, Step.MONTH}:
        return wished or Step.WEEK
    if days <= AUTO_HOURLY_DAYS:
        return Step.HOUR
    if days <= AUTO_DAILY_DAYS:
        return Step.DAY
    return Step.WEEK if days <= AUTO_WEEKLY_DAYS else Step.MONTH


def _months_before(period: Period, months: int, is_month: bool) -> Period:
    first, last = (_minus(day, months) for day in (period.first, period.last))
    following = period.last + ONE_DAY
    if is_month and following.day == 1:
        last = _minus(following, months) - ONE_DAY
    return whole_days(first, last, period.zone)


def _minus(day: datetime.date, months: int) -> datetime.date:
    """The same day of an earlier month, or its last one where it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    _, length = calendar.monthrange(year, month + 1)
    return datetime.date(year, month + 1, min(day.day, length))


def _as_far_as(now: datetime.datetime, period: Period, other: Period) -> Period:
    local = now.astimezone(period.zone)
    ahead = (period.last - local.date()).days
    time = local.time().replace(second=0, microsecond=0)
    day = max(other.last - ahead * ONE_DAY, other.first)
    until = datetime.datetime.combine(day, time, period.zone)
    if until - other.start >= ONE_DAY:
        until = hour_before(until + HOUR / 2).astimezone(period.zone)
    # Just after midnight there would be nothing to compare.
    return Period(
        other.first,
        other.last,
        other.zone,
        max(until, other.start + datetime.timedelta(minutes=1)),
    )
