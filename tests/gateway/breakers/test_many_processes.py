"""Several processes over one database know one state."""

import asyncio
import datetime
import logging

import psycopg
import pytest
from django.db import connection
from django.utils import timezone

from modelhub.gateway.breakers import make_breakers
from modelhub.gateway.breakers.breakers import SharedBreakers
from modelhub.gateway.breakers.messenger import Messenger
from registry.circuit import Circuit
from registry.models import AuditEntry, CircuitState
from registry.queries.circuits import all_circuits, circuit_of
from registry.services.circuits import close_circuit
from tests.gateway.breakers.calling import (
    candidate,
    down,
    eventually,
    fail,
    stored_pair,
)
from tests.migrated import database_url

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def processes():
    """Breakers that run as those of processes would, closed at the end."""
    running = []

    def start(now=timezone.now):
        one = SharedBreakers(now)
        asyncio.run(one.start())
        running.append(one)
        return one

    yield start
    for one in running:
        asyncio.run(one.close())


def admit(breakers, pair, one=None):
    return asyncio.run(breakers.admit(one or candidate(pair)))


def later(seconds=6):
    return lambda: timezone.now() + datetime.timedelta(seconds=seconds)


def test_what_one_process_sees_every_process_knows(processes):
    first, second = processes(), processes()
    pair = stored_pair()

    fail(first, pair)

    assert eventually(lambda: "open circuit until" in admit(second, pair))


def test_failures_of_several_processes_add_up(processes):
    first, second = processes(), processes()
    pair = stored_pair()

    fail(first, pair, times=2)
    fail(second, pair, times=3)

    assert eventually(lambda: all("open" in admit(p, pair) for p in (first, second)))


def test_it_survives_a_restart(processes):
    pair = stored_pair()
    fail(processes(), pair)
    assert eventually(lambda: circuit_of(pair).openings == 1)

    assert "open circuit until" in admit(processes(), pair)


def test_of_all_processes_one_sends_the_probe(processes):
    pair = stored_pair()
    first = processes(later())
    others = [processes(later()) for _ in range(3)]
    CircuitState.objects.create(
        connection_id=pair[0],
        ai_model_id=pair[1],
        state="open",
        openings=1,
        opened_at=timezone.now(),
        retry_at=timezone.now(),
        changed_at=timezone.now(),
    )
    everyone = [first, *others]
    for one in everyone:
        one._messenger._board.reset(all_circuits())

    async def rush():
        calls = [one.admit(candidate(pair)) for one in everyone for _ in range(5)]
        return await asyncio.gather(*calls)

    answers = asyncio.run(rush())

    assert answers.count("") == 1


def test_a_probe_that_succeeds_closes_it_everywhere(processes):
    pair = stored_pair()
    first, second = processes(later()), processes()
    fail(second, pair)
    assert eventually(lambda: not first._board.current(pair).is_quiet)
    probe = candidate(pair)
    assert admit(first, pair, probe) == ""

    first.succeeded(probe)

    assert eventually(lambda: second._board.current(pair).is_quiet)
    assert circuit_of(pair).error == "It answered 503."


def test_a_success_is_stored_only_where_failures_are_remembered(
    processes, django_assert_num_queries
):
    breakers, pair = processes(), stored_pair()

    for _ in range(100):
        breakers.succeeded(candidate(pair))

    assert not CircuitState.objects.exists()
    fail(breakers, pair, times=1)
    assert eventually(lambda: len(circuit_of(pair).failed_at) == 1)
    breakers.succeeded(candidate(pair))
    assert eventually(lambda: circuit_of(pair).is_quiet)


def test_a_person_closes_it_for_every_process(processes):
    breakers, pair = processes(), stored_pair()
    fail(breakers, pair)
    assert eventually(lambda: circuit_of(pair).openings == 1)

    changed = close_circuit(state=CircuitState.objects.get(), actor=None)

    assert changed
    assert eventually(lambda: admit(breakers, pair) == "")
    assert AuditEntry.objects.get().action == "circuit.closed"
    assert not close_circuit(state=CircuitState.objects.get(), actor=None)


def test_a_connection_that_is_gone_is_forgotten(processes):
    breakers, pair = processes(), stored_pair()

    fail(breakers, (pair[0] + 1000, pair[1]))
    fail(breakers, pair)

    assert eventually(lambda: circuit_of(pair).openings == 1)
    assert CircuitState.objects.count() == 1


def test_without_a_database_a_process_goes_by_its_own_calls(caplog):
    def refuse():
        raise psycopg.OperationalError("connection refused")

    pair = (1, 1)
    breakers = SharedBreakers(later(0))
    breakers._messenger = Messenger(breakers._board, refuse)
    with caplog.at_level(logging.WARNING):
        asyncio.run(breakers.start())
        fail(breakers, pair)
        answer = admit(breakers, pair)
        asyncio.run(breakers.close())

    assert "open circuit until" in answer
    assert len(caplog.records) == 1


def test_a_lost_connection_is_made_again_and_nothing_is_missed(processes):
    first, second = processes(), processes()
    pair = stored_pair()
    with psycopg.connect(database_url(connection.settings_dict["NAME"])) as one:
        one.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE application_name = 'modelhub configuration' AND pid <> %s "
            "AND datname = current_database()",
            [one.info.backend_pid],
        )

    fail(first, pair)

    assert eventually(lambda: "open circuit until" in admit(second, pair), seconds=5)


def test_making_breakers_does_nothing_yet():
    breakers = make_breakers()
    breakers.failed(candidate(), down())

    assert breakers._board.current((1, 1)) != Circuit()
    assert breakers._messenger._thread is None
