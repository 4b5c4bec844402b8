"""Profiles are made, edited, deleted and restored, and every change leaves a trace."""

import pytest

from registry.models import AuditEntry, Profile
from registry.profiles.files import ProfileFile
from registry.services.api_tokens import create_token
from registry.services.profile_activation import (
    activate_for_person,
    activate_for_token,
    set_default_model,
)
from registry.services.profiles import (
    ProfileRefused,
    StaleProfile,
    copy_profile,
    create_profile,
    delete_profile,
    edit_profile,
    import_profile,
    restore_profile,
)
from tests.factories import (
    AIModelFactory,
    MembershipFactory,
    OrganizationFactory,
    enabled_model,
)

DOCUMENT = {"roles": {"*": {"models": ["ollama/qwen3:14b"]}}}


@pytest.fixture
def member(db):
    return MembershipFactory()


@pytest.fixture
def made(member):
    return make(member, "Mira's laptop", document=DOCUMENT)


def make(member, name, **more):
    return create_profile(
        organization=member.organization, name=name, actor=member.user, **more
    )


def edit(profile, version=1, **facts):
    return edit_profile(profile=profile, expected_version=version, actor=None, **facts)


def actions():
    return list(AuditEntry.objects.order_by("id").values_list("action", flat=True))


def test_a_short_name_is_made_of_the_name(made):
    assert (made.slug, made.version, made.document) == ("miras-laptop", 1, DOCUMENT)
    assert actions() == ["profile.created"]


def test_a_name_is_taken_once(member, made):
    with pytest.raises(ProfileRefused, match="There is a profile miras-laptop already"):
        make(member, "Miras laptop")


@pytest.mark.parametrize("slug", ["none", "new", "A", "a b", "x" * 61])
def test_some_short_names_cannot_be_used(member, slug):
    with pytest.raises(ProfileRefused):
        make(member, "Name", slug=slug)


def test_an_edit_with_an_old_version_changes_nothing(made):
    edit(made, name="Laptop")

    with pytest.raises(StaleProfile, match="is at version 2"):
        edit(made, name="Desktop")

    assert Profile.objects.get().name == "Laptop"
    assert actions() == ["profile.created", "profile.edited"]


def test_the_same_again_is_no_edit(made):
    assert edit(made, version=7, name=made.name) is False


def test_a_wrong_document_is_refused_with_everything_that_is_wrong(made):
    with pytest.raises(ProfileRefused) as caught:
        edit(made, document={"extends": "A", "roles": {"*": {"models": ["x"]}}})

    assert len(caught.value.problems) == 2


def test_a_circle_is_refused(member, made):
    make(member, "b", document={"extends": made.slug})
    make(member, "c", document={"extends": "b"})

    with pytest.raises(ProfileRefused, match="miras-laptop → c → b → miras-laptop"):
        edit(made, document={"extends": "c"})
    with pytest.raises(ProfileRefused, match="d → d"):
        make(member, "d", document={"extends": "d"})
    with pytest.raises(ProfileRefused, match="extends nobody, which is not there"):
        make(member, "e", document={"extends": "nobody"})


def test_another_organisations_profile_is_not_extended(made):
    other = MembershipFactory()

    with pytest.raises(ProfileRefused, match="not there"):
        make(other, "b", document={"extends": made.slug})


def test_a_copy_says_the_same_and_stands_alone(made):
    copy = copy_profile(profile=made, name="Copy", actor=None)

    edit(made, document={})

    copy.refresh_from_db()
    assert (copy.slug, copy.document) == ("copy", DOCUMENT)


def test_deleting_takes_it_from_whoever_has_it(member, made):
    token = create_token(
        organization=member.organization, label="shop", actor=member.user
    ).token
    activate_for_person(membership=member, profile=made, actor=member.user)
    activate_for_token(token=token, profile=made, actor=member.user)

    assert delete_profile(profile=made, actor=member.user)
    assert not delete_profile(profile=made, actor=member.user)

    member.refresh_from_db()
    token.refresh_from_db()
    assert (member.profile, token.profile) == (None, None)
    entry = AuditEntry.objects.get(action="profile.deleted")
    assert entry.before["people"] == [member.user.email]
    assert entry.before["tokens"] == ["shop"]


def test_what_others_extend_is_not_deleted(member, made):
    make(member, "b", document={"extends": made.slug})

    with pytest.raises(ProfileRefused, match="b extends this profile"):
        delete_profile(profile=made, actor=None)


def test_a_deleted_one_is_restored_only_where_its_base_is(member, made):
    child = make(member, "b", document={"extends": made.slug})
    delete_profile(profile=child, actor=None)
    delete_profile(profile=made, actor=None)

    with pytest.raises(ProfileRefused, match="not there"):
        restore_profile(profile=child, actor=None)

    child.refresh_from_db()
    assert child.archived_at is not None
    assert restore_profile(profile=made, actor=None)
    assert restore_profile(profile=child, actor=None)
    assert not restore_profile(profile=child, actor=None)


def test_an_import_makes_edits_or_leaves_as_it_is(member):
    file = ProfileFile("Laptop", "laptop", "", DOCUMENT)

    happened = [
        import_profile(organization=member.organization, file=one, actor=None)[1]
        for one in (file, file, ProfileFile("Laptop", "laptop", "Mine", {}))
    ]

    assert happened == ["created", "unchanged", "edited"]
    assert Profile.objects.get().document == {}


def test_another_organisations_profile_is_not_activated(member):
    foreign = make(MembershipFactory(), "a")

    with pytest.raises(ProfileRefused, match="no profile a"):
        activate_for_person(membership=member, profile=foreign, actor=None)


def test_activating_twice_is_activating_once(member, made):
    assert activate_for_person(membership=member, profile=made, actor=member.user)
    assert not activate_for_person(membership=member, profile=made, actor=member.user)
    assert activate_for_person(membership=member, profile=None, actor=member.user)
    assert actions().count("profile.activated") == 2


@pytest.mark.django_db
def test_the_default_rule_names_an_enabled_model():
    organization = OrganizationFactory()
    model = enabled_model(organization)

    assert set_default_model(organization=organization, ai_model=model, actor=None)
    assert not set_default_model(organization=organization, ai_model=model, actor=None)
    with pytest.raises(ProfileRefused, match="is not enabled"):
        set_default_model(
            organization=organization, ai_model=AIModelFactory(), actor=None
        )
    assert set_default_model(organization=organization, ai_model=None, actor=None)
    assert actions() == ["organization.default_model"] * 2
