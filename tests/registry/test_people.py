"""Who belongs to an organisation, and who may change that."""

import re

import pytest
from django.contrib.auth import get_user
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from registry.models import AuditEntry, Membership, Role, User
from tests.factories import MembershipFactory, OrganizationFactory, UserFactory

PEOPLE = "/settings/people/"
INVITE = f"{PEOPLE}invite/"
FRAGMENT = {"HX-Request": "true", "HX-Target": "people-results"}


@pytest.fixture
def admin(organization) -> Client:
    client = Client()
    membership = MembershipFactory(
        organization=organization, role=Role.ADMIN, user__email="boss@example.com"
    )
    client.force_login(membership.user)
    return client


def address(name: str, membership: Membership) -> str:
    return reverse(f"registry:people_{name}", args=[membership.pk])


def link_in(response) -> str:
    return re.search(
        r"http://testserver(/sign-in/link/\S+?)</code>", response.content.decode()
    )[1]


def test_an_admin_sees_everybody_and_their_roles(admin, membership):
    response = admin.get(PEOPLE)

    assert response.status_code == 200
    emails = {member.user.email for member in response.context["members"]}
    assert emails == {"boss@example.com", membership.user.email}


def test_editors_viewers_and_visitors_stay_outside(editor, viewer, client, membership):
    assert editor.get(PEOPLE).status_code == 403
    assert viewer.get(PEOPLE).status_code == 403
    assert viewer.post(INVITE, {"email": "x@example.com"}).status_code == 403
    for name in ("role", "remove", "link"):
        assert editor.post(address(name, membership)).status_code == 403
    assert Client().get(PEOPLE).status_code == 302


def test_a_role_is_changed_and_audited(admin, membership, organization):
    response = admin.post(
        address("role", membership), {"role": "viewer"}, headers=FRAGMENT
    )

    membership.refresh_from_db()
    assert membership.role == Role.VIEWER
    assert response.status_code == 200
    assert b"<html" not in response.content
    entry = AuditEntry.objects.get()
    assert entry.organization == organization
    assert (entry.before, entry.after) == ({"role": "editor"}, {"role": "viewer"})


def test_without_javascript_a_change_redirects(admin, membership):
    response = admin.post(address("role", membership), {"role": "viewer"})

    assert (response.status_code, response["Location"]) == (302, PEOPLE)


@pytest.mark.parametrize(
    ("name", "data"), [("role", {"role": "editor"}), ("remove", {})]
)
def test_the_last_admin_stays(admin, organization, name, data):
    boss = Membership.objects.get(role=Role.ADMIN)

    response = admin.post(address(name, boss), data, headers=FRAGMENT)

    assert response.status_code == 422
    assert "is the last admin of" in response.content.decode()
    boss.refresh_from_db()
    assert boss.role == Role.ADMIN


def test_one_of_two_admins_may_leave(admin, organization):
    MembershipFactory(organization=organization, role=Role.ADMIN)
    boss = Membership.objects.get(user__email="boss@example.com")

    response = admin.post(address("remove", boss), headers=FRAGMENT)

    assert response.status_code in (200, 302)
    assert not Membership.objects.filter(pk=boss.pk).exists()


def test_a_removed_person_keeps_their_account(admin, membership):
    admin.post(address("remove", membership))

    assert not Membership.objects.filter(pk=membership.pk).exists()
    assert User.objects.filter(pk=membership.user_id).exists()
    assert AuditEntry.objects.get().action == "membership.removed"


def test_people_of_another_organisation_are_not_there(admin):
    theirs = MembershipFactory()

    for name in ("role", "remove", "link"):
        response = admin.post(address(name, theirs), {"role": "viewer"})
        assert response.status_code == 404
    theirs.refresh_from_db()
    assert theirs.role == Role.EDITOR


def fresh() -> User:
    return User.objects.create_user("fresh@example.com")


def with_password() -> User:
    return User.objects.create_user("known@example.com", "long-enough-1")


def superuser() -> User:
    return User.objects.create_superuser("root@example.com")


def elsewhere() -> User:
    user = User.objects.create_user("busy@example.com")
    MembershipFactory(user=user, organization=OrganizationFactory())
    return user


@pytest.mark.parametrize("person", [with_password, superuser, elsewhere])
def test_no_link_is_made_to_become_somebody_else(admin, organization, person):
    membership = MembershipFactory(organization=organization, user=person())

    response = admin.post(address("link", membership), headers=FRAGMENT)

    assert response.status_code == 422
    assert "/sign-in/link/" not in response.content.decode()


def test_who_was_added_and_never_signed_in_gets_a_new_link(admin, organization):
    membership = MembershipFactory(organization=organization, user=fresh())

    path = link_in(admin.post(address("link", membership), headers=FRAGMENT))

    browser = Client()
    browser.get(path.replace("&amp;", "&"))
    assert get_user(browser) == membership.user


def test_changes_take_a_post(admin, membership):
    assert admin.get(INVITE).status_code == 405
    for name in ("role", "remove", "link"):
        assert admin.get(address(name, membership)).status_code == 405


def test_the_page_asks_as_much_for_many_people_as_for_few(admin, organization):
    with CaptureQueriesContext(connection) as few:
        admin.get(PEOPLE)
    MembershipFactory.create_batch(8, organization=organization)
    UserFactory.create_batch(3)

    with CaptureQueriesContext(connection) as many:
        admin.get(PEOPLE)

    assert len(many) == len(few)
