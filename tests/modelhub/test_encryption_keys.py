"""The key ring is made on the first start, and a wrong one stops the start."""

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured

from modelhub.embedded.layout import Layout
from modelhub.encryption_keys import encryption_keys, encryption_keys_path

NAME = "MODELHUB_ENCRYPTION_KEYS"
A, B = Fernet.generate_key().decode(), Fernet.generate_key().decode()


@pytest.fixture
def layout(tmp_path, monkeypatch):
    monkeypatch.delenv(NAME, raising=False)
    return Layout(tmp_path / "var")


def keys(layout: Layout) -> list[str]:
    return encryption_keys(encryption_keys_path(layout))


def test_the_first_start_makes_one_key_that_stays(layout):
    layout.ensure_encryption_keys()
    made = keys(layout)
    layout.ensure_encryption_keys()

    assert keys(layout) == made
    assert Fernet(made[0])
    assert layout.encryption_keys_file.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in layout.var.iterdir()] == ["encryption-keys"]


def test_the_environment_goes_before_the_file(layout, monkeypatch):
    layout.ensure_encryption_keys()
    monkeypatch.setenv(NAME, f"{A}, {B}")

    assert keys(layout) == [A, B]
    assert encryption_keys_path(layout) is None


@pytest.mark.parametrize("between", [",", "\n", "\r\n", " ,\n"])
def test_a_file_may_hold_one_key_a_line(layout, monkeypatch, tmp_path, between):
    path = tmp_path / "keys"
    path.write_text(f"{A}{between}{B}\n")
    monkeypatch.setenv(f"{NAME}_FILE", str(path))

    assert keys(layout) == [A, B]
    assert encryption_keys_path(layout) == path


@pytest.mark.parametrize(
    "wrong",
    ["secret", A[:-1], f"{A}x", "ü" * 44],
    ids=["a word", "too short", "too long", "no base64"],
)
def test_a_wrong_key_stops_the_start_and_is_not_told(layout, monkeypatch, wrong):
    monkeypatch.setenv(NAME, f"{A},{wrong}")

    with pytest.raises(ImproperlyConfigured, match="Key 2 of 2 in MODELHUB_") as told:
        keys(layout)

    assert wrong not in str(told.value)


def test_no_key_stops_the_start(layout):
    with pytest.raises(ImproperlyConfigured, match="There is no key in"):
        keys(layout)


def test_a_file_that_cannot_be_read_is_named(layout, monkeypatch, tmp_path):
    monkeypatch.setenv(f"{NAME}_FILE", str(tmp_path / "gone"))

    with pytest.raises(ImproperlyConfigured, match=f"{NAME}_FILE="):
        keys(layout)
