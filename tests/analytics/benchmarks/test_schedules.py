"""Runs that begin by themselves, once for each occasion."""

import datetime
from unittest.mock import patch

import pytest

from analytics.models import (
    BenchmarkCase,
    BenchmarkRun,
    BenchmarkSchedule,
    BenchmarkSuite,
)
from analytics.services.benchmark_runs import RunOptions, RunRefused
from analytics.services.benchmark_schedules import (
    ScheduleRefused,
    create_schedule,
    latest_occasion,
    start_due,
    start_if_due,
    switch_schedule,
)
from tests.factories import ProviderFactory, enabled_model

MONDAY = datetime.datetime(2030, 3, 4, tzinfo=datetime.UTC)
WEEKLY = BenchmarkSchedule.Kind.WEEKLY
NEW = BenchmarkSchedule.Kind.NEW_VERSION
STARTED = "analytics.services.benchmark_schedules.start_run"


@pytest.fixture
def suite(organization):
    return BenchmarkSuite.objects.create(
        organization=organization, key="greetings", name="Greetings"
    )


@pytest.fixture
def begun(suite):
    """What was begun: the models of each run."""
    asked = []

    def begin(organization, its_suite, options, *, schedule, **_):
        asked.append(list(options.contenders))
        number = BenchmarkRun.objects.count() + 1
        return BenchmarkRun.objects.create(
            organization=organization, suite=its_suite, number=number, schedule=schedule
        )

    with patch(STARTED, begin):
        yield asked


def weekly(suite, **facts) -> BenchmarkSchedule:
    options = RunOptions(contenders=["acme/chat"])
    values = {"weekdays": [0], "at_hour": 9, **facts}
    made = create_schedule(suite, kind=WEEKLY, options=options, by=None, **values)
    before = MONDAY - datetime.timedelta(days=3)
    BenchmarkSchedule.objects.filter(pk=made.pk).update(created_at=before)
    made.refresh_from_db()
    return made


def test_a_weekly_run_begins_once_at_its_hour_in_the_zone_of_the_organisation(
    suite, begun
):
    type(suite.organization).objects.update(time_zone="Europe/Berlin")
    weekly(suite)

    assert start_due(MONDAY.replace(hour=7, minute=59)) == []
    assert len(start_due(MONDAY.replace(hour=8))) == 1
    assert start_due(MONDAY.replace(hour=8, minute=1)) == []
    assert start_due(MONDAY + datetime.timedelta(days=6)) == []
    assert len(start_due(MONDAY + datetime.timedelta(days=7, hours=8))) == 1
    assert begun == [["acme/chat"]] * 2


def test_of_two_workers_that_see_an_occasion_one_begins_the_run(suite, begun):
    one = weekly(suite)
    late = BenchmarkSchedule.objects.select_related("suite__organization").get()
    now = MONDAY.replace(hour=10)

    assert start_if_due(one, now) is not None
    assert start_if_due(late, now) is None

    assert len(begun) == 1


def test_the_hour_that_a_clock_change_leaves_out_is_still_an_occasion(suite):
    type(suite.organization).objects.update(time_zone="Europe/Berlin")
    one = weekly(suite, weekdays=[6], at_hour=2)
    one.suite.organization.refresh_from_db()
    after = datetime.datetime(2030, 3, 31, 12, tzinfo=datetime.UTC)

    assert latest_occasion(one, after).date() == datetime.date(2030, 3, 31)


def test_a_paused_schedule_begins_nothing_and_makes_nothing_up(suite, begun):
    one = weekly(suite)
    assert switch_schedule(one, is_enabled=False, by=None)
    assert start_due(MONDAY.replace(hour=10)) == []


def test_a_new_model_of_the_pattern_begins_a_run_once(suite, begun, organization):
    provider = ProviderFactory(slug="acme")
    enabled_model(organization, provider=provider, model_name="chat-1")
    options = RunOptions(contenders=["acme/chat-1"])
    create_schedule(suite, kind=NEW, options=options, patterns=["acme/chat-*"], by=None)
    assert start_due(MONDAY) == []

    enabled_model(organization, provider=provider, model_name="chat-2")
    enabled_model(organization, provider=provider, model_name="other")

    assert len(start_due(MONDAY)) == 1
    assert start_due(MONDAY) == []
    assert begun == [["acme/chat-1", "acme/chat-2"]]


def test_what_is_refused_is_told_and_not_tried_again_that_day(suite):
    one = weekly(suite)
    BenchmarkCase.objects.all().delete()
    with patch(STARTED, side_effect=RunRefused(["The suite has no cases yet."])):
        assert start_due(MONDAY.replace(hour=10)) == []

    one.refresh_from_db()
    assert one.problem == "The suite has no cases yet."
    assert one.last_started_at == MONDAY.replace(hour=10)


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"kind": WEEKLY}, "day of the week"),
        ({"kind": NEW}, "pattern"),
        ({"kind": WEEKLY, "weekdays": [0], "at_hour": 24}, "hour"),
    ],
    ids=["no day", "no pattern", "no hour"],
)
def test_a_schedule_that_is_none_is_refused(suite, facts, said):
    options = RunOptions(contenders=["acme/chat"])
    with pytest.raises(ScheduleRefused, match=said):
        create_schedule(suite, options=options, by=None, **facts)
