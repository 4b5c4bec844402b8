"""Schedules of benchmarks on their pages: made, listed, switched, removed."""

import datetime

import pytest
from django.utils import timezone

from analytics.models import BenchmarkSchedule, BenchmarkSuite
from analytics.queries.benchmark_schedules import schedule_lines
from analytics.services.benchmark_runs import RunOptions
from analytics.services.benchmark_schedules import create_schedule, start_due
from registry.models import AuditEntry
from tests.analytics.benchmarks.finished import a_run
from tests.analytics.benchmarks.suites import make_case, make_suite
from tests.factories import ConnectionFactory, ProviderFactory, enabled_model

PAGE = "/benchmarks/schedules/"
NEW = f"{PAGE}new/"
WEEKLY = {
    "suite": "capitals",
    "kind": "weekly",
    "weekdays": ["0", "3"],
    "at_hour": "6",
    "models": ["acme/small"],
    "repetitions": "1",
    "concurrency": "4",
}
VERSION = {**WEEKLY, "kind": "new_version", "patterns": "acme/*\nopenai/gpt-5*"}
WEDNESDAY = datetime.datetime(2030, 3, 6, 12, tzinfo=datetime.UTC)


@pytest.fixture
def suite(organization) -> BenchmarkSuite:
    made = make_suite(organization, "Capitals", scorers=[{"kind": "contains"}])
    make_case(made, "Capital of France?", "france", expected="Paris")
    provider = ProviderFactory(slug="acme")
    url = "http://127.0.0.1:9/v1"
    ConnectionFactory(organization=organization, provider=provider, base_url=url)
    enabled_model(organization, provider=provider, model_name="small")
    return made


@pytest.fixture
def schedule(suite) -> BenchmarkSchedule:
    return create_schedule(
        suite,
        kind="weekly",
        options=RunOptions(contenders=["acme/small"]),
        weekdays=[0, 3],
        at_hour=6,
        by=None,
    )


def test_an_empty_page_says_the_next_step(editor, viewer, suite):
    assert "Make the first schedule" in editor.get(PAGE).text
    assert "Make the first schedule" not in viewer.get(PAGE).text
    suite.delete()
    assert "Make a suite" in editor.get(PAGE).text
    assert "Make a suite" in editor.get(NEW).text


def test_every_week_on_some_days(editor, suite):
    said = editor.get(NEW, {"suite": "capitals"}).text
    assert '<option value="capitals" selected>' in said
    assert 'value="acme/small">' in said

    response = editor.post(NEW, {**WEEKLY, "limit_usd": "2"}, follow=True)

    assert response.redirect_chain[-1][0] == PAGE
    assert "Monday and Thursday, 06:00" in response.text
    assert "at most $2.00 a run" in response.text
    one = BenchmarkSchedule.objects.get()
    assert (one.weekdays, one.at_hour, one.options["limit_usd"]) == ([0, 3], 6, "2")
    assert AuditEntry.objects.filter(action="benchmark_schedule.created").exists()


def test_when_a_new_version_appears(editor, suite):
    said = editor.post(NEW, VERSION, follow=True).text

    assert "A new model matches acme/* and openai/gpt-5*" in said
    assert "with the next new model" in said
    assert BenchmarkSchedule.objects.get().seen_models == ["acme/small"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"suite": ""}, "Choose a suite."),
        ({"weekdays": []}, "Choose at least one day of the week."),
        ({"models": []}, "Choose at least one model."),
        ({"kind": "sometimes"}, "Select a valid choice"),
        ({"at_hour": "25"}, "Select a valid choice"),
        ({"kind": "new_version", "patterns": ""}, "Say which models"),
        ({"kind": "new_version", "patterns": "gpt-5*"}, "is no reference"),
        ({"limit_usd": "-1"}, "greater than or equal to 0"),
    ],
    ids=[
        *("no suite", "no day", "no model", "no kind"),
        *("no hour", "no pattern", "half a pattern", "no limit"),
    ],
)
def test_what_makes_no_schedule_is_told(editor, suite, given, said):
    response = editor.post(NEW, WEEKLY | given)

    assert response.status_code == 422
    assert said in response.text
    assert not BenchmarkSchedule.objects.exists()


