import io
import json

import pytest
from django.core.management import CommandError, call_command

from registry.models import AuditEntry, Prompt, PromptLabel, PromptVersion
from registry.queries.prompts import find_version, latest_version
from tests.factories import FeatureFactory, OrganizationFactory, enabled_model
from tests.registry.assigning import assigned
from tests.registry.prompts.writing import moved, versioned


def prompts(*arguments):
    out = io.StringIO()
    call_command("prompts", *arguments, stdout=out)
    return out.getvalue()


def test_the_list_and_one_prompt_are_told(prompt, organization):
    feature = FeatureFactory(organization=organization, key="mail")
    version = latest_version(prompt)
    assigned(feature, enabled_model(organization), prompt_version=version)

    (row,) = json.loads(prompts("list", "--json"))
    shown = prompts("show", "DRAFTS")

    assert (row["labels"], row["used_by"]) == ({"production": 1}, ["mail"])
    *_, line = prompts("list").splitlines()
    assert line.split() == ["DRAFTS", "v1", "production", "v1", "mail"]
    assert "{{tone}} default “warm” How" in shown
    assert "Used by mail: v1" in shown
    assert json.loads(prompts("show", "DRAFTS@latest", "--json"))["version"] == 1


def test_a_prompt_is_created_edited_and_labelled(organization, tmp_path):
    file = tmp_path / "code.txt"
    file.write_text("In {{language}}, {{tone}}.")

    prompts(
        "create", "CODE", "--file", str(file), "--variable", "language",
        "--variable", "tone=plain",
    )  # fmt: skip
    said = prompts("edit", "CODE", "--text", "In {{language}}!", "--note", "Short")
    prompts("label", "CODE", "staging", "2")
    prompts("label", "CODE", "production", "2", "--note", "Better")
    back = prompts("rollback", "CODE")

    assert "v2 is saved; no label has moved" in said
    newest = latest_version(Prompt.objects.get())
    assert [one["name"] for one in newest.variables] == ["language"]
    assert "production of CODE is on v1." in back
    assert find_version(organization, "CODE@staging").number == 2
    assert set(AuditEntry.objects.values_list("actor_label", flat=True)) == {
        "modelhub prompts"
    }


@pytest.mark.parametrize(
    "words",
    [
        ("create", "NEW", "--text", "x"),
        ("edit", "DRAFTS", "--text", "Two."),
        ("edit", "DRAFTS", "--description", "x"),
        ("label", "DRAFTS", "staging", "1"),
        ("label", "DRAFTS", "production", "--remove"),
        ("archive", "DRAFTS"),
        ("starting",),
    ],
)
def test_a_trial_changes_nothing_and_says_so(prompt, words):
    before = AuditEntry.objects.count()

    assert "A trial" in prompts(*words, "--dry-run")
    assert json.loads(prompts(*words, "--dry-run", "--json"))["dry_run"] is True
    assert AuditEntry.objects.count() == before
    assert PromptVersion.objects.count() == PromptLabel.objects.count() == 1


def test_the_difference_is_of_production_and_latest_or_of_two_named(prompt):
    versioned(prompt, "Answer in {{language}}.".replace("{{language}}", "English"))

    said = prompts("diff", "DRAFTS")
    document = json.loads(prompts("diff", "DRAFTS", "2", "1", "--json"))

    assert said.startswith("v1 → v2:")
    assert "- Be {{tone}}." in said
    assert (document["old"], document["new"]) == (2, 1)
    assert document["lines"][-1]["op"] == "added"


def test_a_prompt_is_rendered_with_values(prompt):
    said = prompts("render", "DRAFTS@1", "--set", "language={{tone}}=x")

    assert said == "Answer in {{tone}}=x.\nBe warm.\n"
    with pytest.raises(CommandError, match="the variable language"):
        prompts("render", "DRAFTS")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("show", "DRAFT"), "Did you mean DRAFTS"),
        (("show", "DRAFTS@9"), "has no version 9"),
        (("show", "DRAFTS@old"), "it has: production"),
        (("label", "DRAFTS", "latest", "1"), "always the newest"),
        (("rollback", "DRAFTS"), "nowhere else before"),
        (("create", "DRAFTS", "--text", "x"), "already"),
        (("create", "A", "--text", "{{x}}"), "Line 1: {{x}} is not declared"),
        (("create", "A"), "says nothing"),
        (("edit", "DRAFTS"), "Say what to change"),
        (("create", "A", "--file", "/nowhere"), "cannot be read"),
        (("import", "/nowhere"), "cannot be read"),
    ],
)
def test_what_cannot_be_is_said_in_one_line(prompt, words, message):
    with pytest.raises(CommandError, match=message):
        prompts(*words)


@pytest.mark.parametrize("kind", ["json", "yaml"])
def test_an_export_comes_back_without_loss(prompt, tmp_path, kind):
    versioned(prompt, "Two: “ü”\n\n  indented  \n", "a\tb\r\n#: x", "yes", "Three.")
    moved(prompt, 3, "staging")
    file = tmp_path / "prompts"
    prompts("export", "--format", kind, "--file", str(file))
    before = file.read_text()
    Prompt.objects.all().delete()

    said = prompts("import", str(file))

    assert "new v1, v2, v3, v4, v5; production on v1; staging on v3" in said
    assert prompts("export", "--format", kind) == before
    assert "nothing to change" in prompts("import", str(file))


def test_an_import_adds_what_is_not_here_and_moves_labels(prompt, tmp_path):
    versioned(prompt, "Mine.")
    file = tmp_path / "prompts.yaml"
    file.write_text(
        "prompts:\n- name: DRAFTS\n  labels: {production: 7}\n  versions:\n"
        "  - {number: 3, text: Mine.}\n  - {number: 7, text: Theirs.}\n"
    )

    assert "DRAFTS: new v3; production on v3" in prompts("import", str(file))
    assert latest_version(prompt).text == "Theirs."


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("prompts:\n- name: A\n  versions:\n  - text: '{{x}}'\n", "Line 4: .*not decl"),
        ("prompts:\n- name: A\n  versions: []\n", "Line 3: 1 to"),
        (
            "prompts:\n- {name: A, versions: [{text: x}], labels: {p: 2}}",
            "no version 2",
        ),
        ("a: &a [1]\nprompts: *a\n", "Anchors"),
        ('{"prompts": [{"name": "A", "vers', "Line 1"),
        ("prompts:\n- name: 1 A\n  versions: [{text: x}]\n", "Use letters"),
        ("prompts:\n- name: A\n  versions: [{text: x, extra: 1}]\n", "extra"),
    ],
)
def test_a_file_that_is_wrong_changes_nothing(organization, tmp_path, text, message):
    file = tmp_path / "prompts"
    good = "- {name: GOOD, versions: [{text: x}]}\n"
    file.write_text(text.replace("prompts:\n", f"prompts:\n{good}", 1))

    with pytest.raises(CommandError):
        prompts("import", str(file))
    file.write_text(text)
    with pytest.raises(CommandError, match=message):
        prompts("import", str(file))

    assert not Prompt.objects.exists()


def test_another_organisations_prompt_is_unknown(prompt):
    OrganizationFactory(slug="other")

    with pytest.raises(CommandError, match=r"There is no prompt “DRAFTS” here\.$"):
        prompts("show", "DRAFTS", "--organization", "other")


def test_several_errors_are_one_a_line(organization):
    with pytest.raises(CommandError) as error:
        prompts("create", "A", "--text", "{{x}}\nand {{y}}")

    lines = str(error.value).splitlines()
    assert [line.partition(":")[0] for line in lines] == ["Line 1", "Line 2"]
