"""Adding, editing, pausing, deleting connections: each leaves its trace, without the
secret."""

import json
import socket

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import ValidationError

from registry.connection_secrets import headers_of, key_of
from registry.models import AuditEntry, Connection, ConnectionState
from registry.services.connection_deletion import (
    NotRestorable,
    delete_connection,
    restore_connection,
)
from registry.services.connections import (
    StaleConnection,
    add_connection,
    draft_connection,
    edit_connection,
    replace_key,
    set_enabled,
)
from tests.factories import ConnectionFactory, OrganizationFactory, ProviderFactory

KEY = "sk-first-0123456789"
OTHER = "sk-other-9876543210"
URL = "http://127.0.0.1:1/v1"


@pytest.fixture
def connection(membership):
    """One with a stored key and a header, added the way people do it."""
    draft = draft_connection(
        organization=membership.organization,
        provider=ProviderFactory(slug="openai"),
        label="Main",
        key=KEY,
        headers={"X-Team": "blue-secret"},
        base_url=URL,
    )
    return add_connection(connection=draft, actor=membership.user)


def audit_text() -> str:
    entries = AuditEntry.objects.all()
    return json.dumps([[one.before, one.after, one.note] for one in entries])


def edit(connection, **changes) -> bool:
    version = changes.pop("expected_version", connection.version)
    return edit_connection(
        connection=connection, actor=None, expected_version=version, **changes
    )


def refused(field: str, **changes) -> str:
    with pytest.raises(ValidationError) as error:
        draft_connection(
            organization=OrganizationFactory(),
            provider=ProviderFactory(slug=changes.pop("slug", "openai")),
            **{"label": "Main", "key": KEY, **changes},
        )
    assert set(error.value.message_dict) == {field}
    return str(error.value)


def test_an_added_connection_is_stored_encrypted_and_audited(connection):
    stored = Connection.objects.get()

    assert (key_of(stored), stored.key_last_four) == (KEY, "6789")
    assert headers_of(stored) == {"X-Team": "blue-secret"}
    assert KEY not in str(stored.__dict__)
    entry = AuditEntry.objects.get()
    assert entry.action == "connection.added"
    assert entry.after["key"] == "…6789"
    assert entry.after["headers"] == ["X-Team"]


def test_a_draft_is_stored_by_nobody(db):
    draft_connection(
        organization=OrganizationFactory(),
        provider=ProviderFactory(slug="ollama"),
        label="Local",
    )

    assert not Connection.objects.exists()


def test_a_second_connection_stands_behind_the_first(connection):
    draft = draft_connection(
        organization=connection.organization,
        provider=connection.provider,
        label="Spare",
        key=OTHER,
    )

    assert (connection.position, draft.position) == (1, 2)


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("label", {"label": ""}),
        ("label", {"label": "x" * 5000}),
        ("label", {"label": "a\x00b"}),
        ("key", {"key": ""}),
        ("key", {"key": "two words"}),
        ("key", {"key": "sk-\nX: y"}),
        ("key", {"key": KEY, "key_variable": "OPENAI_API_KEY"}),
        ("key_variable", {"key": "", "key_variable": "1 KEY"}),
        ("key_variable", {"key": "", "key_variable": "SECRET_KEY"}),
        ("base_url", {"base_url": "nonsense"}),
        ("base_url", {"base_url": "http://169.254.169.254/v1"}),
        ("base_url", {"slug": "openai-compatible"}),
        ("headers", {"headers": {"Host": "a"}}),
        ("headers", {"headers": {"X": "a\r\nY: b"}}),
        ("requests_per_minute", {"requests_per_minute": 0}),
        ("max_retries", {"max_retries": 99}),
        ("timeout_seconds", {"timeout_seconds": 0}),
    ],
)
def test_bad_input_is_refused_beside_its_field(db, field, changes):
    assert KEY not in refused(field, **changes)


def test_a_name_that_leads_to_a_forbidden_address_is_refused(db, monkeypatch):
    answer = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("169.254.169.254", 0))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: answer)

    assert "leads to" in refused("base_url", base_url="https://nice.example/v1")


def test_a_name_is_used_once_at_a_provider(connection):
    with pytest.raises(ValidationError, match="already"):
        draft_connection(
            organization=connection.organization,
            provider=connection.provider,
            label=" Main ",
            key=KEY,
        )
    twin = draft_connection(
        organization=OrganizationFactory(),
        provider=connection.provider,
        label="Main",
        key=KEY,
    )
    assert add_connection(connection=twin, actor=None)


