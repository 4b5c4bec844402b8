"""Rollups stay right: late rows, two builders, one that dies, dropped months, days."""

import datetime
import threading
import uuid
import zoneinfo
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections

from analytics import tasks
from analytics.models import (
    ClosedDay,
    DayRollup,
    DirtyHour,
    HourRollup,
    ReconcileFinding,
    UsageRecord,
)
from analytics.queries.closed_answers import CLOSED_ANSWERS
from analytics.questions import Dimension, Step
from analytics.recording.dirty_hours import mark_dirty
from analytics.services import rollups
from analytics.services.day_rollups import close_days
from analytics.services.feedback import record_feedback
from analytics.services.partitions import drop_partitions_before, ensure_partitions
from analytics.services.reconciling import reconcile
from analytics.services.rollup_rebuilding import forget_rollups
from analytics.services.rollups import build_hours, roll_up
from tests.analytics.records import record
from tests.analytics.rolling import ask, rolled_up

pytestmark = pytest.mark.django_db
KOLKATA = zoneinfo.ZoneInfo("Asia/Kolkata")
START = datetime.datetime(2026, 11, 1, tzinfo=datetime.UTC)
END = datetime.datetime(2026, 12, 1, tzinfo=datetime.UTC)


def at(hour: int, minute: int = 0, day: int = 9) -> datetime.datetime:
    return datetime.datetime(2026, 11, day, hour, minute, tzinfo=datetime.UTC)


def marked(organization, *moments) -> None:
    with connection.cursor() as cursor:
        mark_dirty(cursor, [(organization.pk, moment) for moment in moments])


def calls(organization, *ends, **more) -> int:
    return ask(organization, *(ends or (START, END)), **more).total.calls


def test_a_late_row_marks_its_hour_and_the_sums_become_right(organization):
    record(organization, started_at=at(10))
    rolled_up(organization)
    record(organization, started_at=at(10, 30))
    marked(organization, at(10, 30))

    before = ask(organization, START, END)
    roll_up()

    assert (before.total.calls, calls(organization)) == (1, 2)
    assert before.as_of <= datetime.datetime.now(datetime.UTC)
    assert not DirtyHour.objects.exists()


def test_a_score_that_comes_later_counts_where_the_request_was_answered(organization):
    request = uuid.uuid4()
    record(organization, started_at=at(9, 59), request_id=request, answered=False)
    record(organization, started_at=at(10), request_id=request, attempt=2)
    rolled_up(organization)

    record_feedback(organization=organization, request_id=request, score=-1.0)

    assert [mark.hour for mark in DirtyHour.objects.all()] == [at(10)]
    roll_up()
    assert ask(organization, START, END).total.mean_feedback == -1.0


def test_a_mark_that_comes_while_an_hour_is_built_stays(organization, monkeypatch):
    record(organization, started_at=at(10))
    marked(organization, at(10))

    def build_and_be_disturbed(cursor, organization_id, hours):
        rollups.build_sums(cursor, organization_id, hours)
        record(organization, started_at=at(10, 1))
        marked(organization, at(10, 1))

    monkeypatch.setattr(rollups, "HOUR_BUILDERS", (build_and_be_disturbed,))
    roll_up()
    assert DirtyHour.objects.count() == 1
    monkeypatch.undo()
    roll_up()

    assert calls(organization) == 2


