"""Asking connections over HTTP what they offer, and what their rows say afterwards."""

import datetime
import time

import pytest
from django.utils import timezone

from registry.discovery.asking import Ways
from registry.models import (
    AIModel,
    ConnectionState,
    DiscoveryRun,
    DiscoveryState,
)
from registry.queries.model_status import statuses
from registry.services.discovery import (
    EDITED_MEANWHILE,
    claim_runs,
    discover,
    perform_runs,
    perform_waiting,
    request_discovery,
    request_scheduled,
    sweep_runs,
)
from tests.factories import ConnectionFactory, ProviderFactory
from tests.upstream import ollama_wire, openai_wire
from tests.upstream.replies import HTML, RESET, SILENCE, json_reply
from tests.upstream.server import FakeUpstream

KEY = "sk-discovery-0123456789"
QUICK = Ways(limit_s=0.4)


@pytest.fixture
def upstream():
    server = FakeUpstream(openai_wire.echo).start()
    yield server
    server.stop()


@pytest.fixture
def connection(upstream, organization):
    return connected(upstream, organization)


def connected(upstream, organization, **facts):
    url = f"{upstream.url}/v1"
    return ConnectionFactory(
        organization=organization, **{"base_url": url, "key": KEY, **facts}
    )


def word_of(connection, name="gpt-x"):
    model = AIModel.objects.get(model_name=name)
    return statuses(connection.organization, [model], timezone.now())[model.pk]


def test_what_an_openai_compatible_server_lists_becomes_known(connection, upstream):
    (run,) = discover(connections=[connection])

    connection.refresh_from_db()
    assert run.state == DiscoveryState.DONE
    assert sorted(run.report["new"]) == ["openai/gpt-x", "openai/gpt-y"]
    assert connection.state == ConnectionState.CONNECTED
    assert connection.discovered_at is not None
    assert upstream.requests[0].headers["authorization"] == f"Bearer {KEY}"
    assert word_of(connection).word == "available"


def test_what_ollama_tells_of_its_models_becomes_facts(upstream, organization):
    upstream.handler = ollama_wire.echo
    provider = ProviderFactory(slug="ollama")
    connection = connected(
        upstream, organization, provider=provider, base_url=upstream.url, key=""
    )

    discover(connections=[connection])

    model = AIModel.objects.first()
    assert model.organization == organization
    assert model.context_window == 131_072
    assert model.quantisation == "Q4_K_M"
    assert model.min_memory_gb
    assert model.prices.get().source == "local model"


@pytest.mark.parametrize(
    ("reply", "state", "words"),
    [
        (openai_wire.error(401, "invalid_api_key"), "key_rejected", "rejects the key"),
        (openai_wire.error(500, message="Out."), "failing", "Out."),
        (RESET, "unreachable", "hung up"),
        (HTML, "unreachable", "base URL"),
        (SILENCE, "unreachable", "0.4 seconds"),
    ],
)
def test_a_failure_makes_models_unavailable_and_deletes_nothing(
    connection, upstream, reply, state, words
):
    discover(connections=[connection])
    upstream.script = [reply] * 3

    (run,) = discover(connections=[connection], ways=QUICK)

    connection.refresh_from_db()
    assert run.state == DiscoveryState.FAILED
    assert words in run.error
    assert connection.state == state
    assert connection.offered_models.filter(is_available=True).count() == 2
    assert word_of(connection).word == "unavailable"
    assert KEY not in run.error


def test_it_recovers_with_the_next_discovery(connection, upstream):
    discover(connections=[connection])
    upstream.script = [openai_wire.error(401)]
    discover(connections=[connection])

    discover(connections=[connection])

    assert word_of(connection).word == "available"


@pytest.mark.parametrize(
    "reply", [openai_wire.error(429), openai_wire.error(404, message="No such path")]
)
def test_a_list_that_is_refused_says_nothing_about_calls(connection, upstream, reply):
    discover(connections=[connection])
    upstream.script = [reply] * 3

    (run,) = discover(connections=[connection])

    assert run.state == DiscoveryState.FAILED
    assert word_of(connection).word == "available"


def test_a_vanished_model_is_unavailable_with_the_reason(connection, upstream):
    discover(connections=[connection])
    upstream.script = [openai_wire.models("gpt-y")]

    discover(connections=[connection])

    status = word_of(connection)
    assert status.word == "unavailable"
    assert status.reason == "Openai no longer offers it."
    assert status.since is not None


