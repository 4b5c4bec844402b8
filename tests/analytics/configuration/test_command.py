"""`modelhub config` on the command line."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from registry.models import AuditEntry, Feature, ModelSetting
from tests.factories import AIModelFactory

FILE = """\
modelhub: 1
models:
  openai/one:
    enabled: true
features:
  planner:
    name: Planner
    assignment:
      model: openai/one
"""


class Terminal(io.StringIO):
    def isatty(self):
        return True


def config(*arguments, out=None):
    out = out or io.StringIO()
    call_command("config", *map(str, arguments), stdout=out, stderr=io.StringIO())
    return out.getvalue()


@pytest.fixture
def file(organization, tmp_path):
    AIModelFactory(model_name="one")
    path = tmp_path / "models.yaml"
    path.write_text(FILE)
    return path


def test_a_plan_is_a_table_with_a_fingerprint_and_changes_nothing(file):
    lines = config("plan", file).splitlines()

    assert lines[2].split()[:3] == ["create", "models", "openai/one"]
    assert lines[-2].startswith("2 to create, 0 to change, 0 to remove")
    assert lines[-1].startswith("Fingerprint: ")
    assert not Feature.objects.exists()


def test_applying_does_what_the_plan_says_and_leaves_a_trace(file, organization):
    plan = json.loads(config("plan", file, "--json"))

    said = json.loads(config("apply", file, "--expect", plan["fingerprint"], "--json"))

    assert said["is_applied"] is True
    assert said["changes"] == plan["changes"]
    assert Feature.objects.get().assignment.revision.ai_model.reference == "openai/one"
    entry = AuditEntry.objects.get(action="configuration.applied")
    assert entry.after["created"] == ["models · openai/one", "features · planner"]
    assert entry.actor_label == "modelhub config"


def test_a_second_apply_has_nothing_to_do(file):
    config("apply", file)

    assert config("apply", file).splitlines()[-1] == "Nothing to change."


def test_a_dry_run_changes_nothing(file):
    assert "Dry run" in config("apply", file, "--dry-run")
    assert not ModelSetting.objects.exists()


def test_a_plan_that_is_out_of_date_is_refused(file):
    fingerprint = json.loads(config("plan", file, "--json"))["fingerprint"]
    config("apply", file)

    with pytest.raises(CommandError, match="nothing is left to do"):
        config("apply", file, "--expect", fingerprint)


def test_an_export_can_be_limited_to_sections(file):
    config("apply", file)

    said = json.loads(config("export", "--only", "features", "--format", "json"))

    assert list(said) == ["modelhub", "entries", "features", "complete"]
    assert said["features"]["planner"]["assignment"] == {"model": "openai/one"}


def test_an_unknown_section_is_wrong_usage(organization):
    with pytest.raises(CommandError, match="no section modles") as error:
        config("export", "--only", "modles")

    assert error.value.returncode == 2


def test_an_export_to_a_file_is_read_back(file, tmp_path):
    config("apply", file)
    path = tmp_path / "all.json"

    config("export", "--format", "json", "--output", path)

    assert config("diff", path).splitlines()[-1] == "No difference."


def test_two_files_are_compared_without_the_database(file, tmp_path):
    other = tmp_path / "other.yaml"
    other.write_text(FILE.replace("name: Planner", "name: Plans"))

    lines = config("diff", file, other).splitlines()

    assert lines[2].split()[:3] == ["change", "features", "planner"]
    assert "name: Planner → Plans" in lines[2]


def test_an_import_asks_on_a_terminal(file, monkeypatch):
    monkeypatch.setattr("builtins.input", lambda _: "n")
    assert "Nothing was changed." in config("import", file, out=Terminal())
    assert not Feature.objects.exists()

    monkeypatch.setattr("builtins.input", lambda _: "y")
    assert "Applied." in config("import", file, out=Terminal())
    assert Feature.objects.exists()


def test_an_import_without_a_terminal_needs_to_be_told(file):
    with pytest.raises(CommandError, match="add --yes"):
        config("import", file)

    assert "Applied." in config("import", file, "--yes")


def test_what_is_wrong_is_said_with_file_and_line(file):
    file.write_text(FILE.replace("openai/one", "openai/oen").replace("name:", "nmae:"))

    with pytest.raises(CommandError) as error:
        config("validate", file)

    assert f"{file}:7: features · planner · nmae: “nmae” is not known here." in str(
        error.value
    )


def test_findings_are_json_too(file):
    file.write_text("modelhub: 2\n")
    out = io.StringIO()

    with pytest.raises(CommandError):
        config("validate", file, "--json", out=out)

    said = json.loads(out.getvalue())
    assert (said["is_valid"], said["findings"][0]["line"]) == (False, 1)
