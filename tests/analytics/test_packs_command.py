import io
import json

import pytest
from django.core.management import CommandError, call_command

from registry.models import AssignmentRevision, Pack, PackSwitch, PlannedSwitch
from registry.packs.reading import read_pack
from registry.queries.assignments import current_revision
from tests.registry.assigning import assigned
from tests.registry.packs.packing import entry, features, packed, served


def packs(*arguments):
    out = io.StringIO()
    call_command("packs", *arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def models(organization):
    return served(organization, "one", "two")


@pytest.fixture
def planner(organization):
    return features(organization, "planner")[0]


@pytest.fixture
def version(organization, models, planner):
    return packed(organization, entry("planner", "openai/one", "openai/two"))


def test_the_list_marks_the_active_pack(version):
    packs("switch", "mixed-pack")

    (document,) = json.loads(packs("list", "--json"))

    assert (document["slug"], document["is_active"]) == ("mixed-pack", True)
    assert packs("list").splitlines()[2].split()[:3] == ["*", "mixed-pack", "v1"]


def test_the_difference_shows_what_changes_and_what_a_month_would_cost(
    version, planner, models
):
    assigned(planner, models[1])

    said = packs("diff", "mixed-pack")

    assert said.splitlines() == [
        "planner: changed, an assignment of its own",
        "    Model: openai/two → openai/one",
        "    Fallbacks: – → openai/two",
        "1 changed",
        "Projected cost of a month: not known, as there is no use yet.",
    ]


def test_a_month_can_be_assumed_where_there_is_no_use(version, planner, models):
    assigned(planner, models[1])

    said = packs("diff", "mixed-pack", "--assume", "1000:1000:1000")

    assert "Projected cost of a month: $4.00 → $4.00 (+$0.00)" in said


def test_a_switch_and_its_roll_back(version, planner):
    said = packs("switch", "mixed-pack", "--note", "cheaper").splitlines()

    assert said[-1] == "mixed-pack v1 is active: 1 feature changed."
    assert packs("current") == "mixed-pack v1 is active.\n"
    assert packs("rollback").splitlines()[-1] == "No pack is active: 1 feature changed."
    assert current_revision(planner).ai_model is None
    assert [one["is_roll_back"] for one in json.loads(packs("history", "--json"))] == [
        True,
        False,
    ]


def test_a_dry_run_says_the_same_and_changes_nothing(version):
    said = packs("switch", "mixed-pack", "--dry-run").splitlines()

    assert said[-2:] == [
        "mixed-pack v1 is active: 1 feature changed.",
        "Dry run: nothing was changed.",
    ]
    assert not PackSwitch.objects.exists()
    assert not AssignmentRevision.objects.exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ("rollback",),
        ("schedule", "mixed-pack", "--budget", "80"),
        ("archive", "mixed-pack"),
        ("create", "copy", "--copy", "mixed-pack"),
        ("create", "haiku-pack", "--ready-made", "--features"),
    ],
    ids=lambda arguments: arguments[0],
)
def test_every_write_can_be_tried(version, planner, arguments):
    if arguments[0] == "rollback":
        packs("switch", "mixed-pack")
    before = AssignmentRevision.objects.count()

    document = json.loads(packs(*arguments, "--dry-run", "--json"))

    assert document["dry_run"] is True
    assert AssignmentRevision.objects.count() == before
    assert [one.slug for one in Pack.objects.filter(archived_at=None)] == ["mixed-pack"]
    assert not PlannedSwitch.objects.exists()


def test_an_unknown_name_is_answered_with_the_nearest(version):
    with pytest.raises(CommandError, match="Did you mean mixed-pack"):
        packs("switch", "mixd-pack")


def test_an_unknown_version_names_the_newest(version):
    with pytest.raises(CommandError, match="no mixed-pack v7: newest is mixed-pack v1"):
        packs("show", "mixed-pack", "--version", "7")


