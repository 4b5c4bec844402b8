"""A run keeps a summary of its results, a cheap one while it is at work."""

import uuid

import pytest
from django.utils import timezone

from analytics.models import ResultState, RunState
from analytics.services import benchmark_summaries
from analytics.services.benchmark_claims import SILENT_FOR, not_summed_up, sweep
from analytics.services.benchmark_summaries import refresh
from tests.analytics.benchmarks.finished import a_run, a_suite, answered


@pytest.fixture
def run(organization):
    run = a_run(a_suite(organization, 20, ["a", "b"]))
    answered(run, {"test/one": [1.0] * 18 + [0.0, None], "test/two": [0.5] * 20})
    return run


def test_the_summary_of_a_finished_run_is_stored(run):
    refresh(run)
    run.refresh_from_db()
    one, two = run.summary["models"]

    assert run.summary["is_final"] is True
    assert (one["reference"], one["done"], one["failed"]) == ("test/one", 19, 1)
    assert one["score"]["low"] < one["score"]["value"] < one["score"]["high"]
    assert two["score"]["value"] == 0.5
    assert [one["tag"] for one in run.summary["tags"]] == ["a", "b"]


def test_the_last_answer_makes_it_final_before_the_run_says_so(run):
    run.state = RunState.RUNNING
    run.save()

    assert refresh(run)["is_final"] is True


def test_a_long_run_at_work_is_only_averaged(run, monkeypatch):
    whole = refresh(run)
    run.state = RunState.RUNNING
    run.save()
    last = run.results.last()
    last.state, last.score, last.is_passed = ResultState.WAITING, None, None
    last.save()
    monkeypatch.setattr(benchmark_summaries, "FULL_UP_TO", 10)

    cheap = refresh(run)

    assert (cheap["is_final"], cheap["has_intervals"]) == (False, False)
    assert cheap["waiting"] == 1
    assert cheap["models"][0].keys() == whole["models"][0].keys()
    assert cheap.keys() | {"counts", "judge"} == whole.keys()
    for name in ("done", "failed", "calls", "cost_usd", "unpriced"):
        assert cheap["models"][0][name] == whole["models"][0][name]
    assert cheap["models"][0]["score"]["value"] == pytest.approx(18 / 19)


def test_refreshing_takes_the_same_queries_whatever_the_number_of_results(
    run, django_assert_num_queries
):
    with django_assert_num_queries(9):
        refresh(run)


def test_a_run_without_results_has_a_summary_too(organization):
    made = refresh(a_run(a_suite(organization, 3)))

    assert made["models"] == []
    assert made["calls"] == 0


@pytest.mark.parametrize("state", [RunState.DONE, RunState.CANCELLED])
def test_a_run_that_ended_without_its_worker_is_summed_up_later(run, state):
    type(run).objects.update(state=state, summary={"is_final": False})

    sweep(timezone.now())

    run.refresh_from_db()
    assert run.summary["is_final"] is True
    assert len(run.summary["models"]) == 2
    assert not not_summed_up(timezone.now()).exists()


def test_a_run_that_is_being_ended_by_its_worker_is_left_to_it(run):
    now = timezone.now()
    type(run).objects.update(claim=uuid.uuid4(), seen_at=now)

    assert not not_summed_up(now).exists()
    assert list(not_summed_up(now + 2 * SILENT_FOR)) == [run]
