"""The pages of profiles: who sees, who changes, and what is shown."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from registry.models import Profile, Role
from registry.services.api_tokens import create_token
from registry.services.profiles import create_profile, delete_profile
from tests.factories import (
    ConnectionFactory,
    FeatureFactory,
    MembershipFactory,
    enabled_model,
)
from tests.registry.assigning import assigned


@pytest.fixture
def member(client, db):
    found = MembershipFactory(role=Role.ADMIN)
    client.force_login(found.user)
    return found


@pytest.fixture
def laptop(member):
    return create_profile(
        organization=member.organization,
        name="Laptop",
        document={"roles": {"*": {"models": ["openai/nothing"], "allow_cloud": False}}},
        actor=member.user,
    )


def url(name, *args):
    return reverse(f"registry:{name}", args=args)


def post(client, page, *args, **facts):
    return client.post(url(page, *args), facts)


def test_without_profiles_the_list_says_what_to_do(client, member):
    page = client.get("/profiles/").content.decode()

    assert "No profiles yet" in page
    assert "This machine" in page


def test_a_profile_is_made_from_what_is_assigned(client, member):
    model = enabled_model(member.organization)
    assigned(FeatureFactory(organization=member.organization, key="tagging"), model)

    answer = post(client, "profile_create", name="Now", draft="assigned")

    assert answer.status_code == 302
    assert Profile.objects.get().document["roles"]["tagging"] == {
        "models": [model.reference]
    }
    none = post(client, "profile_create", name="Local", draft="local")
    assert none.status_code == 422


def test_a_page_shows_findings_preferences_and_who_has_it(client, laptop, member):
    post(client, "profile_activate", "laptop")

    page = client.get("/profiles/laptop/").content.decode()

    assert "No model is called “openai/nothing”" in page
    assert "no cloud" in page
    assert "Stop using it" in page
    assert str(member.user) in page


def test_why_a_model_answers_is_explained_under_the_profile(client, laptop, member):
    model = enabled_model(member.organization)
    ConnectionFactory(organization=member.organization, provider=model.provider)
    assigned(FeatureFactory(organization=member.organization, key="tagging"), model)

    page = client.get("/profiles/laptop/?feature=tagging").content.decode()

    assert "which the profile does not allow" in page


def test_a_role_is_edited_by_its_form(client, laptop):
    address = url("preference_edit", "laptop", "roles", "*")
    assert "openai/nothing" in client.get(address).content.decode()
    facts = {
        "expected_version": 1,
        "model": ["a/b", "", "c/d"],
        "cloud_fallback": ["", ""],
        "allow_cloud": "yes",
        "reasoning_strength": "0.7",
        "capabilities": ["tools"],
        "temperature": "0.5",
        "max_memory_gb": "8",
    }

    assert client.post(address, facts).status_code == 302

    laptop.refresh_from_db()
    assert laptop.document["roles"]["*"] == {
        "models": ["a/b", "c/d"],
        "allow_cloud": True,
        "requirements": {
            "reasoning_strength": 0.7,
            "max_memory_gb": 8.0,
            "capabilities": ["tools"],
        },
        "parameters": {"temperature": 0.5},
    }
    stale = client.post(address, {**facts, "model": ["e/f"]})
    assert stale.status_code == 409
    assert client.post(address, {**facts, "model": ["e"]}).status_code == 422


def test_a_role_is_added_and_removed(client, laptop):
    added = client.get(url("preference_add", "laptop"), {"part": "tasks", "key": "x"})
    assert added.url == url("preference_edit", "laptop", "tasks", "x")
    assert client.get(added.url).status_code == 200

    post(client, "preference_remove", "laptop", "roles", "*")

    laptop.refresh_from_db()
    assert laptop.document == {}
    again = post(client, "preference_remove", "laptop", "roles", "*")
    assert again.status_code == 404


def test_the_whole_text_is_edited(client, laptop):
    address = url("profile_edit", "laptop")
    assert "openai/nothing" in client.get(address).content.decode()

    broken = client.post(address, {"text": "name: a\nrolls: 1\n"})
    assert "Line 2" in broken.content.decode()
    stale = client.post(address, {"text": "name: New", "expected_version": 9})
    assert stale.status_code == 409
    saved = client.post(address, {"text": "name: New", "expected_version": 1})

    assert saved.status_code == 302
    laptop.refresh_from_db()
    assert (laptop.name, laptop.slug, laptop.document) == ("New", "laptop", {})


def test_a_token_gets_a_profile(client, laptop, member):
    token = create_token(
        organization=member.organization, label="shop", actor=member.user
    ).token

    post(client, "profile_token", "laptop", token.pk, profile="laptop")
    token.refresh_from_db()
    assert token.profile == laptop

    post(client, "profile_token", "laptop", token.pk, profile="owner")
    token.refresh_from_db()
    assert (token.profile, token.follows_owner) == (None, True)


def test_what_is_exported_is_imported(client, laptop):
    for query in ("", "?format=json"):
        exported = client.get(url("profile_export", "laptop") + query)
        file = SimpleUploadedFile("laptop", exported.content)
        assert post(client, "profile_import", file=file).status_code == 302

    cut = SimpleUploadedFile("laptop", exported.content[:40])
    refused = post(client, "profile_import", file=cut)
    assert refused.status_code == 422
    assert "was cut" in refused.content.decode()


def test_copy_delete_and_restore(client, laptop):
    post(client, "profile_copy", "laptop", name="Second")
    post(client, "profile_delete", "laptop")

    assert client.get("/profiles/laptop/").status_code == 404
    assert "Restore" in client.get("/profiles/").content.decode()
    post(client, "profile_restore", "laptop")
    assert client.get("/profiles/laptop/").status_code == 200
    assert Profile.objects.count() == 2


def test_the_default_rule_is_set(client, member):
    model = enabled_model(member.organization)

    post(client, "default_model_set", model=model.reference)

    member.organization.refresh_from_db()
    assert member.organization.default_model == model
    assert post(client, "default_model_set", model="x/y").status_code == 422


WRITES = [
    ("profile_create", ()),
    ("profile_edit", ("laptop",)),
    ("preference_edit", ("laptop", "roles", "*")),
    ("preference_remove", ("laptop", "roles", "*")),
    ("profile_copy", ("laptop",)),
    ("profile_delete", ("laptop",)),
    ("profile_import", ()),
    ("default_model_set", ()),
]


@pytest.mark.parametrize(("name", "args"), WRITES)
def test_viewers_change_nothing(client, laptop, member, name, args):
    viewer = MembershipFactory(organization=member.organization, role=Role.VIEWER)
    client.force_login(viewer.user)

    assert post(client, name, *args).status_code == 403


def test_viewers_look_and_choose_for_themselves(client, laptop, member):
    viewer = MembershipFactory(organization=member.organization, role=Role.VIEWER)
    client.force_login(viewer.user)

    assert client.get("/profiles/").status_code == 200
    assert client.get("/profiles/laptop/").status_code == 200
    assert post(client, "profile_activate", "laptop").status_code == 302
    viewer.refresh_from_db()
    assert viewer.profile == laptop


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("profile_detail", ()),
        ("profile_export", ()),
        ("profile_edit", ()),
        ("preference_add", ()),
        ("preference_edit", ("roles", "*")),
    ],
)
def test_another_organisations_profile_is_not_there(client, laptop, name, args):
    client.force_login(MembershipFactory(role=Role.ADMIN).user)

    assert client.get(url(name, "laptop", *args)).status_code == 404


def test_another_organisations_profile_cannot_be_changed(client, laptop):
    other = MembershipFactory(role=Role.ADMIN)
    client.force_login(other.user)

    for name in ("profile_activate", "profile_copy", "profile_delete"):
        assert post(client, name, "laptop").status_code == 404
    delete_profile(profile=laptop, actor=None)
    assert post(client, "profile_restore", "laptop").status_code == 404


def test_how_many_models_fit_is_told_while_one_types(editor, organization):
    enabled_model(organization, model_name="plain", context_window=8_000)
    enabled_model(organization, model_name="wide", context_window=200_000)
    profile = create_profile(
        organization=organization, name="Wide", document={}, actor=None
    )
    form = {"expected_version": profile.version}

    def fits(**typed):
        address = f"/profiles/{profile.slug}/roles/planner/fits/"
        return editor.post(address, {**form, **typed}).content.decode()

    assert fits() == "2 of 2 enabled models fit"
    assert fits(min_context_tokens="100000") == "1 of 2 enabled models fits"
    assert fits(min_context_tokens="many") == "A value is out of range."
    page = editor.get(f"/profiles/{profile.slug}/roles/planner/").content.decode()
    assert "2 of 2 enabled models fit" in page
