"""Secrets are stored under a ring of keys that can be exchanged."""

import pytest
from cryptography.fernet import Fernet

from registry.key_ring import (
    FixedKeyRing,
    Undecryptable,
    add_first_key,
    decrypt,
    encrypt,
    is_under_first_key,
)

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()


@pytest.fixture
def ring_file(settings, tmp_path):
    """The embedded ring: a file that ModelHub made."""
    path = tmp_path / "encryption-keys"
    path.write_text(f"{OLD}\n")
    settings.MODELHUB_ENCRYPTION_KEYS_PATH = path
    settings.MODELHUB_ENCRYPTION_KEYS = [OLD]
    return path


def test_what_is_stored_shows_nothing_and_reads_back():
    token = encrypt("sk-secret-ü")

    assert "secret" not in token
    assert decrypt(token) == "sk-secret-ü"


def test_the_first_key_encrypts_and_every_key_decrypts(settings):
    settings.MODELHUB_ENCRYPTION_KEYS = [OLD]
    token = encrypt("text")

    settings.MODELHUB_ENCRYPTION_KEYS = [NEW, OLD]

    assert decrypt(token) == "text"
    assert not is_under_first_key(token)
    assert is_under_first_key(encrypt("text"))


@pytest.mark.parametrize("token", ["", "nonsense", "gAAAAA==", "ünïcode"])
def test_what_no_key_opens_is_undecryptable(token):
    with pytest.raises(Undecryptable):
        decrypt(token)


def test_another_ring_opens_nothing(settings):
    settings.MODELHUB_ENCRYPTION_KEYS = [OLD]
    token = encrypt("text")
    settings.MODELHUB_ENCRYPTION_KEYS = [NEW]

    with pytest.raises(Undecryptable):
        decrypt(token)


def test_a_new_first_key_serves_running_processes_at_once(ring_file):
    before = encrypt("text")

    add_first_key()

    assert decrypt(before) == "text"
    assert not is_under_first_key(before)
    assert len(ring_file.read_text().split()) == 2
    assert ring_file.stat().st_mode & 0o777 == 0o600


def test_a_ring_of_the_environment_is_changed_there(settings):
    settings.MODELHUB_ENCRYPTION_KEYS_PATH = None

    with pytest.raises(FixedKeyRing, match="environment"):
        add_first_key()
