import pytest
from django.core.exceptions import ImproperlyConfigured

from modelhub.env import env_bool, env_int, env_list, env_text


def test_a_missing_variable_has_its_default(monkeypatch):
    monkeypatch.delenv("THING", raising=False)

    assert env_text("THING", "plain") == "plain"
    assert env_int("THING", 3) == 3
    assert env_bool("THING", default=True) is True
    assert env_list("THING", "a, b,") == ["a", "b"]


def test_spaces_around_a_value_do_not_count(monkeypatch):
    monkeypatch.setenv("THING", " 7 \n")

    assert env_text("THING") == "7"
    assert env_int("THING", 0) == 7


@pytest.mark.parametrize("word", ["1", "true", "YES", "on"])
def test_words_for_yes(monkeypatch, word):
    monkeypatch.setenv("THING", word)

    assert env_bool("THING") is True


@pytest.mark.parametrize("word", ["0", "False", "no", "off", ""])
def test_words_for_no(monkeypatch, word):
    monkeypatch.setenv("THING", word)

    assert env_bool("THING", default=True) is False


def test_other_words_are_refused_by_name(monkeypatch):
    monkeypatch.setenv("THING", "perhaps")

    with pytest.raises(ImproperlyConfigured, match="THING='perhaps' is not a yes"):
        env_bool("THING")
    with pytest.raises(ImproperlyConfigured, match="THING='perhaps' is not a whole"):
        env_int("THING", 1)


def test_a_secret_can_stand_in_a_file(monkeypatch, tmp_path):
    monkeypatch.delenv("THING", raising=False)
    (tmp_path / "thing").write_text("hush\n")
    monkeypatch.setenv("THING_FILE", str(tmp_path / "thing"))

    assert env_text("THING") == "hush"


def test_a_missing_secret_file_is_named(monkeypatch):
    monkeypatch.delenv("THING", raising=False)
    monkeypatch.setenv("THING_FILE", "/no/such/file")

    with pytest.raises(ImproperlyConfigured, match="THING_FILE=/no/such/file cannot"):
        env_text("THING")
