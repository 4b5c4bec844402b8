"""Joining by an invitation's link: once, within seven days, and as the one invited."""

import datetime
import re

import pytest
from django.contrib.auth import get_user
from django.core import mail
from django.test import Client
from django.utils import timezone

from registry.models import AuditEntry, Invitation, Membership, Role, User
from tests.factories import MembershipFactory, OrganizationFactory

PEOPLE = "/settings/people/"
INVITE = f"{PEOPLE}invite/"
PASSWORD = "Quite-long-42"
ACCOUNT = {"first_name": "Noor", "password": PASSWORD, "again": PASSWORD}


@pytest.fixture
def admin(organization) -> Client:
    client = Client()
    boss = User.objects.create_user("boss@example.com")
    MembershipFactory(organization=organization, role=Role.ADMIN, user=boss)
    client.force_login(boss)
    return client


def link_in(response) -> str:
    found = re.search(
        r"http://testserver(/invitations/\S+?)</code>", response.content.decode()
    )
    return found[1]


@pytest.fixture
def link(admin) -> str:
    return link_in(admin.post(INVITE, {"email": "New@Example.com", "role": "analyst"}))


def test_a_newcomer_makes_an_account_and_is_signed_in(link, organization):
    client = Client()
    assert "Join" in client.get(link).content.decode()

    response = client.post(link, ACCOUNT)

    person = User.objects.get(email="new@example.com")
    assert response["Location"] == "/"
    assert get_user(client) == person
    assert person.memberships.get().role == Role.ANALYST
    actions = AuditEntry.objects.filter(organization=organization).order_by("pk")
    assert [one.action for one in actions] == [
        "invitation.made",
        "invitation.accepted",
        "membership.added",
        "user.signed_in",
    ]


def test_the_secret_is_stored_and_logged_nowhere(link):
    secret = link.split("/")[2]

    assert secret not in str(list(Invitation.objects.values()))
    assert secret not in str(list(AuditEntry.objects.values()))


def test_nothing_is_made_before_the_person_agrees(link):
    Client().get(link)

    assert not User.objects.filter(email="new@example.com").exists()
    assert Invitation.objects.get().accepted_at is None


def test_a_link_works_once(link):
    Client().post(link, ACCOUNT)

    response = Client().post(link, ACCOUNT)

    assert response.status_code == 410
    assert "used already" in response.content.decode()


def test_a_link_expires_and_is_renewed(admin, link):
    Invitation.objects.update(expires_at=timezone.now() - datetime.timedelta(hours=1))
    assert Client().get(link).status_code == 410
    row = Invitation.objects.get()

    renewed = link_in(admin.post(f"{PEOPLE}invitations/{row.pk}/renew/"))

    assert Client().get(link).status_code == 404
    assert Client().get(renewed).status_code == 200


def test_a_withdrawn_link_lets_nobody_in(admin, link):
    row = Invitation.objects.get()

    admin.post(f"{PEOPLE}invitations/{row.pk}/withdraw/")

    response = Client().post(link, ACCOUNT)
    assert response.status_code == 410
    assert "withdrawn" in response.content.decode()
    assert not User.objects.filter(email="new@example.com").exists()


def test_who_has_an_account_signs_in_and_joins(link, organization):
    person = User.objects.create_user("new@example.com", PASSWORD)
    client = Client()
    assert "Sign in with it" in client.get(link).content.decode()
    assert not User.objects.filter(first_name="Noor").exists()
    client.force_login(person)

    client.post(link)

    assert person.memberships.get().organization == organization


def test_an_account_is_not_taken_over_by_a_link(link):
    person = User.objects.create_user("new@example.com", PASSWORD)

    Client().post(link, {**ACCOUNT, "password": "Another-1-pass", "again": "x"})

    person.refresh_from_db()
    assert person.check_password(PASSWORD)
    assert not person.memberships.exists()


def test_somebody_else_cannot_use_it(link, stranger):
    response = stranger.post(link)

    assert response.status_code == 403
    assert "Open" not in str(Invitation.objects.get().accepted_at)
    assert Invitation.objects.get().accepted_at is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"password": "short", "again": "short"},
        {"password": "password123", "again": "password123"},
        {"password": "new@example.com", "again": "new@example.com"},
        {"again": "Quite-long-43"},
        {"password": "", "again": ""},
        {"first_name": "x" * 200},
    ],
)
def test_what_is_wrong_is_said_at_the_field(link, wrong):
    response = Client().post(link, {**ACCOUNT, **wrong})

    assert response.status_code == 422
    assert response.context["form"].errors
    assert Invitation.objects.get().accepted_at is None


@pytest.mark.parametrize("secret", ["x", "a" * 43, "%00", "..%2F..", "ü"])
def test_a_made_up_link_leads_nowhere(db, client, secret):
    assert client.get(f"/invitations/{secret}/").status_code == 404


@pytest.mark.parametrize(
    "email",
    [
        "no address",
        "",
        "boss@example.com",
        "BOSS@example.com",
        # A Cyrillic a in the name, in the domain; full-width letters.
        "bоss@example.com",
        "boss@exаmple.com",
        "boss@ｅxample.com",
        "x@example.com\x00",
    ],
)
def test_a_wrong_address_is_refused_beside_the_field(admin, email):
    response = admin.post(INVITE, {"email": email, "role": "editor"})

    assert response.status_code == 422
    assert response.context["form"].errors["email"]
    assert not Invitation.objects.exists()


def test_nobody_is_invited_twice_at_a_time(admin, link):
    response = admin.post(INVITE, {"email": "NEW@example.com", "role": "viewer"})

    assert response.status_code == 422
    assert "invited already" in response.content.decode()


def test_a_member_by_now_keeps_their_role(link, organization):
    person = User.objects.create_user("new@example.com", PASSWORD)
    MembershipFactory(user=person, organization=organization, role=Role.VIEWER)
    client = Client()
    client.force_login(person)

    client.post(link)

    assert Membership.objects.get(user=person).role == Role.VIEWER


def test_an_invitation_of_another_organisation_is_not_there(admin):
    theirs = Invitation.objects.create(
        organization=OrganizationFactory(),
        email="x@example.com",
        digest="0" * 64,
        expires_at=timezone.now(),
    )

    for verb in ("renew", "withdraw"):
        url = f"{PEOPLE}invitations/{theirs.pk}/{verb}/"
        assert admin.post(url).status_code == 404


def test_with_a_mail_server_the_link_is_mailed(admin, settings):
    settings.EMAIL_HOST = "mail.example.com"

    response = admin.post(INVITE, {"email": "new@example.com", "role": "viewer"})

    assert mail.outbox[0].to == ["new@example.com"]
    assert link_in(response) in mail.outbox[0].body
    assert "It was mailed to them." in response.content.decode()


def test_a_removal_is_taken_back(admin, organization, membership):
    admin.post(f"{PEOPLE}{membership.pk}/remove/")
    entry = AuditEntry.objects.get(action="membership.removed")

    admin.post(f"{PEOPLE}restore/{entry.pk}/")
    twice = admin.post(f"{PEOPLE}restore/{entry.pk}/")

    again = Membership.objects.get(user=membership.user)
    assert again.role == membership.role
    assert twice.status_code == 422
