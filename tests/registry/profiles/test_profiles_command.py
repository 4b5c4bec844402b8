"""`modelhub profiles` does what the pages do."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from registry.models import Membership, Profile
from registry.services.api_tokens import create_token
from tests.factories import (
    FeatureFactory,
    MembershipFactory,
    OrganizationFactory,
    enabled_model,
)
from tests.registry.assigning import assigned


@pytest.fixture
def acme(db):
    return OrganizationFactory(slug="acme")


def run(*arguments):
    out = StringIO()
    call_command("profiles", *arguments, stdout=out)
    return out.getvalue()


def written(tmp_path, text):
    path = tmp_path / "profile.yaml"
    path.write_text(text)
    return str(path)


def test_a_profile_lives_from_create_to_restore(acme, tmp_path):
    assert run("list") == "No profiles yet.\n"
    path = written(tmp_path, "name: x\nroles:\n  '*':\n    allow_cloud: false\n")

    assert run("create", "Offline", "--file", path) == "offline is created.\n"
    assert "role *: no cloud" in run("show", "offline")
    assert run("copy", "offline", "Other", "--as", "o2") == "o2 is created.\n"
    assert run("edit", "offline", "--name", "Off") == "offline is changed.\n"
    assert run("delete", "offline") == "offline is deleted.\n"
    assert json.loads(run("list", "--json"))[0]["slug"] == "o2"
    assert run("restore", "offline") == "offline is restored.\n"


@pytest.mark.parametrize("action", ["edit", "delete", "copy", "create", "import"])
def test_a_trial_changes_nothing(acme, action, tmp_path):
    run("create", "Laptop")
    path = written(tmp_path, "name: Newer\n")
    more = {
        "edit": ["laptop", "--name", "x"],
        "delete": ["laptop"],
        "copy": ["laptop", "y"],
        "create": ["z"],
        "import": [path],
    }[action]

    assert "nothing was changed" in run(action, *more, "--dry-run")

    (only,) = Profile.objects.all()
    assert (only.name, only.archived_at) == ("Laptop", None)


def test_an_export_is_imported_again(acme, tmp_path):
    path = str(tmp_path / "laptop.json")
    run("create", "Laptop", "--description", "Mine")
    run("export", "laptop", "--format", "json", "--file", path)
    Profile.objects.all().delete()

    assert run("import", path) == "laptop is created.\n"
    assert run("import", path) == "laptop is unchanged.\n"
    assert "description: Mine" in run("export", "laptop")


def test_a_wrong_name_is_answered_with_the_nearest(acme):
    run("create", "Laptop")

    with pytest.raises(CommandError, match="Did you mean laptop"):
        run("show", "labtop")


def test_validation_says_everything_and_fails_on_errors(acme, tmp_path):
    FeatureFactory(organization=acme, key="tagging")
    path = written(
        tmp_path, "name: a\nroles:\n  taging:\n    models: [openai/nothing]\n"
    )

    with pytest.raises(CommandError, match="has errors"):
        run("validate", "--file", path)


def test_a_draft_says_what_is_assigned(acme):
    model = enabled_model(acme)
    assigned(FeatureFactory(organization=acme, key="tagging"), model)

    run("create", "Now", "--from", "assigned")

    assert Profile.objects.get().document == {
        "roles": {"tagging": {"models": [model.reference]}}
    }
    with pytest.raises(CommandError, match="nothing to make a profile of"):
        run("create", "Local", "--from", "local")


def test_a_person_and_a_token_get_a_profile(acme):
    member = MembershipFactory(organization=acme)
    create_token(organization=acme, label="shop", actor=member.user)
    run("create", "Laptop")

    run("activate", "laptop", "--person", member.user.email)
    assert "laptop is active for shop" in run("activate", "laptop", "--token", "shop")

    assert Membership.objects.get().profile.slug == "laptop"
    *_, line = run("list").splitlines()
    assert line.split() == ["laptop", "Laptop", "1", "1"]
    run("activate", "none", "--person", member.user.email)
    assert Membership.objects.get().profile is None


def test_the_default_model_is_set_and_taken_away(acme):
    model = enabled_model(acme)

    assert model.reference in run("default-model", model.reference)
    acme.refresh_from_db()
    assert acme.default_model == model
    assert run("default-model", "none") == "Default model: none.\n"
