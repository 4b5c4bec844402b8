"""A new password by a mailed link; nobody learns from it who has an account."""

import re
import time

import pytest
import time_machine
from django.contrib.auth import get_user
from django.core import mail
from django.test import Client

from registry.models import AuditEntry, EmailState, User
from tests.factories import MembershipFactory

FORGOTTEN = "/sign-in/forgotten/"
OLD, NEW = "Quite-long-42", "Another-long-43"


@pytest.fixture(autouse=True)
def _mail_server(settings) -> None:
    settings.EMAIL_HOST = "mail.example.com"


@pytest.fixture
def person(organization) -> User:
    user = User.objects.create_user("mira@example.com", OLD)
    MembershipFactory(user=user, organization=organization)
    return user


def ask(client: Client, email: str = "mira@example.com"):
    return client.post(FORGOTTEN, {"email": email})


def mailed_link() -> str:
    return re.search(r"http://testserver(/\S+)", mail.outbox[-1].body)[1]


def choose(client: Client, link: str, one: str = NEW, again: str = NEW):
    """Open the link as a browser does, and send the form behind it."""
    page = client.get(link, follow=True)
    address = page.redirect_chain[-1][0] if page.redirect_chain else link
    return client.post(address, {"password1": one, "password2": again})


def test_the_sign_in_page_leads_to_it(client, db):
    assert f'href="{FORGOTTEN}"' in client.get("/sign-in/").content.decode()
    assert client.get(FORGOTTEN).status_code == 200


def test_the_link_sets_a_new_password_and_signs_out_everywhere(client, person):
    elsewhere = Client()
    elsewhere.force_login(person)

    ask(client)
    response = choose(client, mailed_link())

    assert response["Location"] == "/sign-in/"
    assert not get_user(client).is_authenticated
    assert not get_user(elsewhere).is_authenticated
    person.refresh_from_db()
    assert person.check_password(NEW)
    assert person.email_state == EmailState.VERIFIED
    entry = AuditEntry.objects.get(action="user.password_set")
    assert entry.after == {"password": "set", "by": "mailed link"}
    assert "was set" in mail.outbox[-1].body


def test_the_link_works_once(client, person):
    ask(client)
    link = mailed_link()
    choose(client, link)

    again = Client().get(link)

    assert again.status_code == 410
    assert "no longer works" in again.content.decode()


def test_the_link_works_for_two_hours(client, person):
    ask(client)
    link = mailed_link()

    with time_machine.travel(time.time() + 2 * 3600 + 60):
        assert client.get(link).status_code == 410


def test_a_weak_password_is_refused_beside_the_field(client, person):
    ask(client)

    response = choose(client, mailed_link(), "short", "short")

    assert response.status_code == 422
    assert "too short" in response.content.decode()


def test_the_page_says_the_same_for_addresses_that_nobody_has(client, person):
    known, unknown = ask(client), ask(client, "nobody@example.com")

    for response, name in ((known, "mira"), (unknown, "nobody")):
        said = f"If there is an account with {name}@example.com, a link"
        assert response.status_code == 200
        assert said in response.content.decode()
    assert [one.to for one in mail.outbox] == [
        ["mira@example.com"],
        ["nobody@example.com"],
    ]
    assert "no open account" in mail.outbox[1].body


def test_a_closed_account_gets_no_link(client, person):
    person.is_active = False
    person.save()

    ask(client)

    assert FORGOTTEN not in mail.outbox[0].body


def test_the_message_goes_to_the_address_of_the_account(client, person):
    ask(client, "MIRA@example.com")

    assert mail.outbox[0].to == ["mira@example.com"]


def test_the_link_leads_to_where_people_reach_modelhub(client, person, settings):
    settings.MODELHUB_URL = "https://hub.example.com"

    ask(client)

    assert f"https://hub.example.com{FORGOTTEN}" in mail.outbox[0].body


@pytest.mark.parametrize("email", ["mira@example.com", "nobody@example.com"])
def test_five_messages_an_hour_go_to_one_address(client, person, email):
    for _ in range(5):
        ask(client, email)

    refused = ask(client, email)

    assert refused.status_code == 429
    assert int(refused["Retry-After"]) > 3000
    assert "Try again in 60 minutes." in refused.content.decode()
    assert len(mail.outbox) == 5


@pytest.mark.parametrize("email", ["", "mira", "mira@"])
def test_what_is_no_address_is_said_beside_the_field(client, db, email):
    response = ask(client, email)

    assert response.status_code == 422
    assert response.context["form"].errors["email"]


def test_without_a_mail_server_there_is_no_link_but_a_sentence(client, db, settings):
    settings.EMAIL_HOST = ""

    text = client.get("/sign-in/").content.decode()

    assert FORGOTTEN not in text
    assert "Ask an administrator for a one-time link" in text
    assert client.get(FORGOTTEN).status_code == 404
    assert ask(client).status_code == 404
