"""What a lead looks at in the morning, worked out from answers about usage. Pure."""

from __future__ import annotations

import datetime
import zoneinfo
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from analytics.asked import Asked, Level
from analytics.periods import (
    ONE_DAY,
    Comparison,
    Period,
    Range,
    compared_with,
    period_of,
    whole_days,
)
from analytics.questions import Answer, Dimension, Key, Question, Step
from analytics.readings import Reading
from analytics.series import along, placed
from analytics.sparklines import Sparkline, sparkline
from analytics.sums import Sums
from analytics.tiles import Tile, interval_text, share_text, tiles
from analytics.time_steps import midnight
from analytics.timeline import Timeline, timeline

TREND_DAYS: Final = 14
"""A trend goes back as far even on the first of a month."""


@dataclass(frozen=True)
class Months:
    """This month until today, the same span of the last one, and both as a whole."""

    asked: Asked
    this: Period
    last: Period

    @property
    def now(self) -> datetime.datetime:
        return self.asked.now

    @property
    def spent_days(self) -> int:
        """Days of this month that have begun."""
        return self.asked.period.days

    @property
    def trend(self) -> Period:
        """The last days, as far back as the month at least."""
        today = self.asked.period.last
        first = min(self.this.first, today - (TREND_DAYS - 1) * ONE_DAY)
        return whole_days(first, today, self.this.zone)

    @property
    def name(self) -> str:
        return f"{self.this.first:%B}"

    def question(self, period: Period, *split: Dimension, daily: bool) -> Question:
        """By day without histograms, or the whole with them."""
        return self.asked.question(
            period=period,
            step=Step.DAY if daily else None,
            split=split,
            with_histograms=not daily,
        )


@dataclass(frozen=True)
class MorningAnswers:
    """`parts` are of this month by feature, `before` of the same span of the last
    month; `days` by feature and day of the trend, `last_days` by day of the last
    month; `health` by connection of the last hours."""

    months: Months
    parts: Answer
    before: Answer
    days: Answer
    last_days: Answer
    health: Answer


@dataclass(frozen=True)
class MorningTile:
    tile: Tile
    trend: Sparkline | None


def months_at(
    organization_id: int, now: datetime.datetime, zone: zoneinfo.ZoneInfo
) -> Months:
    """The months of `zone` as they stand at `now`."""
    period = period_of(Range.THIS_MONTH, now, zone)
    compared = compared_with(period, Range.THIS_MONTH, Comparison.PREVIOUS, now)
    last = period_of(Range.LAST_MONTH, now, zone)
    following = (period.first + 31 * ONE_DAY).replace(day=1)
    this = whole_days(period.first, following - ONE_DAY, zone)
    asked = Asked(
        organization_id=organization_id,
        now=now,
        zone=zone,
        range=Range.THIS_MONTH,
        period=period,
        comparison=Comparison.PREVIOUS,
        compared=compared,
        split=(Dimension.FEATURE,),
    )
    return Months(asked, this, last)


def day_line(months: Months) -> Timeline:
    """Every day of this month, also those to come."""
    return timeline(months.this, Step.DAY, months.this.until)


def morning_tiles(answers: MorningAnswers) -> list[MorningTile]:
    """Spend, requests, success and p95 of this month against the same span of the
    last; the trend of the first three."""
    found = tiles(answers.parts.total, answers.before.total, Level.REQUEST)[:4]
    found[0] = replace(found[0], label=f"Spend in {answers.months.name}")
    days = [Reading(one, Level.REQUEST) for one in trend_days(answers)]
    trends = (
        sparkline([one.sums.cost_usd for one in days]),
        sparkline([one.count for one in days]),
        sparkline([one.success.share if one.success else None for one in days]),
        None,
    )
    return [MorningTile(*pair) for pair in zip(found, trends, strict=True)]


def trend_days(answers: MorningAnswers) -> tuple[Sums, ...]:
    """All of each day of the trend."""
    return along(answers.days, _trend_line(answers.months))


def feature_trends(answers: MorningAnswers) -> Mapping[Key, Sparkline | None]:
    """Cost by day of each feature."""
    line = _trend_line(answers.months)
    days: dict[Key, list[Decimal]] = {}
    for place, part in placed(answers.days, line):
        values = days.setdefault(part.keys[0], [Decimal(0)] * len(line))
        values[place] += part.sums.cost_usd
    return {key: sparkline(values) for key, values in days.items()}


def last_month_by_day(answers: MorningAnswers) -> list[float | None] | None:
    """Spend of each day of the last month under the day of the same number of this
    one; None where nothing was called."""
    if not answers.last_days.parts:
        return None
    last = timeline(answers.months.last, Step.DAY, answers.months.last.until)
    values: list[float | None] = [
        float(one.cost_usd) for one in along(answers.last_days, last)
    ]
    length = answers.months.this.days
    return (values + [None] * length)[:length]


def success_text(reading: Reading) -> tuple[str, str] | None:
    """A rate and its interval, as text."""
    rate = reading.success
    return (share_text(rate.share, 2), interval_text(rate)) if rate else None


def whole_hours(now: datetime.datetime, hours: int) -> tuple[datetime.datetime, ...]:
    """Start and end of the last `hours` hours in UTC and the one that goes on: whole
    ones are read from rollups alone."""
    hour = now.astimezone(datetime.UTC).replace(minute=0, second=0, microsecond=0)
    return (
        hour - datetime.timedelta(hours=hours - 1),
        hour + datetime.timedelta(hours=1),
    )


def month_start(months: Months) -> datetime.datetime:
    return midnight(months.this.first, months.this.zone)


def _trend_line(months: Months) -> Timeline:
    return timeline(months.trend, Step.DAY, months.now)
