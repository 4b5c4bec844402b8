"""The steps of a period as places on a chart's axis. Pure."""

from __future__ import annotations

import datetime
import zoneinfo
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass

from analytics.periods import Period
from analytics.questions import Step
from analytics.time_steps import step_starts


@dataclass(frozen=True)
class Timeline:
    """Beginnings of the steps in UTC, in order, and what each is called."""

    starts: tuple[datetime.datetime, ...]
    labels: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.starts)

    def index(self, moment: datetime.datetime) -> int:
        """The step that `moment` lies in; what is before the first belongs to it."""
        place = bisect_right(self.starts, moment.astimezone(datetime.UTC)) - 1
        return max(place, 0)


def timeline(period: Period, step: Step, now: datetime.datetime) -> Timeline:
    """Steps of `period` that have begun by `now`, at least one. Days begin at midnight
    of the period's zone, weeks on Monday, hours with those of UTC; the first may have
    begun before the period."""
    last = max(min(period.until, now), period.start + datetime.timedelta(seconds=1))
    starts = step_starts(period.start, last, step, period.zone)
    years = {one.astimezone(period.zone).year for one in (starts[0], last)}
    words = [_label(one, period.zone, step, len(years) > 1) for one in starts]
    return Timeline(tuple(starts), tuple(_unambiguous(words, starts, period.zone)))


def _label(
    start: datetime.datetime, zone: zoneinfo.ZoneInfo, step: Step, with_year: bool
) -> str:
    local = start.astimezone(zone)
    if step is Step.MONTH:
        return f"{local:%b %Y}"
    day = f"{local.day} {local:{'%b %Y' if with_year else '%b'}}"
    return f"{day}, {local:%H:%M}" if step is Step.HOUR else day


def _unambiguous(
    words: list[str], starts: list[datetime.datetime], zone: zoneinfo.ZoneInfo
) -> list[str]:
    """An hour that a clock shows twice is told by the zone's name of the time."""
    twice = {word for word, count in Counter(words).items() if count > 1}
    return [
        f"{word} {start.astimezone(zone):%Z}" if word in twice else word
        for word, start in zip(words, starts, strict=True)
    ]
