"""A worker is killed in the middle of a run, and another goes on where it was."""

import datetime
import os
import subprocess
import sys
import time
from contextlib import contextmanager

from django.db import connection
from django.utils import timezone

from analytics.models import BenchmarkRun, RunState
from analytics.services.benchmark_claims import SILENT_FOR, waiting_runs
from tests.gateway.benchmarking.suites import new_suite, results, started, states
from tests.gateway.site import ROOT, database_url
from tests.upstream import openai_wire

CASES = 60
AT_ONCE = 4
WORK = """
import sys, django
django.setup()
from modelhub.gateway.benchmarking.worker import perform
perform(int(sys.argv[1]))
from modelhub.gateway.background import close_background
close_background()
"""


@contextmanager
def worker(run):
    """A process that works on the run, over the database of this test."""
    process = subprocess.Popen(
        [sys.executable, "-c", WORK, str(run.pk)],
        cwd=ROOT,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "DATABASE_URL": database_url(connection.settings_dict["NAME"]),
            "CELERY_BROKER_URL": "memory://",
        },
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait(10)


def wait_for(run, answers: int) -> None:
    until = time.monotonic() + 60
    while results(run, state="done").count() < answers:
        assert time.monotonic() < until, "The worker does nothing."
        time.sleep(0.02)


def test_no_answer_is_lost_none_comes_twice(staged):
    stage = staged(lambda _: openai_wire.stream("Hello").but(delay_s=0.1))
    upstream = stage.places[0].upstream
    suite = new_suite(stage.organization, CASES)
    run = started(suite, *stage.places, concurrency=AT_ONCE)

    with worker(run) as first:
        wait_for(run, 10)
        first.kill()
        first.wait(10)
    found = states(run)
    assert found["done"] < CASES
    assert found["asking"] > 0
    assert not waiting_runs(timezone.now()).exists()
    # As if nobody had heard of it for long enough.
    silent = timezone.now() - SILENT_FOR - datetime.timedelta(seconds=1)
    BenchmarkRun.objects.update(seen_at=silent)
    assert list(waiting_runs(timezone.now())) == [run]

    with worker(run) as second:
        assert second.wait(120) == 0

    run.refresh_from_db()
    assert run.state == RunState.DONE
    assert states(run) == {"done": CASES}
    keys = results(run).values_list("case", "contender", "repetition")
    assert len(set(keys)) == CASES
    # Paid twice is only what was being asked, or being written, at that moment.
    assert CASES <= len(upstream.requests) <= CASES + 2 * AT_ONCE
