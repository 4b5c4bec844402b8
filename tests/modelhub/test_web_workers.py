"""How many web servers `modelhub serve` runs."""

import socket

import pytest
from django.core.exceptions import ImproperlyConfigured

from modelhub.serving.processes import web_servers


@pytest.fixture
def listener():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        yield listener


def test_there_is_one_web_server_unless_more_are_asked_for(listener, monkeypatch):
    monkeypatch.delenv("WEB_WORKERS", raising=False)

    assert [child.name for child in web_servers(listener)] == ["web server"]


def test_several_web_servers_share_the_listening_socket(listener, monkeypatch):
    monkeypatch.setenv("WEB_WORKERS", "3")

    children = web_servers(listener)

    assert len({child.name for child in children}) == 3
    assert {child.pass_fds for child in children} == {(listener.fileno(),)}


def test_no_web_server_at_all_is_refused(listener, monkeypatch):
    monkeypatch.setenv("WEB_WORKERS", "0")

    with pytest.raises(ImproperlyConfigured, match="at least 1"):
        web_servers(listener)