def test_a_builder_that_dies_leaves_all_as_it_was(organization, monkeypatch):
    record(organization, started_at=at(10))
    rolled_up(organization)
    record(organization, started_at=at(10, 1))
    marked(organization, at(10, 1))

    def die(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(rollups, "HOUR_BUILDERS", (rollups.build_sums, die))
    with pytest.raises(KeyboardInterrupt):
        roll_up()

    assert calls(organization) == 1
    monkeypatch.undo()
    roll_up()
    assert calls(organization) == 2


@pytest.mark.django_db(transaction=True)
def test_two_builders_at_once_build_an_hour_once(organization):
    record(organization, started_at=at(10))
    marked(organization, at(10))
    start = threading.Barrier(4)

    def build():
        start.wait()
        roll_up()
        connections.close_all()

    threads = [threading.Thread(target=build) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert calls(organization) == HourRollup.objects.count() == 1
    assert not DirtyHour.objects.exists()
    forget_rollups(organization.pk)
    UsageRecord.objects.all().delete()


def test_an_hour_without_marks_is_left_alone(organization):
    assert build_hours(organization.pk, [at(10)]) == 0


def test_rollups_outlive_their_records(organization):
    ensure_partitions(0, now=datetime.datetime(2024, 3, 5, tzinfo=datetime.UTC))
    moment = datetime.datetime(2024, 3, 9, 18, 45, tzinfo=datetime.UTC)
    record(organization, started_at=moment)
    rolled_up(organization)
    drop_partitions_before(datetime.datetime(2024, 4, 2, tzinfo=datetime.UTC))
    marked(organization, moment)
    roll_up()

    hour = moment.replace(minute=0)
    around = (hour - datetime.timedelta(days=1), hour + datetime.timedelta(days=1))
    half = datetime.timedelta(minutes=30)

    assert not UsageRecord.objects.filter(started_at=moment).exists()
    assert not DirtyHour.objects.exists()
    days = ask(organization, *around, KOLKATA, step=Step.DAY)
    assert [part.start.day for part in days.parts] == [9]
    assert calls(organization, around[0], hour + half) == 1
    assert calls(organization, hour + half, around[1]) == 0


@pytest.mark.parametrize("name", ["UTC", "Asia/Kolkata", "America/Los_Angeles"])
def test_a_closed_day_says_what_its_hours_say(organization, name):
    organization.time_zone = name
    organization.save()
    for day in range(1, 6):
        for hour, minute in ((0, 0), (7, 59), (8, 0), (18, 29), (18, 30), (23, 59)):
            record(
                organization,
                started_at=at(hour, minute, day),
                feature_id=hour % 3 or None,
                latency_ms=100 * day + hour,
            )
    rolled_up(organization)

    def asked():
        return ask(
            organization,
            at(1, 15, 1),
            at(20, 45, 5),
            organization.zone,
            step=Step.WEEK,
            split=(Dimension.FEATURE,),
            with_histograms=True,
        ).parts

    by_hours = asked()
    assert close_days(organization, now=at(12, day=12)) > 3
    by_days = asked()

    assert DayRollup.objects.exists()
    assert by_days == by_hours
    # The days are read, and not the hours.
    DayRollup.objects.update(calls=1000)
    CLOSED_ANSWERS.clear()
    assert asked() != by_hours


def test_a_day_opens_when_one_of_its_hours_changes(organization):
    record(organization, started_at=at(10))
    rolled_up(organization)
    close_days(organization, now=at(12, day=12))
    record(organization, started_at=at(11))
    marked(organization, at(11))
    closed = ClosedDay.objects.count()

    assert close_days(organization, now=at(12, day=12)) == 0
    roll_up()
    assert ClosedDay.objects.count() == closed - 1
    assert calls(organization, step=Step.DAY) == 2
    assert close_days(organization, now=at(12, day=12)) == 1
    assert calls(organization, step=Step.DAY) == 2


def test_another_zone_voids_the_days_of_the_one_before(organization):
    record(organization, started_at=at(10))
    rolled_up(organization)
    close_days(organization, now=at(12, day=12))
    organization.time_zone = "Asia/Kolkata"
    organization.save()

    tasks.close_days()

    zones = set(ClosedDay.objects.values_list("zone", flat=True))
    assert zones <= {"Asia/Kolkata"}


def test_a_wrong_rollup_is_found_told_and_repaired(organization):
    record(organization, started_at=at(10))
    record(organization, started_at=at(11))
    rolled_up(organization)
    HourRollup.objects.filter(hour=at(10)).update(calls=5, cost_usd=Decimal(7))

    (finding,) = reconcile(START, END)

    assert (finding.record_calls, finding.rollup_calls) == (1, 5)
    assert finding.rollup_cost_usd == 7
    assert reconcile(START, END) == []
    roll_up()
    assert calls(organization) == 2
    assert ReconcileFinding.objects.get().hour == at(10)
    tasks.reconcile_rollups()


def test_the_command_sums_up_again_what_is_asked_for(organization):
    for day in (8, 9, 10):
        record(organization, started_at=at(10, day=day))
    out = StringIO()

    call_command(
        "usage",
        "rollup",
        "--since=2026-11-08",
        "--until=2026-11-09",
        f"--organization={organization.slug}",
        stdout=out,
    )

    assert out.getvalue() == "Summed up 2 hours.\n"
    assert calls(organization) == 2


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--organization=nobody"], "no organisation 'nobody'"),
        (["--since=2026-11-09", "--until=2026-11-08"], "before --since"),
        (["--since=yesterday"], "invalid"),
    ],
)
def test_the_command_says_what_is_wrong(arguments, complaint):
    with pytest.raises(CommandError, match=complaint):
        call_command("usage", "rollup", *arguments)
