"""Key and headers of a connection are had in clear only by who calls the provider."""

import json

import pytest
from cryptography.fernet import Fernet

from registry.connection_secrets import KeyMissing, KeyUnreadable, headers_of, key_of
from registry.key_ring import encrypt
from registry.models import Connection


def test_a_stored_key_is_decrypted():
    assert key_of(Connection(encrypted_key=encrypt("sk-1"))) == "sk-1"


def test_a_connection_without_a_key_has_none():
    assert key_of(Connection()) == ""
    assert headers_of(Connection()) == {}


def test_a_variable_is_read_when_it_is_needed(monkeypatch):
    monkeypatch.setenv("ACME_API_KEY", " sk-2\n")

    assert key_of(Connection(key_variable="ACME_API_KEY")) == "sk-2"


@pytest.mark.parametrize("value", [None, "", "  "])
def test_a_variable_that_is_not_set_is_named(monkeypatch, value):
    if value is not None:
        monkeypatch.setenv("ACME_API_KEY", value)

    with pytest.raises(KeyMissing, match="ACME_API_KEY is not set"):
        key_of(Connection(key_variable="ACME_API_KEY"))


@pytest.mark.parametrize("name", ["SECRET_KEY", "DATABASE_URL", "PATH", "_api_key"])
def test_only_variables_that_the_operator_names_are_read(monkeypatch, name):
    monkeypatch.setenv(name, "not-for-connections")

    with pytest.raises(KeyMissing, match="MODELHUB_KEY_VARIABLES") as refused:
        key_of(Connection(key_variable=name))

    assert "not-for-connections" not in str(refused.value)


def test_what_does_not_decrypt_is_entered_again(settings):
    connection = Connection(
        encrypted_key=encrypt("sk-1"),
        encrypted_headers=encrypt(json.dumps({"X-Team": "blue"})),
        header_names=["X-Team"],
    )
    assert headers_of(connection) == {"X-Team": "blue"}
    settings.MODELHUB_ENCRYPTION_KEYS = [Fernet.generate_key().decode()]

    with pytest.raises(KeyUnreadable, match="enter the key again"):
        key_of(connection)
    with pytest.raises(KeyUnreadable, match="X-Team"):
        headers_of(connection)
