"""`modelhub connections` on the command line; the key never is an argument."""

import io
import json

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command

from registry.connection_secrets import headers_of, key_of
from registry.key_ring import encrypt, is_under_first_key
from registry.models import AuditEntry, Connection
from tests.factories import ConnectionFactory, OrganizationFactory, ProviderFactory
from tests.upstream import openai_wire
from tests.upstream.server import FakeUpstream

KEY = "sk-command-0123456789"
OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()


@pytest.fixture
def upstream():
    server = FakeUpstream(openai_wire.echo).start()
    yield server
    server.stop()


@pytest.fixture
def organization(db):
    ProviderFactory(slug="openai")
    return OrganizationFactory()


def run(*words: str) -> str:
    out = io.StringIO()
    call_command("connections", *words, stdout=out)
    return out.getvalue()


def test_the_list_shows_states_and_no_key(organization):
    ConnectionFactory(organization=organization, label="Main", key=KEY)

    assert "…6789" in run("list")
    document = json.loads(run("list", "--json"))
    assert document[0]["state"] == "unchecked"
    assert KEY not in json.dumps(document)


def test_an_empty_list_says_so(organization):
    assert run("list") == "No connections yet.\n"
    assert json.loads(run("list", "--json")) == []


def test_a_key_is_read_from_standard_input(organization, upstream, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{KEY}\n"))

    said = run("add", "openai", "--key-from", "stdin", "--base-url", upstream.url)

    assert "connected" in said
    assert key_of(Connection.objects.get()) == KEY
    assert AuditEntry.objects.get().actor_label == "modelhub connections"


def test_a_dry_run_tests_and_saves_nothing(organization, upstream):
    words = ["vllm", "--base-url", upstream.url]

    said = run("add", *words, "--dry-run")

    assert "connected" in said
    assert said.splitlines()[-1] == "Dry run: nothing was changed."
    assert not Connection.objects.exists()
    run("add", *words)
    Connection.objects.update(state="unchecked")
    assert "connected" in run("test", "--all", "--dry-run")
    assert Connection.objects.get().state == "unchecked"


def test_a_dry_rotation_writes_no_key_and_no_secret(organization, settings, tmp_path):
    path = tmp_path / "encryption-keys"
    path.write_text(f"{OLD}\n")
    settings.MODELHUB_ENCRYPTION_KEYS_PATH = path
    connection = ConnectionFactory(organization=organization, key=KEY)

    said = run("rotate-keys", "--new-key", "--dry-run")

    assert "1 secrets were put under the first key; 0 were already." in said
    assert said.splitlines()[-1] == "Dry run: nothing was changed."
    assert path.read_text() == f"{OLD}\n"
    before = connection.encrypted_key
    connection.refresh_from_db()
    assert connection.encrypted_key == before


def test_a_key_and_headers_come_from_environment_and_file(
    organization, upstream, monkeypatch, tmp_path
):
    monkeypatch.setenv("MODELHUB_CONNECTION_KEY", KEY)
    path = tmp_path / "headers"
    path.write_text("X-Team: blue\n")
    words = ["--base-url", upstream.url, "--headers-file", str(path), "--json"]

    document = json.loads(run("add", "openai", "--key-from", "env", *words))

    assert document["key"] == "…6789"
    assert headers_of(Connection.objects.get()) == {"X-Team": "blue"}


def test_what_fails_the_test_is_saved_only_on_demand(organization, upstream):
    upstream.stop()
    words = ["add", "vllm", "--base-url", upstream.url]

    with pytest.raises(CommandError, match="refuses the connection"):
        run(*words)
    assert not Connection.objects.exists()

    run(*words, "--anyway")
    assert Connection.objects.get().state == "unreachable"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["add", "openai"], "Key: Openai needs a key"),
        (["add", "nobody"], "no provider"),
        (["add", "vllm", "--base-url", "http://169.254.169.254"], "Base url:"),
        (["add", "vllm", "--headers-file", "/nowhere"], "cannot be read"),
        (["add", "openai", "--key-variable", "SECRET_KEY"], "may not be read"),
        (["test"], "--all"),
        (["test", "7", "--all"], "--all"),
        (["test", "999999"], "no connection 999999"),
        (["list", "--organization", "nowhere"], "no organisation"),
    ],
)
def test_what_is_wrong_is_one_clear_line(organization, words, said):
    with pytest.raises(CommandError, match=said) as refused:
        run(*words)

    assert "\n" not in str(refused.value)


def test_a_failed_test_fails_the_command(organization, upstream, capsys):
    good = ConnectionFactory(organization=organization, base_url=upstream.url)
    assert "connected" in run("test", str(good.pk))
    ConnectionFactory(organization=organization, key="", label="Keyless")

    with pytest.raises(CommandError, match="1 of 2 failed"):
        run("test", "--all")


def test_another_organisations_connection_is_not_tested(organization):
    theirs = ConnectionFactory()

    with pytest.raises(CommandError, match="no connection"):
        run("test", str(theirs.pk), "--organization", organization.slug)


def test_rotation_encrypts_with_the_first_key_and_may_be_repeated(
    organization, settings
):
    settings.MODELHUB_ENCRYPTION_KEYS = [OLD]
    first = ConnectionFactory(
        organization=organization,
        key=KEY,
        encrypted_headers=encrypt('{"X": "y"}'),
        header_names=["X"],
    )
    settings.MODELHUB_ENCRYPTION_KEYS = [NEW, OLD]

    assert run("rotate-keys").startswith("2 secrets were put under the first key; 0")
    assert run("rotate-keys").startswith("0 secrets were put under the first key; 2")

    settings.MODELHUB_ENCRYPTION_KEYS = [NEW]
    first.refresh_from_db()
    assert (key_of(first), headers_of(first)) == (KEY, {"X": "y"})
    assert first.version == 1


def test_what_no_longer_decrypts_is_named_and_marked(organization, settings):
    settings.MODELHUB_ENCRYPTION_KEYS = [OLD]
    lost = ConnectionFactory(organization=organization, label="Lost", key=KEY)
    settings.MODELHUB_ENCRYPTION_KEYS = [NEW]
    ConnectionFactory(organization=organization, label="Kept")

    assert f"Enter again: {organization.slug}/openai: Lost (id {lost.pk})" in run(
        "rotate-keys"
    )
    report = json.loads(run("rotate-keys", "--json"))

    assert (report["rotated"], report["current"]) == (0, 1)
    assert len(report["enter_again"]) == 1
    lost.refresh_from_db()
    assert lost.state == "key_unreadable"
    assert lost.encrypted_key


def test_a_new_key_is_put_first_and_everything_follows(
    organization, settings, tmp_path
):
    path = tmp_path / "encryption-keys"
    path.write_text(f"{OLD}\n")
    settings.MODELHUB_ENCRYPTION_KEYS_PATH = path
    connection = ConnectionFactory(organization=organization, key=KEY)

    said = run("rotate-keys", "--new-key")

    connection.refresh_from_db()
    assert str(path) in said
    assert is_under_first_key(connection.encrypted_key)
    assert key_of(connection) == KEY
    assert path.read_text().split()[1:] == [OLD]


def test_a_ring_of_the_environment_gets_no_new_key(organization):
    with pytest.raises(CommandError, match="environment"):
        run("rotate-keys", "--new-key")
