"""Which days a range means, and which it is compared with."""

import datetime
import zoneinfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.periods import (
    Comparison,
    Range,
    compared_with,
    period_of,
    step_for,
    whole_days,
)
from analytics.questions import Step
from analytics.timeline import timeline

UTC = zoneinfo.ZoneInfo("UTC")
BERLIN = zoneinfo.ZoneInfo("Europe/Berlin")
KOLKATA = zoneinfo.ZoneInfo("Asia/Kolkata")
LOS_ANGELES = zoneinfo.ZoneInfo("America/Los_Angeles")
NOW = datetime.datetime(2026, 11, 21, 12, 31, 44, tzinfo=datetime.UTC)


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("range_", "first", "last"),
    [
        (Range.TODAY, "2026-11-21", "2026-11-21"),
        (Range.WEEK, "2026-11-15", "2026-11-21"),
        (Range.MONTH, "2026-10-23", "2026-11-21"),
        (Range.QUARTER, "2026-08-24", "2026-11-21"),
        (Range.THIS_MONTH, "2026-11-01", "2026-11-21"),
        (Range.LAST_MONTH, "2026-10-01", "2026-10-31"),
    ],
)
def test_a_range_is_whole_days_with_today_as_the_last(range_, first, last):
    period = period_of(range_, NOW, UTC)

    assert (period.first, period.last) == (day(first), day(last))


def test_today_depends_on_the_zone():
    late = datetime.datetime(2026, 11, 21, 20, tzinfo=datetime.UTC)

    assert period_of(Range.TODAY, late, KOLKATA).first == day("2026-11-22")
    assert period_of(Range.TODAY, late, LOS_ANGELES).first == day("2026-11-21")


def test_a_day_on_which_clocks_change_has_25_hours():
    period = whole_days(day("2026-10-25"), day("2026-10-25"), BERLIN)
    line = timeline(period, Step.HOUR, NOW)

    assert period.until - period.start == datetime.timedelta(hours=25)
    assert len(line) == 25
    assert len(set(line.labels)) == 25
    assert {"25 Oct, 02:00 CEST", "25 Oct, 02:00 CET"} <= set(line.labels)


@pytest.mark.parametrize(
    ("range_", "comparison", "first", "last"),
    [
        (Range.WEEK, Comparison.PREVIOUS, "2026-11-08", "2026-11-14"),
        (Range.WEEK, Comparison.MONTH, "2026-10-15", "2026-10-21"),
        (Range.WEEK, Comparison.YEAR, "2025-11-15", "2025-11-21"),
        (Range.THIS_MONTH, Comparison.PREVIOUS, "2026-10-01", "2026-10-21"),
        (Range.LAST_MONTH, Comparison.PREVIOUS, "2026-09-01", "2026-09-30"),
        (Range.LAST_MONTH, Comparison.YEAR, "2025-10-01", "2025-10-31"),
    ],
)
def test_a_period_is_compared_with_days_like_its_own(range_, comparison, first, last):
    period = period_of(range_, NOW, UTC)
    other = compared_with(period, range_, comparison, NOW)

    assert (other.first, other.last) == (day(first), day(last))


def test_a_period_that_runs_is_compared_as_far_as_it_has_come():
    today = period_of(Range.TODAY, NOW, UTC)
    yesterday = compared_with(today, Range.TODAY, Comparison.PREVIOUS, NOW)

    assert yesterday.until == datetime.datetime(2026, 11, 20, 12, 31, tzinfo=UTC)


@pytest.mark.parametrize("zone", [UTC, BERLIN, KOLKATA])
def test_after_a_day_it_is_compared_until_the_nearest_whole_hour(zone):
    week = period_of(Range.WEEK, NOW, zone)
    before = compared_with(week, Range.WEEK, Comparison.PREVIOUS, NOW)

    week_ago = NOW - datetime.timedelta(days=7)
    assert before.until == week_ago.replace(hour=13, minute=0, second=0, microsecond=0)


def test_nothing_to_compare_with_is_nothing():
    period = period_of(Range.WEEK, NOW, UTC)

    assert compared_with(period, Range.WEEK, Comparison.NONE, NOW) is None


@pytest.mark.parametrize(
    ("days", "wished", "step"),
    [
        (1, None, Step.HOUR),
        (30, None, Step.DAY),
        (200, None, Step.WEEK),
        (1800, None, Step.MONTH),
        (14, Step.HOUR, Step.HOUR),
        (15, Step.HOUR, Step.DAY),
        (401, Step.DAY, Step.WEEK),
        (1, Step.WEEK, Step.WEEK),
    ],
)
def test_a_step_makes_no_more_points_than_a_chart_shows(days, wished, step):
    first = day("2020-01-01")
    last = first + datetime.timedelta(days=days - 1)

    assert step_for(whole_days(first, last, UTC), wished) is step


@given(
    first=st.dates(day("2001-01-01"), day("2026-11-20")),
    days=st.integers(0, 400),
    comparison=st.sampled_from(list(Comparison)[:3]),
    zone=st.sampled_from([UTC, BERLIN, KOLKATA, LOS_ANGELES]),
)
def test_what_is_compared_with_lies_before_and_never_is_empty(
    first, days, comparison, zone
):
    period = whole_days(first, first + datetime.timedelta(days=days), zone)
    other = compared_with(period, Range.CUSTOM, comparison, NOW)

    assert other.start < other.until <= other.start + datetime.timedelta(days=days + 5)
    assert other.start < period.start


@given(
    at=st.datetimes(
        datetime.datetime(2026, 10, 23), datetime.datetime(2026, 11, 22)
    ).map(lambda moment: moment.replace(tzinfo=datetime.UTC)),
    step=st.sampled_from(list(Step)),
    zone=st.sampled_from([UTC, BERLIN, KOLKATA, LOS_ANGELES]),
)
def test_each_moment_has_its_place_on_the_axis(at, step, zone):
    line = timeline(period_of(Range.MONTH, NOW, zone), step, NOW)
    place = line.index(at)

    assert line.starts[place] <= at or place == 0
    assert place == len(line) - 1 or at < line.starts[place + 1]
