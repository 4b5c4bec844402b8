"""A worker is killed in the middle of a run, and another goes on where it was."""

import datetime

from django.utils import timezone

from analytics.models import BenchmarkRun, RunState
from analytics.services.benchmark_claims import SILENT_FOR, waiting_runs
from tests.gateway.benchmarking.suites import new_suite, results, started, states
from tests.gateway.benchmarking.working import wait_for, worker
from tests.upstream import openai_wire

CASES = 60
AT_ONCE = 4


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