def test_the_next_run_is_told_in_the_zone_of_the_organisation(schedule, organization):
    organization.time_zone = "Europe/Berlin"
    organization.save()

    (line,) = schedule_lines(organization, WEDNESDAY)

    assert line.next_at.isoformat() == "2030-03-07T06:00:00+01:00"
    (after,) = schedule_lines(organization, line.next_at)
    assert after.next_at.isoformat() == "2030-03-11T06:00:00+01:00"


def test_the_last_run_and_what_stood_in_the_way_are_told(editor, schedule):
    a_run(schedule.suite, schedule=schedule)
    last = a_run(schedule.suite, schedule=schedule)
    BenchmarkSchedule.objects.update(
        problem="A limit cannot be kept.", last_started_at=timezone.now()
    )

    said = editor.get(PAGE).text

    assert f"/benchmarks/runs/{last.number}/" in said
    assert "/benchmarks/runs/1/" not in said
    assert "A limit cannot be kept." in said


def test_a_schedule_is_switched_off_and_on(editor, schedule):
    address = f"{PAGE}{schedule.pk}/switch/"

    said = editor.post(address, {"is_enabled": "off"}, follow=True).text

    assert "Switch on" in said
    assert not BenchmarkSchedule.objects.get().is_enabled
    # Whoever presses the same button later changes nothing.
    editor.post(address, {"is_enabled": "off"})
    assert not BenchmarkSchedule.objects.get().is_enabled
    assert "Switch off" in editor.post(address, {"is_enabled": "on"}, follow=True).text
    assert BenchmarkSchedule.objects.get().is_enabled


def test_a_removed_schedule_leaves_its_runs(editor, schedule):
    run = a_run(schedule.suite, schedule=schedule)

    said = editor.post(f"{PAGE}{schedule.pk}/delete/", follow=True).text

    assert "Its runs stay." in said
    assert not BenchmarkSchedule.objects.exists()
    run.refresh_from_db()
    assert run.schedule is None
    entry = AuditEntry.objects.get(action="benchmark_schedule.deleted")
    assert entry.before["models"] == ["acme/small"]


def test_one_that_breaks_keeps_no_other_from_its_run(schedule, suite):
    BenchmarkSchedule.objects.update(created_at=WEDNESDAY - datetime.timedelta(days=30))
    broken = BenchmarkSchedule.objects.create(
        suite=suite, kind="weekly", weekdays=[0], options={"limit_usd": "lots"}
    )
    BenchmarkSchedule.objects.filter(pk=broken.pk).update(
        created_at=WEDNESDAY - datetime.timedelta(days=30),
        options={"limit_usd": "lots", "models": ["acme/small"]},
    )

    begun = start_due(WEDNESDAY)

    assert [run.schedule for run in begun] == [schedule]


def test_who_may_only_look_changes_nothing(viewer, stranger, schedule):
    addresses = [f"{PAGE}{schedule.pk}/{verb}/" for verb in ("switch", "delete")]

    said = viewer.get(PAGE).text

    assert "Monday and Thursday, 06:00" in said
    assert "Switch off" not in said
    assert f'href="{PAGE}"' in viewer.get("/benchmarks/").text
    assert [viewer.post(one).status_code for one in (*addresses, NEW)] == [403] * 3
    assert [stranger.post(one).status_code for one in addresses] == [404] * 2
    assert "Monday" not in stranger.get(PAGE).text


def test_a_list_takes_as_many_queries_whatever_its_length(
    organization, schedule, django_assert_max_num_queries
):
    for _ in range(3):
        BenchmarkSchedule.objects.create(
            suite=schedule.suite, kind="weekly", weekdays=[1]
        )
        a_run(schedule.suite, schedule=schedule)

    with django_assert_max_num_queries(2):
        assert len(schedule_lines(organization, WEDNESDAY)) == 4
