"""A run is worked on to its end: every case is asked of every model and scored."""

from decimal import Decimal

from django.utils import timezone

from analytics.models import BenchmarkRun, RunState, UsageRecord
from modelhub.gateway.benchmarking.worker import perform
from tests.gateway.benchmarking.suites import new_suite, results, started, states
from tests.upstream import openai_wire

COST = Decimal("0.0000584")


def test_every_case_is_asked_of_every_model_and_scored(staged, woken):
    stage = staged(openai_wire.echo, lambda _: openai_wire.stream("Good", " day."))
    run = started(new_suite(stage.organization), *stage.places, repetitions=2)
    assert woken == [run.pk]

    assert perform(run.pk) is True

    run.refresh_from_db()
    assert run.state == RunState.DONE
    assert run.claim is None
    assert states(run) == {"done": 20}
    first, second = run.contenders.all()
    assert {one.is_passed for one in results(run, contender=first)} == {True}
    assert {one.is_passed for one in results(run, contender=second)} == {False}
    assert [len(place.upstream.requests) for place in stage.places] == [10, 10]


def test_a_result_holds_the_answer_and_what_it_took(staged):
    stage = staged()
    run = started(new_suite(stage.organization, 1), *stage.places)

    perform(run.pk)

    one = results(run).get()
    assert one.answer == "Hello there."
    assert one.score == 1.0
    assert one.scores[0]["kind"] == "contains"
    assert (one.input_tokens, one.output_tokens, one.cache_read_tokens) == (12, 5, 4)
    assert one.cost_usd == COST
    assert 0 < one.ttft_ms <= one.latency_ms
    assert one.finish_reason == "stop"
    assert one.tries == 1


def test_calls_are_recorded_as_benchmarks(staged):
    stage = staged()
    run = started(new_suite(stage.organization, 2), *stage.places)

    perform(run.pk)

    stage.rows()
    rows = UsageRecord.objects.filter(organization_id=stage.organization.pk)
    assert {row.source for row in rows} == {"benchmark"}
    asked = set(results(run).values_list("request_id", flat=True))
    assert {row.request_id for row in rows} == asked


def test_a_suite_edited_meanwhile_leaves_the_run_as_it_began(staged):
    stage = staged()
    suite = new_suite(stage.organization, 2, system="Be brief.")
    run = started(suite, *stage.places)
    suite.system, suite.scorers, suite.pass_score = "Be rude.", [], 1.0
    suite.parameters = {"temperature": 2.0}
    suite.save()
    suite.cases.update(replaced_at=timezone.now())

    perform(run.pk)

    asked = [one.json for one in stage.places[0].upstream.requests]
    assert {one["messages"][0]["content"] for one in asked} == {"Be brief."}
    assert all("temperature" not in one for one in asked)
    assert {one.score for one in results(run)} == {1.0}


def test_no_more_calls_at_once_than_chosen(staged):
    stage = staged(lambda _: openai_wire.stream("Hello").but(delay_s=0.05))
    run = started(new_suite(stage.organization, 12), *stage.places, concurrency=3)

    perform(run.pk)

    assert states(run) == {"done": 12}
    # A socket each: they are kept, and no other is opened.
    assert stage.places[0].upstream.open_connections <= 3


def test_two_runs_of_one_suite_keep_apart(staged):
    stage = staged()
    suite = new_suite(stage.organization)
    runs = [started(suite, *stage.places) for _ in range(2)]

    for run in runs:
        perform(run.pk)

    assert [states(run) for run in runs] == [{"done": 5}] * 2
    numbers = BenchmarkRun.objects.order_by("pk").values_list("number", flat=True)
    assert list(numbers) == [1, 2]


def test_a_spell_ends_and_the_next_goes_on(staged):
    stage = staged()
    run = started(new_suite(stage.organization), *stage.places)

    assert perform(run.pk, spell_s=0) is False
    assert states(run) == {"waiting": 5}
    assert perform(run.pk) is True

    assert states(run) == {"done": 5}
    assert len(stage.places[0].upstream.requests) == 5
