"""Adding and editing a connection: tested, and no secret ever stands in a page."""

import logging

import pytest
from django.test import Client
from django.urls import reverse

from registry.connection_secrets import headers_of, key_of
from registry.models import AuditEntry, Connection, ConnectionState, Role
from tests.factories import MembershipFactory, ProviderFactory
from tests.upstream import openai_wire
from tests.upstream.server import FakeUpstream

ADD = "/connections/add/"
DIALOG = {"HX-Request": "true", "HX-Target": "overlays"}
KEY = "sk-form-0123456789"


@pytest.fixture
def admin(organization) -> Client:
    client = Client()
    client.force_login(
        MembershipFactory(organization=organization, role=Role.ADMIN).user
    )
    return client


@pytest.fixture
def upstream():
    server = FakeUpstream(openai_wire.echo).start()
    yield server
    server.stop()


@pytest.fixture
def typed(upstream, db) -> dict[str, str]:
    """What a person types into the form of a new connection."""
    ProviderFactory(slug="openai")
    return {
        "provider": "openai",
        "label": "Main",
        "key": KEY,
        "base_url": f"{upstream.url}/v1",
        "headers": "X-Team: blue-secret",
        "max_retries": "2",
        "backoff": "exponential",
        "timeout_seconds": "120",
    }


@pytest.fixture
def connection(admin, typed) -> Connection:
    admin.post(ADD, typed)
    return Connection.objects.get()


def address(name: str, connection: Connection) -> str:
    return reverse(f"registry:connection_{name}", args=[connection.pk])


def edited(connection: Connection, typed: dict[str, str], **changes: str):
    start = {"position": "1", "expected_version": str(connection.version)}
    kept = {name: value for name, value in typed.items() if name != "provider"}
    return {**kept, **start, "key": "", "headers": "X-Team:", **changes}


def test_a_connection_is_tested_and_saved(admin, typed):
    response = admin.post(ADD, typed, follow=True)

    stored = Connection.objects.get()
    assert response.redirect_chain[-1][0] == address("detail", stored)
    assert "it answers in" in response.content.decode()
    assert (stored.state, key_of(stored)) == (ConnectionState.CONNECTED, KEY)
    assert headers_of(stored) == {"X-Team": "blue-secret"}


def test_from_the_dialog_the_way_leads_back_to_the_list(admin, typed):
    response = admin.post(ADD, typed, headers=DIALOG)

    assert response["HX-Redirect"] == "/connections/"


def test_a_failed_test_is_told_and_nothing_is_saved(admin, typed, upstream):
    upstream.handler = lambda received: openai_wire.error(401, "invalid_api_key")

    response = admin.post(ADD, typed, headers=DIALOG)

    page = response.content.decode()
    assert response.status_code == 422
    assert "rejects the key" in page
    assert 'value="Main"' in page
    assert KEY not in page
    assert "blue-secret" not in page
    assert "X-Team:" in page
    assert not Connection.objects.exists()


def test_a_failed_test_can_be_saved_anyway(admin, typed, upstream):
    upstream.handler = lambda received: openai_wire.error(401, "invalid_api_key")

    admin.post(ADD, {**typed, "anyway": "1"})

    assert Connection.objects.get().state == ConnectionState.KEY_REJECTED


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("key", ""),
        ("key", "two words"),
        ("key", "sk-a\x00b"),
        ("key", "sk-ü0123456789"),
        ("label", "x" * 5000),
        ("label", ""),
        ("base_url", "http://169.254.169.254"),
        ("base_url", "nonsense"),
        ("base_url", "http://user:pass@a.example"),
        ("headers", "Host: a.example"),
        ("headers", "Content-Length: 5"),
        ("headers", "no colon"),
        ("headers", "X: ü"),
        ("requests_per_minute", "0"),
        ("tokens_per_minute", "1e9"),
        ("timeout_seconds", "99999"),
        ("max_retries", "-1"),
        ("provider", "nobody-knows"),
        ("key_variable", "SECRET_KEY"),
    ],
)
def test_bad_input_is_answered_beside_its_field(admin, typed, field, value):
    if field == "key_variable":
        typed["key"] = ""

    response = admin.post(ADD, {**typed, field: value}, headers=DIALOG)

    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert KEY not in response.content.decode()
    assert not Connection.objects.exists()


