"""Files of a folder, and which of them wins."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from tests.factories import AIModelFactory


def config(*arguments):
    out, err = io.StringIO(), io.StringIO()
    call_command("config", *map(str, arguments), stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def stated(**entry):
    return json.dumps({"modelhub": 1, "models": {"openai/one": entry}})


@pytest.fixture
def model(organization):
    return AIModelFactory(model_name="one")


def after(folder, *arguments):
    out, _ = config("plan", "--folder", folder, "--json", *arguments)
    return json.loads(out)["changes"][0]["after"]


def test_later_files_win_field_by_field(folder, model):
    (folder / "models.json").write_text(stated(enabled=True, notes="models"))
    (folder / "user_models.yaml").write_text(stated(notes="user"))
    (folder / "user_profiles" / "mira.json").write_text(
        stated(parameters={"temperature": 0.5})
    )

    assert after(folder) == {"enabled": True, "notes": "user"}
    assert after(folder, "--profile", "mira") == {
        "enabled": True,
        "notes": "user",
        "parameters": {"temperature": 0.5},
    }


def test_json_comes_before_yaml_and_the_other_is_named(folder, model):
    (folder / "models.json").write_text(stated(notes="json"))
    (folder / "models.yaml").write_text(stated(notes="yaml"))

    _, told = config("validate", "--folder", folder)

    assert after(folder) == {"notes": "json"}
    assert f"Not read: {folder / 'models.yaml'}" in told


def test_the_folder_can_stand_in_the_environment(folder, model, monkeypatch):
    (folder / "models.json").write_text(stated(notes="here"))
    monkeypatch.setenv("MODELHUB_CONFIG", str(folder))

    assert json.loads(config("plan", "--json")[0])["counts"]["create"] == 1


def test_a_finding_names_the_file_that_had_the_last_word(folder, model):
    (folder / "models.json").write_text(stated(enabled=True))
    (folder / "user_models.json").write_text(
        '{"modelhub": 1,\n "models": {"openai/one": {\n"fallbacks": ["openai/tow"]}}}'
    )

    with pytest.raises(CommandError) as error:
        config("validate", "--folder", folder)

    assert f"{folder / 'user_models.json'}:3:" in str(error.value)


def test_a_profile_that_is_not_there_is_answered_with_those_that_are(folder, model):
    (folder / "models.json").write_text(stated())
    (folder / "user_profiles" / "mira.json").write_text(stated())

    with pytest.raises(CommandError, match=r"Known: mira\."):
        config("plan", "--folder", folder, "--profile", "../mira")


def test_an_empty_folder_says_what_is_missing(folder, organization):
    with pytest.raises(CommandError, match=r"models\.json"):
        config("plan", "--folder", folder)
