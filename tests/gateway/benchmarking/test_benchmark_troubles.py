"""Runs in which something goes wrong: what can be answered is, and the rest is told."""

import itertools
import threading
from contextlib import contextmanager
from unittest.mock import patch

from django.db import connection

from analytics.models import BenchmarkCase, BenchmarkImage, RunState
from analytics.services.benchmark_runs import cancel, pause, resume
from modelhub.gateway.benchmarking.worker import Worker, perform
from registry.models import AuditEntry
from registry.services.model_settings import disable_model
from tests.gateway.benchmarking.suites import (
    new_case,
    new_suite,
    results,
    started,
    states,
)
from tests.gateway.stage import know
from tests.upstream import openai_wire


def refusing(_):
    return openai_wire.error(401, "invalid_api_key", "No such key.")


def test_a_busy_provider_is_asked_again_and_costs_no_score(staged):
    stage = staged(connection={"max_retries": 0})
    stage.places[0].upstream.script += [openai_wire.error(429, retry_after="0")]
    run = started(new_suite(stage.organization, 3), *stage.places)

    perform(run.pk)

    assert states(run) == {"done": 3}
    assert sorted(results(run).values_list("tries", flat=True)) == [1, 1, 2]


def test_a_refused_question_is_no_wrong_answer(staged):
    bad = openai_wire.error(400, "invalid_request_error", "It cannot be read.")
    stage = staged()
    stage.places[0].upstream.script += [bad]
    run = started(new_suite(stage.organization, 3), *stage.places)

    perform(run.pk)

    assert states(run) == {"done": 2, "failed": 1}
    one = results(run, state="failed").get()
    assert (one.error_kind, one.score, one.tries) == ("invalid_request", None, 1)
    assert "cannot be read" in one.error


def test_a_model_whose_calls_all_fail_alike_is_not_asked_further(staged):
    stage = staged(refusing, openai_wire.echo)
    run = started(new_suite(stage.organization, 40), *stage.places, concurrency=2)

    perform(run.pk)

    run.refresh_from_db()
    assert run.state == RunState.DONE
    bad, good = run.contenders.all()
    assert states(run, contender=good) == {"done": 40}
    assert "failed alike" in bad.problem
    found = states(run, contender=bad)
    assert found["failed"] >= 20
    assert found["failed"] + found["skipped"] == 40
    assert len(stage.places[0].upstream.requests) < 40


def test_a_run_that_nobody_answers_fails_with_the_reason(staged):
    stage = staged(refusing)
    run = started(new_suite(stage.organization, 3), *stage.places)

    perform(run.pk)

    run.refresh_from_db()
    assert run.state == RunState.FAILED
    assert run.problem.startswith("No model answered.")
    assert states(run) == {"failed": 3}


def test_a_model_that_is_disabled_is_left_out_and_the_others_go_on(staged):
    stage = staged()
    removed = stage.add()
    know()
    run = started(new_suite(stage.organization), *stage.places)
    disable_model(
        ai_model=removed.ai_model, organization=stage.organization, actor=None
    )
    know()

    perform(run.pk)

    run.refresh_from_db()
    stays, gone = run.contenders.all()
    assert run.state == RunState.DONE
    assert gone.problem
    assert states(run, contender=gone) == {"skipped": 5}
    assert set(results(run, contender=gone).values_list("error", flat=True)) == {
        gone.problem
    }
    assert states(run, contender=stays) == {"done": 5}
    assert removed.upstream.requests == []


def test_images_are_not_shown_to_a_model_that_takes_none(staged):
    stage = staged()
    blind = stage.add(capabilities=["text_generation"])
    know()
    suite = new_suite(stage.organization, 2)
    digest = "a" * 64
    BenchmarkImage.objects.create(
        organization=stage.organization,
        digest=digest,
        media_type="image/png",
        width_px=1,
        height_px=1,
        data=b"\x89PNG",
    )
    BenchmarkCase.objects.bulk_create([new_case(suite, 9, image_digests=[digest])])
    run = started(suite, *stage.places)

    perform(run.pk)

    assert states(run) == {"done": 5, "skipped": 1}
    assert "images" in results(run, state="skipped").get().error
    sent = [one.json["messages"][-1] for one in stage.places[0].upstream.requests]
    assert any("image_url" in str(one) for one in sent)
    assert len(blind.upstream.requests) == 2


def test_a_paused_run_takes_what_is_under_way_and_goes_on_later(staged):
    stage = staged()
    run = started(new_suite(stage.organization, 30), *stage.places, concurrency=2)

    with _decided_at(stage, run, 5, pause):
        perform(run.pk)

    run.refresh_from_db()
    assert run.state == RunState.PAUSED
    assert run.claim is None
    found = states(run)
    assert set(found) == {"done", "waiting"}
    assert found["done"] == len(stage.places[0].upstream.requests)

    assert resume(run, by=None)
    perform(run.pk)

    assert states(run) == {"done": 30}
    assert len(stage.places[0].upstream.requests) == 30
    actions = set(AuditEntry.objects.values_list("action", flat=True))
    assert {"benchmark_run.paused", "benchmark_run.resumed"} <= actions


def test_a_cancelled_run_keeps_what_was_answered(staged):
    stage = staged()
    run = started(new_suite(stage.organization, 30), *stage.places, concurrency=2)

    with _decided_at(stage, run, 5, cancel):
        perform(run.pk)

    run.refresh_from_db()
    assert run.state == RunState.CANCELLED
    found = states(run)
    assert set(found) == {"done", "skipped"}
    assert found["done"] == len(stage.places[0].upstream.requests)
    assert not resume(run, by=None)


def test_a_worker_that_lost_its_run_writes_nothing_more(staged):
    stage = staged()
    run = started(new_suite(stage.organization, 4), *stage.places)
    usual = Worker._feed

    def overtaken(worker):
        usual(worker)
        type(run).objects.filter(pk=run.pk).update(claim=None)
        results(run).update(state="waiting", claim=None)
        worker.signed_at = 0.0

    with patch.object(Worker, "_feed", overtaken):
        perform(run.pk)

    assert states(run) == {"waiting": 4}
    perform(run.pk)
    assert states(run) == {"done": 4}


@contextmanager
def _decided_at(stage, run, number, decide):
    """`decide` (pause, cancel) about the run when question `number` arrives. The
    provider answers nobody until the worker has heard of it."""
    upstream, usual, heard = stage.places[0].upstream, Worker._stop, threading.Event()
    count = itertools.count(1)

    def answer(received):
        if next(count) == number:
            _aside(decide, run)
            assert heard.wait(60)
        return openai_wire.stream("Hello")

    def stop(worker, why):
        usual(worker, why)
        heard.set()

    upstream.handler = answer
    with patch.object(Worker, "_stop", stop):
        yield
    upstream.handler = openai_wire.echo


def _aside(decide, run) -> None:
    """In a thread of its own, as the handler runs on an event loop."""

    def work() -> None:
        decide(type(run).objects.get(pk=run.pk), by=None)
        connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