def test_what_is_exported_can_be_imported(version, tmp_path):
    path = tmp_path / "pack.yaml"
    packs("export", "mixed-pack", "--output", str(path))

    said = packs("import", str(path))

    assert said == "mixed-pack v1 said so already.\n"
    assert packs("export", "mixed-pack") == path.read_text()
    exported = packs("export", "mixed-pack", "--format", "json").encode()
    assert read_pack(exported) == read_pack(path.read_bytes())


def test_a_bad_file_is_told_with_its_lines_and_changes_nothing(organization, tmp_path):
    path = tmp_path / "pack.yaml"
    path.write_text("name: Half\nfeatures:\n  planner: openai\n  critic: {modl: a/b}\n")

    with pytest.raises(CommandError) as refused:
        packs("import", str(path))

    assert str(refused.value).splitlines() == [
        "Line 3: planner: Write a model as provider/model-id.",
        "Line 4: critic: No model is named.",
        "Line 4: critic: “modl” is not known here. Did you mean model?",
    ]
    assert not Pack.objects.exists()


def test_what_is_assigned_now_becomes_a_pack(planner, models):
    assigned(planner, models[0], models[1], parameters={"temperature": 0.2})

    said = packs("create", "as-it-is", "--current")

    assert said == "as-it-is v1 says what 1 feature gets.\n"
    shown = json.loads(packs("show", "as-it-is", "--json"))
    assert shown["features"]["planner"] == {
        "model": "openai/one",
        "fallbacks": ["openai/two"],
        "parameters": {"temperature": 0.2},
    }


def test_a_switch_is_planned_listed_and_cancelled(version):
    packs("schedule", "mixed-pack", "--budget", "80")
    (waiting,) = json.loads(packs("schedule", "--json"))

    said = packs("schedule", "--cancel", str(waiting["id"]))

    assert waiting["budget_percent"] == 80
    assert said == f"Planned switch {waiting['id']} is cancelled.\n"
    assert packs("schedule") == "No switch is planned.\n"


def test_help_says_what_each_action_is_for(db):
    assert ["packs", "rollback", "Take", "back", "the", "last", "switch."] in [
        line.split() for line in packs("help").splitlines()
    ]


UNKNOWN = """\
name: Odd
features:
  planner:
    model: openai/oen
    prompt: PLAN@production
  critic:
    model: openai/one
    fallbacks: [openai/gone]
"""


@pytest.mark.parametrize(
    "words", [("import",), ("create", "odd", "--file")], ids=["import", "create"]
)
def test_names_in_a_file_that_are_not_known_are_told_with_their_lines(
    models, planner, tmp_path, words
):
    path = tmp_path / "odd.yaml"
    path.write_text(UNKNOWN)

    said = packs(*words, str(path)).splitlines()

    assert said[0] == "odd v1 says what 2 features get."
    places = [line.split(":")[1] for line in said[1:]]
    assert places == ["4", "5", "6", "8"]
    assert "No model is called openai/oen." in said[1]
    assert "There is no prompt PLAN@production." in said[2]
    assert "critic: The feature does not exist" in said[3]
    assert "openai/gone is not in the catalog" in said[4]


def test_what_a_file_names_in_vain_is_json_too(models, planner, tmp_path):
    path = tmp_path / "odd.yaml"
    path.write_text(UNKNOWN)

    found = json.loads(packs("import", str(path), "--json"))["unknown"]

    assert [(one["line"], one["code"]) for one in found] == [
        (4, "unknown_model"),
        (5, "unknown_prompt"),
        (6, "no_feature"),
        (8, "unknown_fallback"),
    ]


def test_a_pack_shows_the_features_that_are_not_there(organization, models, planner):
    packed(organization, entry("planner", "openai/one"), entry("critic", "openai/one"))

    said = packs("show", "mixed-pack").splitlines()

    assert said[-1] == "! Unknown feature whose entry waits: critic."
