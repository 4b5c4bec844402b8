from pathlib import Path

import dj_database_url
import pytest

from modelhub.embedded.layout import Layout


def test_sockets_live_beside_the_data():
    assert Layout(Path("/srv/hub/var")).socket_dir == Path("/srv/hub/var/run")


@pytest.mark.parametrize("var", ["/srv/" + "x" * 100, "/srv/a b", "/srv/a,b", "/srv/ü"])
def test_a_path_that_no_socket_can_have_gets_a_short_name(var):
    folder = Layout(Path(var)).socket_dir

    assert folder.parent == Path("/tmp")
    assert len(str(folder / ".s.PGSQL.5432")) < 104


def test_two_checkouts_never_share_a_folder():
    first, second = (Layout(Path("/srv") / ("x" * 100) / name) for name in "ab")

    assert first.socket_dir != second.socket_dir


def test_a_temporary_folder_of_the_shell_changes_nothing(monkeypatch):
    layout = Layout(Path("/srv/a b"))
    before = layout.socket_dir

    monkeypatch.setenv("TMPDIR", "/elsewhere")

    assert layout.socket_dir == before


def test_the_addresses_name_the_sockets():
    layout = Layout(Path("/srv/hub/var"))

    parsed = dj_database_url.parse(layout.database_url)

    assert parsed["HOST"] == "/srv/hub/var/run"
    assert parsed["NAME"] == "modelhub"
    assert layout.broker_url == "redis+socket:///srv/hub/var/run/valkey.sock"


def test_the_folder_can_be_named(monkeypatch, tmp_path):
    monkeypatch.setenv("MODELHUB_VAR", str(tmp_path / "elsewhere"))

    assert Layout.from_environment().var == (tmp_path / "elsewhere").resolve()


def test_the_key_is_made_once(tmp_path):
    layout = Layout(tmp_path / "var")

    layout.ensure_secret_key()
    first = layout.read_secret_key()
    layout.ensure_secret_key()

    assert layout.read_secret_key() == first
