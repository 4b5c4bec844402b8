"""`modelhub models discover`"""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from registry.models import AIModel, DiscoveryRun
from tests.factories import ConnectionFactory
from tests.upstream import openai_wire
from tests.upstream.server import FakeUpstream


@pytest.fixture
def upstream():
    server = FakeUpstream(openai_wire.echo).start()
    yield server
    server.stop()


@pytest.fixture
def connection(upstream, organization):
    return ConnectionFactory(
        organization=organization,
        base_url=f"{upstream.url}/v1",
        key="sk-1",
        label="Main",
    )


def run(*words: str) -> str:
    out = io.StringIO()
    call_command("models", "discover", *words, stdout=out)
    return out.getvalue()


def test_it_says_what_is_new_at_each_connection(connection):
    text = run()

    assert "openai: Main: 2 new; 2 models offered." in text
    assert "  new: openai/gpt-x" in text


def test_a_second_time_nothing_is_new(connection):
    run()

    assert "Nothing new; 2 models offered." in run()


def test_a_dry_run_asks_and_changes_nothing(connection):
    said = run("--dry-run")

    assert "2 new; 2 models offered." in said
    assert said.splitlines()[-1] == "Dry run: nothing was changed."
    assert not AIModel.objects.exists()
    assert not DiscoveryRun.objects.exists()
    assert json.loads(run("--dry-run", "--json"))[0]["dry_run"] is True


def test_json_is_one_document(connection):
    (document,) = json.loads(run("--json"))

    assert document["connection"] == connection.pk
    assert document["new"] == ["openai/gpt-x", "openai/gpt-y"]
    assert document["state"] == "done"
    assert document["error"] is None


def test_one_connection_can_be_named(connection, organization):
    ConnectionFactory(organization=organization, base_url="http://127.0.0.1:1")

    assert "2 new" in run("--connection", str(connection.pk))


def test_a_connection_that_cannot_be_asked_fails_in_one_line(connection, upstream):
    upstream.stop()

    with pytest.raises(CommandError, match=r"1 of 1 connections could not be asked\."):
        run()


def test_an_unknown_connection_is_said(db):
    with pytest.raises(CommandError, match="no connection 7"):
        run("--connection", "7")


def test_without_connections_it_says_so(db):
    assert run() == "There is no connection to ask.\n"


def test_another_organisations_connections_stay_out(connection, stranger):
    from registry.models import Organization

    other = Organization.objects.exclude(pk=connection.organization_id).get()

    assert "no connection" in run("--organization", other.slug)
