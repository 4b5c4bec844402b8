"""A check says in words what is wrong; one that hangs delays nobody."""

import socket
import threading
import time

import pytest
from cryptography.fernet import Fernet

from registry.models import Connection, ConnectionState
from registry.services.connection_checks import (
    check_all,
    check_connection,
    probe,
    store_outcome,
)
from registry.services.connections import replace_key
from tests.factories import ConnectionFactory, OrganizationFactory, ProviderFactory
from tests.upstream import openai_wire
from tests.upstream.replies import HTML, RESET, SILENCE, Reply, json_reply
from tests.upstream.server import FakeUpstream

KEY = "sk-check-0123456789"


@pytest.fixture
def upstream():
    server = FakeUpstream(openai_wire.echo).start()
    yield server
    server.stop()


def connected(upstream, **facts) -> Connection:
    return ConnectionFactory(base_url=f"{upstream.url}/v1", key=KEY, **facts)


def test_a_good_connection_is_connected_with_its_latency(db, upstream):
    connection = connected(upstream)
    updated_at = connection.updated_at

    check_connection(connection)

    stored = Connection.objects.get()
    assert (stored.state, stored.state_reason) == (ConnectionState.CONNECTED, "")
    assert stored.latency_ms is not None
    assert stored.checked_at is not None
    assert (stored.version, stored.updated_at) == (1, updated_at)
    assert upstream.requests[0].headers["authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize(
    ("reply", "state", "words"),
    [
        (openai_wire.error(401, "invalid_api_key"), "key_rejected", "rejects the key"),
        (openai_wire.error(403), "key_rejected", "does not let it"),
        (openai_wire.error(429, "rate_limit_exceeded"), "failing", "limits"),
        (openai_wire.error(429, "insufficient_quota"), "failing", "no credit"),
        (openai_wire.error(500, message="Out of order."), "failing", "Out of order."),
        (openai_wire.error(404), "unreachable", "base URL"),
        (Reply(status=404, pieces=(b"nothing here",)), "unreachable", "base URL"),
        (Reply(status=302, headers={"location": "/login"}), "unreachable", "base URL"),
        (HTML, "unreachable", "but not as"),
        (json_reply("ok").but(pieces=(b'{"data": [',)), "unreachable", "but not as"),
        (RESET, "unreachable", "hung up"),
    ],
)
def test_each_fault_is_told_in_words(db, upstream, reply, state, words):
    upstream.handler = lambda received: reply
    connection = connected(upstream)

    outcome = check_connection(connection)

    assert outcome.state == state
    assert words in outcome.reason
    assert KEY not in outcome.reason
    assert Connection.objects.get().latency_ms is None


def test_a_server_that_is_not_there_refuses(db, upstream):
    upstream.stop()

    outcome = probe(connected(upstream))

    assert outcome.state == ConnectionState.UNREACHABLE
    assert f"127.0.0.1:{upstream.port} refuses" in outcome.reason


def test_a_name_that_nobody_knows_was_not_found(db):
    outcome = probe(ConnectionFactory(base_url="http://nobody.invalid/v1"))

    assert "nobody.invalid was not found" in outcome.reason


@pytest.fixture
def server_without_tls():
    """Answers whatever comes, also the beginning of TLS, in plain HTTP."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        peer, _ = listener.accept()
        with peer:
            peer.recv(1)
            peer.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            peer.shutdown(socket.SHUT_WR)
            while peer.recv(4096):
                pass

    thread = threading.Thread(target=serve)
    thread.start()
    yield f"127.0.0.1:{listener.getsockname()[1]}"
    thread.join(5)
    listener.close()


def test_a_server_without_tls_is_told_from_a_wrong_key(db, server_without_tls):
    outcome = probe(ConnectionFactory(base_url=f"https://{server_without_tls}/v1"))

    assert outcome.state == ConnectionState.UNREACHABLE
    assert "TLS" in outcome.reason


def test_an_address_that_became_forbidden_is_not_called(db, upstream, settings):
    connection = connected(upstream)
    settings.MODELHUB_ALLOW_PRIVATE_ADDRESSES = False

    outcome = probe(connection)

    assert "MODELHUB_ALLOW_PRIVATE_ADDRESSES" in outcome.reason
    assert upstream.requests == []


def test_silence_ends_after_the_timeout(db, upstream):
    upstream.handler = lambda received: SILENCE

    outcome = probe(connected(upstream), timeout_s=0.3)

    assert outcome.state == ConnectionState.UNREACHABLE
    assert "said nothing for 0.3 seconds" in outcome.reason


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"key": ""}, "needs a key"),
        ({"key": "", "key_variable": "NOT_SET_API_KEY"}, "NOT_SET_API_KEY is not set"),
    ],
)
def test_a_key_that_is_not_there_is_not_asked_about(db, facts, words):
    outcome = check_connection(ConnectionFactory(**facts))

    assert outcome.state == ConnectionState.KEY_UNREADABLE
    assert words in outcome.reason


def test_a_key_that_no_longer_decrypts_is_entered_again(db, upstream, settings):
    connection = connected(upstream)
    settings.MODELHUB_ENCRYPTION_KEYS = [Fernet.generate_key().decode()]

    outcome = check_connection(connection)

    assert outcome.state == ConnectionState.KEY_UNREADABLE
    assert "enter the key again" in outcome.reason


def test_one_that_hangs_delays_nobody(db, upstream):
    organization = OrganizationFactory()

    def hangs_for_one(received):
        slow = received.path.startswith("/slow")
        return SILENCE if slow else openai_wire.echo(received)

    upstream.handler = hangs_for_one
    slow = ConnectionFactory(
        organization=organization, base_url=f"{upstream.url}/slow", label="Slow"
    )
    for number in range(12):
        connected(upstream, organization=organization, label=f"Quick {number}")

    begun = time.monotonic()
    found = check_all(organization, timeout_s=1)

    assert time.monotonic() - begun < 5
    assert len(found) == 13
    assert found[-1][0] == slow
    stored = Connection.objects.exclude(pk=slow.pk)
    assert {one.state for one in stored} == {"connected"}
    assert max(one.checked_at for one in stored) < found[-1][0].checked_at


def test_only_enabled_connections_of_the_organisation_are_asked(db, upstream):
    mine = connected(upstream)
    connected(upstream, organization=mine.organization, is_enabled=False)
    theirs = connected(upstream)

    assert [one for one, _ in check_all(mine.organization)] == [mine]
    assert {one for one, _ in check_all()} == {mine, theirs}


def test_an_outcome_about_an_older_key_is_dropped(db, upstream):
    connection = connected(upstream)
    earlier = Connection.objects.get()
    outcome = probe(earlier)
    replace_key(connection=connection, actor=None, key="sk-newer-0123456789")

    store_outcome(earlier, outcome)

    assert Connection.objects.get().state == ConnectionState.UNCHECKED


def test_a_connection_that_is_not_stored_yet_can_be_probed(db, upstream):
    draft = ConnectionFactory.build(
        organization=OrganizationFactory(),
        provider=ProviderFactory(slug="openai"),
        base_url=f"{upstream.url}/v1",
    )

    assert probe(draft).is_ok
    assert not Connection.objects.exists()
