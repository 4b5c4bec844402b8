"""`modelhub benchmarks run` and its companions; no Celery worker is there."""

import io
import json
from unittest.mock import patch

import pytest
from django.core.management import CommandError, call_command

from analytics.models import BenchmarkRun, RunState
from tests.gateway.benchmarking.suites import new_suite, started, states
from tests.gateway.stage import know


@pytest.fixture(autouse=True)
def nobody_comes():
    """The command waits no seconds for a worker."""
    with patch("analytics.benchmark_commands.WORKERS_CHANCE_S", 0):
        yield


def call(*words) -> str:
    out = io.StringIO()
    call_command("benchmarks", *map(str, words), stdout=out)
    return out.getvalue()


def test_the_command_does_the_work_where_no_worker_takes_it(staged):
    stage = staged()
    new_suite(stage.organization)
    reference = stage.places[0].ai_model.reference

    out = call("run", "greetings", "--models", reference, "--wait")

    assert "this command does the work" in out
    assert "Done, 5 of 5 answers (100%)" in out
    assert reference in out
    assert states(BenchmarkRun.objects.get()) == {"done": 5}


def test_a_low_score_fails_the_command(staged):
    stage = staged()
    new_suite(stage.organization, expected="Bye")
    words = ("run", "greetings", "--models", stage.places[0].ai_model.reference)

    with pytest.raises(CommandError, match=r"scored 0\.000, under 0\.8"):
        call(*words, "--fail-under", "0.8")

    assert json.loads(call(*words, "--fail-under", "0", "--json"))["done"] == 5


def test_what_cannot_be_run_is_said_in_one_line(staged):
    stage = staged()
    new_suite(stage.organization)

    with pytest.raises(CommandError, match="no model that you can see"):
        call("run", "greetings", "--models", "acme-1/nothing")
    with pytest.raises(CommandError, match="There is no suite"):
        call("run", "greeting", "--models", "acme-1/model-1")


def test_a_run_is_paused_resumed_and_cancelled(staged):
    stage = staged()
    know()
    run = started(new_suite(stage.organization), *stage.places)

    assert "Paused" in call("pause", run.number)
    assert "Waiting" in call("resume", run.number, "--limit", "2.5")
    assert "Cancelled" in call("cancel", run.number)
    assert json.loads(call("status", run.number, "--json"))["skipped"] == 5
    with pytest.raises(CommandError, match="is over already"):
        call("cancel", run.number)
    run.refresh_from_db()
    assert (run.state, str(run.limit_usd)) == (RunState.CANCELLED, "2.5000000000")