def test_one_that_hangs_delays_nobody(upstream, organization):
    hanging = FakeUpstream(lambda received: SILENCE).start()
    slow = connected(hanging, organization)
    others = [connected(upstream, organization) for _ in range(3)]

    started = time.monotonic()
    runs = discover(connections=[slow, *others], ways=Ways(limit_s=1.0))
    took = time.monotonic() - started
    hanging.stop()

    states = {run.connection_id: run.state for run in runs}
    assert states.pop(slow.pk) == DiscoveryState.FAILED
    assert set(states.values()) == {DiscoveryState.DONE}
    slow_run = next(run for run in runs if run.connection_id == slow.pk)
    quick = [run for run in runs if run.connection_id != slow.pk]
    assert all(run.finished_at < slow_run.finished_at for run in quick)
    assert took < 5


def test_never_more_at_once_than_the_bound(upstream, organization):
    counts = []

    def count(received):
        counts.append(upstream.open_connections)
        return openai_wire.models("a").but(delay_s=0.05)

    upstream.handler = count
    many = [connected(upstream, organization) for _ in range(6)]

    discover(connections=many, ways=Ways(at_once=2))

    assert len(counts) == 6
    assert max(counts) <= 2


def test_two_at_the_same_connection_are_one_question(connection):
    (first,) = request_discovery(connections=[connection])
    (second,) = request_discovery(connections=[connection])

    assert first == second
    assert [run.pk for run in claim_runs()] == [first.pk]
    assert claim_runs() == []


def test_a_run_that_somebody_else_performs_is_left_to_them(connection, upstream):
    request_discovery(connections=[connection])
    claim_runs()

    (run,) = discover(connections=[connection])

    assert run.state == DiscoveryState.RUNNING
    assert upstream.requests == []


def test_an_edited_connection_keeps_nothing_of_an_old_answer(connection):
    runs = claim_runs(request_discovery(connections=[connection]))
    type(connection).objects.update(version=2)

    perform_runs(runs)

    run = DiscoveryRun.objects.get()
    assert (run.state, run.error) == (DiscoveryState.FAILED, EDITED_MEANWHILE)
    assert not connection.offered_models.exists()


def test_a_run_of_a_killed_worker_is_ended_and_its_answer_dropped(connection):
    runs = claim_runs(request_discovery(connections=[connection]))
    DiscoveryRun.objects.update(
        started_at=timezone.now() - datetime.timedelta(minutes=12)
    )

    assert sweep_runs() == 1
    perform_runs(runs)

    assert "worker stopped" in DiscoveryRun.objects.get().error
    assert not connection.offered_models.exists()


def test_old_runs_are_forgotten(connection):
    discover(connections=[connection])
    DiscoveryRun.objects.update(asked_at=timezone.now() - datetime.timedelta(days=31))

    sweep_runs()

    assert not DiscoveryRun.objects.exists()


def test_the_schedule_asks_enabled_connections_that_have_a_list(
    connection, upstream, organization
):
    connected(upstream, organization, is_enabled=False)
    listless = ProviderFactory(slug="perplexity")
    connected(upstream, organization, provider=listless)

    assert request_scheduled() == 1
    assert perform_waiting() == 1
    assert DiscoveryRun.objects.get().connection == connection


def test_a_key_that_cannot_be_read_says_enter_it_again(connection):
    type(connection).objects.update(encrypted_key="not a token")
    connection.refresh_from_db()

    (run,) = discover(connections=[connection])

    connection.refresh_from_db()
    assert "enter the key again" in run.error
    assert connection.state == ConnectionState.KEY_UNREADABLE


def test_an_answer_that_nobody_foresaw_fails_that_connection_alone(
    connection, upstream, organization, caplog
):
    other = connected(upstream, organization)

    def adapter(endpoint, client):
        raise ZeroDivisionError

    good = Ways()

    def adapter_of(endpoint, client):
        if endpoint.base_url.endswith("/bad"):
            return adapter(endpoint, client)
        return good.adapter_of(endpoint, client)

    type(other).objects.filter(pk=other.pk).update(base_url=f"{upstream.url}/bad")
    other.refresh_from_db()

    runs = discover(connections=[connection, other], ways=Ways(adapter_of=adapter_of))

    assert [run.state for run in runs] == [DiscoveryState.DONE, DiscoveryState.FAILED]
    assert "could not be read" in caplog.text


def test_odd_rows_of_a_server_do_no_harm(connection, upstream):
    rows = [
        {"id": "good"},
        {"id": "good"},
        {"id": "x" * 500},
        {"id": "<script>alert(1)</script>"},
        {"id": "a\x00b"},
        {"id": None},
        {"id": 7},
        "text",
        {"id": "team/model one"},
    ]
    upstream.script = [json_reply({"object": "list", "data": rows})]

    (run,) = discover(connections=[connection])

    names = sorted(AIModel.objects.values_list("model_name", flat=True))
    assert names == ["<script>alert(1)</script>", "good", "team/model one"]
    assert run.report["counts"]["unusable"] == 2