def test_an_edit_keeps_key_and_headers_and_says_what_changed(connection):
    assert edit(connection, label="Primary", headers={"X-Team": ""})

    assert key_of(connection) == KEY
    assert headers_of(connection) == {"X-Team": "blue-secret"}
    entry = AuditEntry.objects.first()
    assert (entry.before, entry.after) == ({"label": "Main"}, {"label": "Primary"})


def test_an_edit_that_changes_nothing_leaves_no_trace(connection):
    assert not edit(connection, label="Main", headers={"X-Team": ""})

    assert AuditEntry.objects.count() == 1


def test_an_edit_on_an_older_version_changes_nothing(connection):
    edit(connection, label="Theirs")

    with pytest.raises(StaleConnection):
        edit(connection, label="Mine", expected_version=1)

    assert Connection.objects.get().label == "Theirs"


@pytest.mark.parametrize("url", ["http://127.0.0.1:2/v1", "https://127.0.0.1:1/v1", ""])
def test_a_stored_key_never_follows_to_another_server(connection, url):
    with pytest.raises(ValidationError) as refusal:
        edit(connection, base_url=url, headers={"X-Team": ""})

    assert set(refusal.value.message_dict) == {"key", "headers"}
    assert edit(connection, base_url=url, key=OTHER, headers={"X-Team": "red"})
    assert key_of(connection) == OTHER


def test_another_path_on_the_same_server_keeps_the_key(connection):
    assert edit(connection, base_url="http://127.0.0.1:1/v2")
    assert key_of(connection) == KEY


def test_headers_are_added_kept_and_taken_away(connection):
    edit(connection, headers={"X-Team": "", "X-Env": "prod"})
    assert headers_of(connection) == {"X-Team": "blue-secret", "X-Env": "prod"}

    edit(connection, headers={"X-Env": ""})
    assert headers_of(connection) == {"X-Env": "prod"}

    edit(connection, headers={})
    assert (connection.encrypted_headers, connection.header_names) == ("", [])


def test_another_key_forgets_what_the_last_check_said(connection):
    Connection.objects.update(state=ConnectionState.KEY_REJECTED, state_reason="No.")

    replace_key(connection=connection, actor=None, key=f" {OTHER}\n")

    assert key_of(connection) == OTHER
    assert (connection.state, connection.state_reason) == ("unchecked", "")
    entry = AuditEntry.objects.first()
    assert (entry.before, entry.after) == ({"key": "…6789"}, {"key": "…3210"})


def test_a_variable_takes_the_place_of_a_stored_key(connection):
    replace_key(connection=connection, actor=None, key_variable="OPENAI_API_KEY")

    assert connection.encrypted_key == ""
    assert AuditEntry.objects.first().after["key"] == "$OPENAI_API_KEY"


def test_a_key_that_does_not_decrypt_is_simply_entered_again(connection, settings):
    settings.MODELHUB_ENCRYPTION_KEYS = [Fernet.generate_key().decode()]

    replace_key(connection=connection, actor=None, key=OTHER)
    edit(connection, headers={"X-Team": "blue"})

    assert key_of(connection) == OTHER
    assert headers_of(connection) == {"X-Team": "blue"}


def test_pausing_twice_is_one_change(connection):
    assert set_enabled(connection=connection, is_enabled=False, actor=None)
    assert not set_enabled(connection=connection, is_enabled=False, actor=None)

    assert AuditEntry.objects.filter(action="connection.paused").count() == 1


def test_a_deleted_connection_comes_back_without_its_key(connection):
    entry = delete_connection(connection=connection, actor=None)
    assert not Connection.objects.exists()

    back = restore_connection(entry=entry, actor=None)

    assert (back.label, back.base_url) == ("Main", URL)
    assert (back.encrypted_key, back.is_enabled) == ("", False)
    assert back.state == ConnectionState.KEY_UNREADABLE


def test_one_without_a_stored_key_comes_back_as_it_was(db):
    local = ConnectionFactory(provider=ProviderFactory(slug="ollama"), key="")

    back = restore_connection(
        entry=delete_connection(connection=local, actor=None), actor=None
    )

    assert back.is_enabled
    assert back.state == ConnectionState.UNCHECKED


def test_what_is_there_again_is_not_restored_twice(connection):
    entry = delete_connection(connection=connection, actor=None)
    restore_connection(entry=entry, actor=None)

    with pytest.raises(NotRestorable, match="again already"):
        restore_connection(entry=entry, actor=None)


def test_no_secret_reaches_the_audit_log(connection):
    edit(connection, key=OTHER, headers={"X-Team": "red-secret"})
    replace_key(connection=connection, actor=None, key=KEY)
    delete_connection(connection=connection, actor=None)

    text = audit_text()
    assert "sk-" not in text
    assert "-secret" not in text
    assert "gAAAA" not in text
