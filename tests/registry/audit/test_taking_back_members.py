"""A change of role and a removal are taken back from the audit log; one admin stays."""

import pytest
from django.test import Client

from registry.models import AuditEntry, Membership, Role, User
from registry.services.memberships import change_role, remove_member
from tests.factories import MembershipFactory, UserFactory

LOG = "/settings/audit/"


@pytest.fixture
def boss(organization) -> Membership:
    return MembershipFactory(organization=organization, role=Role.ADMIN)


@pytest.fixture
def admin(boss) -> Client:
    client = Client()
    client.force_login(boss.user)
    return client


def offered(client: Client, action: str) -> list[str]:
    lines = client.get(LOG, {"action": action}).context["page"].lines
    return [line.undo.address for line in lines if line.undo]


def role_of(user: User) -> str:
    return Membership.objects.get(user=user).role


def test_a_change_of_role_is_taken_back(admin, membership):
    change_role(membership=membership, actor=None, role=Role.ADMIN)
    (address,) = offered(admin, "membership.changed")

    assert admin.post(address).status_code == 302

    assert role_of(membership.user) == Role.EDITOR
    entry = AuditEntry.objects.filter(action="membership.changed").latest("pk")
    assert (entry.before, entry.after) == ({"role": "admin"}, {"role": "editor"})


def test_the_page_of_people_offers_it_at_once(admin, membership):
    text = admin.post(
        f"/settings/people/{membership.pk}/role/",
        {"role": "viewer"},
        headers={"HX-Request": "true", "HX-Target": "people-results"},
    ).content.decode()

    entry = AuditEntry.objects.get(action="membership.changed")
    assert f'action="/settings/people/roles/{entry.pk}/undo/"' in text


def test_a_removal_is_taken_back(admin, membership):
    remove_member(membership=membership, actor=None)
    (address,) = offered(admin, "membership.removed")

    assert admin.post(address).status_code == 302

    assert role_of(membership.user) == Role.EDITOR
    assert offered(admin, "membership.removed") == []


def test_the_last_admin_does_not_vanish_by_it(admin, boss, membership):
    change_role(membership=membership, actor=None, role=Role.ADMIN)
    (address,) = offered(admin, "membership.changed")
    boss.role = Role.VIEWER
    boss.save()
    other = Client()
    other.force_login(membership.user)

    response = other.post(address)

    assert response.status_code == 422
    assert "is the last admin of" in response.content.decode()
    assert role_of(membership.user) == Role.ADMIN


def test_a_role_given_since_is_not_overwritten(admin, membership):
    change_role(membership=membership, actor=None, role=Role.VIEWER)
    (address,) = offered(admin, "membership.changed")
    change_role(membership=membership, actor=None, role=Role.ANALYST)

    response = admin.post(address)

    assert response.status_code == 422
    assert "was given another role since" in response.content.decode()
    assert role_of(membership.user) == Role.ANALYST


def test_who_has_left_is_given_no_role(admin, membership):
    change_role(membership=membership, actor=None, role=Role.VIEWER)
    (address,) = offered(admin, "membership.changed")
    remove_member(membership=membership, actor=None)

    assert offered(admin, "membership.changed") == []
    assert admin.post(address).status_code == 422


def test_the_person_comes_back_and_not_who_has_their_address_now(admin, membership):
    user = membership.user
    remove_member(membership=membership, actor=None)
    address = user.email
    User.objects.filter(pk=user.pk).update(email="moved@example.com")
    UserFactory(email=address)

    (undo,) = offered(admin, "membership.removed")
    admin.post(undo)

    assert role_of(user) == Role.EDITOR
    assert not Membership.objects.filter(user__email=address).exists()


def test_an_older_removal_does_not_come_before_the_newer_one(admin, membership):
    remove_member(membership=membership, actor=None)
    first = AuditEntry.objects.get(action="membership.removed")
    admin.post(f"/settings/people/restore/{first.pk}/")
    remove_member(membership=Membership.objects.get(user=membership.user), actor=None)

    response = admin.post(f"/settings/people/restore/{first.pk}/")

    assert response.status_code == 422
    assert not Membership.objects.filter(user=membership.user).exists()


def test_only_an_admin_may(editor, viewer, membership, organization):
    other = MembershipFactory(organization=organization, role=Role.VIEWER)
    change_role(membership=other, actor=None, role=Role.ANALYST)
    entry = AuditEntry.objects.get(action="membership.changed")

    assert offered(editor, "membership.changed") == []
    for client in (editor, viewer):
        address = f"/settings/people/roles/{entry.pk}/undo/"
        assert client.post(address).status_code == 403


def test_entries_of_another_organisation_are_not_there(admin):
    theirs = MembershipFactory()
    change_role(membership=theirs, actor=None, role=Role.VIEWER)
    entry = AuditEntry.objects.get(action="membership.changed")

    address = f"/settings/people/roles/{entry.pk}/undo/"
    assert admin.post(address).status_code == 404
    theirs.refresh_from_db()
    assert theirs.role == Role.VIEWER
