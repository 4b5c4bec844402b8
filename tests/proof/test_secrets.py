"""Design law 13: a secret that went in is found nowhere again: on no page, in no file,
in no log line, in no error, in no text column of the database."""

import io
import json
import logging

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.urls import reverse

from analytics.models import AlertSeverity
from analytics.models.alert_channel import ChannelKind
from analytics.services.alert_channels import ChannelFacts, add_channel
from modelhub.logs import JsonFormatter, LineFormatter
from registry.key_ring import encrypt
from registry.models import Connection, TokenScope, User
from registry.services.api_tokens import create_token
from registry.services.connection_checks import check_connection
from tests.factories import ConnectionFactory
from tests.proof.arguments import arguments_of
from tests.proof.routes import routes
from tests.proof.test_isolation import World

KEY = "sk-planted-key-0123456789abcdef"
HEADER = "planted-header-0123456789"
PASSWORD = "planted password 0123456789"
VARIABLE = "planted-variable-0123456789"
SIGNING = "whsec_planted0123456789planted0123456789"
PATH = "planted-path-of-webhook-0123456789"


@pytest.fixture
def lines():
    """What was logged, in both forms, down to the last detail."""
    out = io.StringIO()
    handlers = []
    for formatter in (
        LineFormatter("{name} {message}", style="{"),
        JsonFormatter(),
    ):
        handler = logging.StreamHandler(out)
        handler.setFormatter(formatter)
        handlers.append(handler)
    root = logging.getLogger()
    level = root.level
    root.setLevel(logging.DEBUG)
    for handler in handlers:
        root.addHandler(handler)
    yield out
    for handler in handlers:
        root.removeHandler(handler)
    root.setLevel(level)


@pytest.fixture
def planted(db, monkeypatch):
    """An organisation full of secrets, and the secrets."""
    monkeypatch.setenv("PLANTED_API_KEY", VARIABLE)
    world = World()
    person = world.known[User]
    person.set_password(PASSWORD)
    person.save()
    world.browser.force_login(person)
    stored = ConnectionFactory(
        organization=world.organization,
        label="Stored",
        base_url="http://127.0.0.1:9/v1",
        encrypted_key=encrypt(KEY),
        key_last_four=KEY[-4:],
        encrypted_headers=encrypt(json.dumps({"X-Planted": HEADER})),
    )
    named = ConnectionFactory(
        organization=world.organization,
        label="Named",
        base_url="http://127.0.0.1:9/v1",
        key_variable="PLANTED_API_KEY",
    )
    world.known[Connection] = stored
    issued = create_token(
        organization=world.organization,
        label="Planted",
        scopes=[TokenScope.GATEWAY],
        actor=person,
    )
    add_channel(
        organization=world.organization,
        kind=ChannelKind.WEBHOOK,
        facts=ChannelFacts(
            label="Planted",
            is_on=True,
            min_severity=AlertSeverity.INFO,
            kinds=[],
            url=f"https://example.com/{PATH}",
            secret=SIGNING,
        ),
        actor=person,
    )
    for one in (stored, named):
        check_connection(one)
    secrets = (KEY, HEADER, PASSWORD, VARIABLE, SIGNING, PATH, issued.text)
    return world, secrets


def text_of(response) -> str:
    return response.getvalue().decode("utf-8", "replace")


def test_secrets_are_found_nowhere(planted, lines):
    world, secrets = planted
    found, opened = [], 0
    for route in routes():
        values = (
            arguments_of(route.name, world.of, route.pattern) if route.arguments else {}
        )
        if values is None or not set(route.arguments) <= set(values):
            continue
        wanted = {name: values[name] for name in route.arguments}
        with transaction.atomic():
            response = world.browser.get(reverse(route.name, kwargs=wanted))
            body = text_of(response) + str(response.headers)
        opened += response.status_code == 200
        found += [(route.name, one) for one in secrets if one in body]
    world.browser.get("/no-such-page/?key=" + "x")
    found += [("log", one) for one in secrets if one in lines.getvalue()]

    assert found == []
    assert opened > 60


def test_the_database_holds_none_of_them_in_clear(planted):
    _, secrets = planted
    found = []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT table_name FROM information_schema.columns"
            " WHERE table_schema = 'public' AND (data_type LIKE 'char%%'"
            " OR data_type IN ('text', 'jsonb', 'json', 'ARRAY', 'bytea'))"
        )
        tables = [table for (table,) in cursor.fetchall()]
        for table in tables:
            cursor.execute(
                f'SELECT count(*) FROM "{table}" AS one WHERE one::text LIKE ANY(%s)',
                [[f"%{secret}%" for secret in secrets]],
            )
            found += [table] * cursor.fetchone()[0]

    assert found == []
    assert len(tables) > 50


@pytest.mark.parametrize("command", [("config", "export"), ("connections", "list")])
def test_what_the_console_prints_holds_none_of_them(planted, command, tmp_path):
    world, secrets = planted
    out = io.StringIO()
    words = [*command, "--organization", world.organization.slug]
    call_command(*words, stdout=out, stderr=out)

    assert out.getvalue()
    assert [one for one in secrets if one in out.getvalue()] == []


def test_a_fault_of_ours_tells_none_of_them(planted, lines, monkeypatch):
    world, secrets = planted
    text = f"refused with key {KEY} and Authorization: Bearer {secrets[-1]}"

    def fails(*_args, **_kwargs):
        raise RuntimeError(text)

    monkeypatch.setattr("registry.views.connections.connections_of", fails)
    response = world.browser.get(reverse("registry:connection_list"))
    body = text_of(response)

    assert response.status_code == 500
    assert [one for one in secrets if one in body + lines.getvalue()] == []
    assert "RuntimeError" in lines.getvalue()
