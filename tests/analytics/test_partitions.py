"""Usage is parted by month: made ahead, strays moved in, old months dropped."""

import datetime
import uuid

import pytest
from django.db import connection

from analytics.models import UsageRecord
from analytics.months import Month
from analytics.services.partitions import (
    drop_partitions_before,
    ensure_partitions,
    keep_months,
    partition_names,
    stray_count,
)

pytestmark = pytest.mark.django_db


def stored_at(moment: datetime.datetime) -> UsageRecord:
    return UsageRecord.objects.create(
        id=uuid.uuid4(),
        request_id=uuid.uuid4(),
        started_at=moment,
        organization_id=1,
        ai_model_id=1,
        outcome="ok",
        cost_state="unpriced",
    )


def partition_of(row: UsageRecord) -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tableoid::regclass::text FROM analytics_usagerecord WHERE id = %s",
            [row.id],
        )
        return cursor.fetchone()[0]


def utc(year: int, month: int, day: int = 1, hour: int = 0) -> datetime.datetime:
    return datetime.datetime(year, month, day, hour, tzinfo=datetime.UTC)


def test_months_are_made_ahead_and_only_once():
    first = ensure_partitions(2, now=utc(2031, 11, 21))

    assert first == [
        "analytics_usagerecord_2031_10",
        "analytics_usagerecord_2031_11",
        "analytics_usagerecord_2031_12",
        "analytics_usagerecord_2032_01",
    ]
    assert ensure_partitions(2, now=utc(2031, 11, 21)) == []


@pytest.mark.parametrize(
    ("moment", "partition"),
    [
        (utc(2031, 12) - datetime.timedelta(microseconds=1), "2031_11"),
        (utc(2031, 12), "2031_12"),
        (
            datetime.datetime.fromisoformat("2032-01-01T00:30:00+01:00"),
            "2031_12",
        ),
    ],
)
def test_a_row_lands_in_the_month_that_it_started_in(moment, partition):
    ensure_partitions(2, now=utc(2031, 11, 21))

    assert partition_of(stored_at(moment)) == f"analytics_usagerecord_{partition}"


def test_a_stray_is_counted_and_moves_when_its_month_is_made():
    before = stray_count()
    row = stored_at(utc(2031, 7, 3))

    assert stray_count() == before + 1
    assert partition_of(row) == "analytics_usagerecord_default"

    ensure_partitions(0, now=utc(2031, 7, 21))

    assert stray_count() == before
    assert partition_of(row) == "analytics_usagerecord_2031_07"


def test_a_dropped_month_takes_its_rows_along_and_no_others():
    ensure_partitions(2, now=utc(2031, 11, 21))
    old, kept = stored_at(utc(2031, 10, 31, 23)), stored_at(utc(2031, 11))
    stray = stored_at(utc(2029, 1))

    dropped = drop_partitions_before(utc(2031, 11, 5))

    assert dropped[-1] == "analytics_usagerecord_2031_10"
    left = set(UsageRecord.objects.values_list("id", flat=True))
    assert kept.id in left
    assert not {old.id, stray.id} & left


def test_a_retention_keeps_whole_months():
    ensure_partitions(0, now=utc(2031, 10, 1))
    ensure_partitions(0, now=utc(2031, 12, 1))

    keep_months(1, now=utc(2031, 12, 31, 23))

    assert partition_names()[0] == "analytics_usagerecord_2031_11"


def test_dropping_twice_is_harmless():
    assert drop_partitions_before(utc(2001, 1)) == []


def test_months_count_across_years():
    assert Month(2026, 1).plus(-1) == Month(2025, 12)
    assert Month(2026, 11).plus(14) == Month(2028, 1)
    assert Month(2026, 12).end == utc(2027, 1)
