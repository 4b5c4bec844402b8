"""A connection's row and its provider's row make one endpoint."""

import json

import pytest

from registry.connection_endpoints import AddressMissing, endpoint_of
from registry.connection_secrets import KeyMissing
from registry.key_ring import encrypt
from registry.models import Connection, Provider


def connection(slug: str, **facts) -> Connection:
    return Connection(provider=Provider(slug=slug, name=slug.title()), **facts)


def test_what_the_connection_leaves_open_comes_from_its_provider():
    endpoint = endpoint_of(connection("anthropic", encrypted_key=encrypt("sk-1")))

    assert (endpoint.provider, endpoint.dialect) == ("anthropic", "anthropic")
    assert endpoint.base_url == "https://api.anthropic.com"
    assert (endpoint.key_header, endpoint.key_prefix) == ("x-api-key", "")
    assert endpoint.api_key == "sk-1"


def test_its_own_address_and_headers_win():
    endpoint = endpoint_of(
        connection(
            "openai",
            base_url="https://proxy.example/v1",
            encrypted_key=encrypt("sk-1"),
            encrypted_headers=encrypt(json.dumps({"X-Team": "blue"})),
        )
    )

    assert endpoint.base_url == "https://proxy.example/v1"
    assert endpoint.headers == {"X-Team": "blue"}


def test_an_endpoint_never_prints_its_secrets():
    endpoint = endpoint_of(connection("openai", encrypted_key=encrypt("sk-secret")))

    assert "sk-secret" not in repr(endpoint)


def test_a_local_server_needs_no_key():
    assert endpoint_of(connection("ollama")).api_key == ""


def test_a_missing_key_or_address_is_said_in_words():
    with pytest.raises(KeyMissing, match="Openai needs a key"):
        endpoint_of(connection("openai"))
    with pytest.raises(AddressMissing, match="base URL"):
        endpoint_of(connection("openai-compatible"))
    with pytest.raises(AddressMissing, match="base URL"):
        endpoint_of(connection("somebody-new"))