def test_a_name_that_is_taken_is_refused(admin, typed, connection):
    response = admin.post(ADD, typed)

    assert "already" in response.context["form"].errors["label"][0]


def test_lines_in_a_header_box_are_headers_of_their_own(admin, typed):
    admin.post(ADD, {**typed, "headers": "X: a\r\nY: b"})

    assert headers_of(Connection.objects.get()) == {"X": "a", "Y": "b"}


def test_choosing_a_provider_tells_what_it_needs(admin, db):
    headers = {"HX-Request": "true", "HX-Target": "provider-hints"}

    hints = admin.get(ADD, {"provider": "anthropic"}, headers=headers).content.decode()

    assert "https://api.anthropic.com" in hints
    assert "ANTHROPIC_API_KEY" in hints
    assert "<form" not in hints
    assert admin.get(ADD, {"provider": "nobody"}, headers=headers).status_code == 200


def test_an_edit_keeps_the_key_that_nobody_can_read(admin, typed, connection):
    page = admin.get(address("edit", connection)).content.decode()
    admin.post(address("edit", connection), edited(connection, typed, label="New"))

    stored = Connection.objects.get()
    assert "…6789" in page
    assert "X-Team:" in page
    assert "blue-secret" not in page
    assert (stored.label, key_of(stored)) == ("New", KEY)
    assert headers_of(stored) == {"X-Team": "blue-secret"}


def test_another_server_asks_for_the_key_again(admin, typed, connection):
    data = edited(connection, typed, base_url="http://127.0.0.1:9/v1")

    response = admin.post(address("edit", connection), data)

    assert response.status_code == 422
    assert set(response.context["form"].errors) == {"key", "headers"}


def test_two_editors_do_not_overwrite_each_other(admin, typed, connection):
    mine = edited(connection, typed, label="Mine")
    admin.post(address("edit", connection), edited(connection, typed, label="Theirs"))

    response = admin.post(address("edit", connection), mine)

    assert response.status_code == 409
    assert "Someone else changed" in response.content.decode()
    assert Connection.objects.get().label == "Theirs"
    anew = response.context["form"].data
    admin.post(address("edit", connection), anew)
    assert Connection.objects.get().label == "Mine"


def test_a_key_is_replaced_and_tested(admin, connection):
    response = admin.post(
        address("key", connection), {"key": "sk-next-9876543210"}, headers=DIALOG
    )

    stored = Connection.objects.get()
    assert response["HX-Redirect"] == "/connections/"
    assert (key_of(stored), stored.key_last_four) == ("sk-next-9876543210", "3210")
    assert stored.state == ConnectionState.CONNECTED


@pytest.mark.parametrize("key", ["", "a b", "sk-\x00"])
def test_a_wrong_new_key_leaves_the_old_one(admin, connection, key):
    response = admin.post(address("key", connection), {"key": key})

    assert response.status_code == 422
    assert response.context["form"].errors["key"]
    assert key_of(Connection.objects.get()) == KEY


def test_no_secret_is_in_a_page_a_log_or_a_record(admin, typed, connection, caplog):
    with caplog.at_level(logging.DEBUG):
        admin.post(address("check", connection))
        admin.post(address("key", connection), {"key": KEY})
        pages = [
            b"".join(admin.get(url)).decode()
            for url in (
                "/",
                "/connections/",
                "/settings/audit/",
                "/settings/audit/export/",
                *(
                    address(name, connection)
                    for name in ("detail", "edit", "key", "delete")
                ),
            )
        ]

    stored = Connection.objects.get()
    secrets = (KEY, "blue-secret", stored.encrypted_key, stored.encrypted_headers)
    entries = str(list(AuditEntry.objects.values()))
    everything = [*pages, caplog.text, entries, repr(stored), str(stored)]
    assert not [one for one in secrets for text in everything if one in text]


def test_every_provider_of_the_table_can_be_chosen(admin, db):
    page = admin.get(ADD).content.decode()

    for slug in ("openai", "anthropic", "google", "ollama", "clarifai", "vllm"):
        assert f'<option value="{slug}"' in page


def test_a_local_server_needs_neither_key_nor_address(admin, typed, upstream):
    mine = {**typed, "provider": "vllm", "key": "", "headers": ""}

    admin.post(ADD, mine)

    stored = Connection.objects.get()
    assert (stored.provider.name, stored.encrypted_key) == ("vLLM", "")
