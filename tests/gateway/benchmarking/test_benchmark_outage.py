"""The database is away in the middle of a run: what was paid for is not paid twice."""

from contextlib import contextmanager

import psycopg
from django.db import connection

from analytics.models import RunState
from tests.gateway.benchmarking.suites import new_suite, results, started, states
from tests.gateway.benchmarking.working import wait_for, wait_until, worker
from tests.migrated import database_url
from tests.upstream import openai_wire

CASES = 60
AT_ONCE = 4
OUT = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"


@contextmanager
def database_away():
    """Nobody reaches this test's database, and who was there is thrown out."""
    name = connection.settings_dict["NAME"]
    connection.close()
    with psycopg.connect(database_url("postgres"), autocommit=True) as admin:
        admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        try:
            admin.execute(OUT, [name])
            yield
        finally:
            admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")


def test_a_run_outlives_its_database_and_pays_for_nothing_twice(staged):
    stage = staged(lambda _: openai_wire.stream("Hello").but(delay_s=0.1))
    upstream = stage.places[0].upstream
    run = started(new_suite(stage.organization, CASES), *stage.places)
    assert run.concurrency == AT_ONCE

    with worker(run) as working:
        wait_for(run, 10)
        with database_away():
            before = len(upstream.requests)
            # The answers under way come, cannot be written, and no more are asked.
            wait_until(lambda: all(one.is_done for one in upstream.requests))
            assert len(upstream.requests) <= before + 2 * AT_ONCE
        assert working.wait(120) == 0

    run.refresh_from_db()
    assert run.state == RunState.DONE
    assert states(run) == {"done": CASES}
    assert len(upstream.requests) == CASES
    assert not results(run).exclude(tries=1).exists()
