"""A person changes the address that they sign in with, with a mail server and without
one."""

import re
import time

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client

from registry.models import AuditEntry, EmailState, User
from registry.services.single_sign_on import Refused, Stated, admit
from tests.factories import MembershipFactory

EMAIL = "/account/email/"
PASSWORD = "Quite-long-42"
NEW = "mira@new.example.com"


@pytest.fixture
def person(organization) -> User:
    user = User.objects.create_user("mira@example.com", PASSWORD)
    MembershipFactory(user=user, organization=organization)
    return user


@pytest.fixture
def browser(person) -> Client:
    client = Client()
    client.post("/sign-in/", {"login": person.email, "password": PASSWORD})
    return client


@pytest.fixture
def has_mail(settings) -> None:
    settings.EMAIL_HOST = "mail.example.com"


def change(browser: Client, email: str = NEW, password: str = PASSWORD):
    return browser.post(EMAIL, {"email": email, "password": password})


def mailed_link() -> str:
    return re.search(r"http://testserver(/\S+)", mail.outbox[-1].body)[1]


@pytest.mark.usefixtures("has_mail")
def test_the_address_changes_when_the_mailed_link_is_opened(browser, person):
    change(browser)
    person.refresh_from_db()
    before = person.email
    link = mailed_link()

    page = browser.get(link)
    browser.post(link)

    person.refresh_from_db()
    assert (page.status_code, before) == (200, "mira@example.com")
    assert (person.email, person.email_state) == (NEW, EmailState.VERIFIED)
    assert [one.to for one in mail.outbox] == [[NEW], ["mira@example.com"]]
    entry = AuditEntry.objects.get(action="user.email_changed")
    assert (entry.before["email"], entry.after["email"]) == ("mira@example.com", NEW)


@pytest.mark.usefixtures("has_mail")
def test_the_link_is_spent_once_the_address_is_another(browser, person):
    change(browser)
    link = mailed_link()
    browser.post(link)

    assert browser.get(link).status_code == 410


@pytest.mark.usefixtures("has_mail")
def test_the_link_works_for_a_day_and_for_this_account_alone(browser, person, editor):
    change(browser)
    link = mailed_link()

    assert editor.post(link).status_code == 410
    assert Client().get(link).status_code == 302
    with time_machine.travel(time.time() + 25 * 3600):
        assert browser.get(link).status_code in (302, 410)
    assert browser.get(link[:-4] + "abc/").status_code == 410
    person.refresh_from_db()
    assert person.email == "mira@example.com"


@pytest.mark.usefixtures("has_mail")
def test_nobody_learns_that_an_address_has_an_account(browser, membership):
    taken = change(browser, membership.user.email)
    free = change(browser)

    assert taken.status_code == free.status_code == 302
    assert "already" in mail.outbox[0].body
    assert EMAIL not in mail.outbox[0].body


@pytest.mark.usefixtures("has_mail")
def test_an_address_that_was_taken_meanwhile_is_refused(browser, person):
    change(browser)
    link = mailed_link()
    User.objects.create_user(NEW)

    assert browser.post(link).status_code == 422
    person.refresh_from_db()
    assert person.email == "mira@example.com"


@pytest.mark.usefixtures("has_mail")
def test_a_person_verifies_the_address_they_have(browser, person):
    browser.post(f"{EMAIL}verify/")
    browser.post(mailed_link())

    person.refresh_from_db()
    assert person.email_state == EmailState.VERIFIED
    assert AuditEntry.objects.filter(action="user.email_verified").count() == 1
    assert f"{EMAIL}verify/" not in browser.get("/account/").content.decode()


@pytest.mark.usefixtures("has_mail")
def test_ten_messages_an_hour_come_from_one_account(browser):
    for number in range(10):
        change(browser, f"one{number}@example.com")

    assert change(browser).status_code == 429
    assert len(mail.outbox) == 10


def test_without_mail_the_password_is_enough(browser, person):
    EmailAddress.objects.create(user=person, email=person.email, primary=True)

    response = change(browser)

    person.refresh_from_db()
    assert response.status_code == 302
    assert (person.email, person.email_state) == (NEW, EmailState.CLAIMED)
    assert not EmailAddress.objects.exists()
    assert mail.outbox == []
    assert AuditEntry.objects.get(action="user.email_changed").actor_label == NEW


def test_without_mail_nothing_offers_to_verify(browser):
    text = browser.get("/account/").content.decode()

    assert f"{EMAIL}verify/" not in text
    assert "ask an administrator for a one-time link" in text
    assert browser.post(f"{EMAIL}verify/").status_code == 404


def test_an_address_that_nobody_verified_opens_no_door_of_other_systems(
    browser, person
):
    change(browser)

    with pytest.raises(Refused, match="has not shown"):
        admit(Stated(email=NEW, is_verified=True, groups=()), None)


def test_an_operator_who_writes_the_address_vouches_for_it(browser, person, operator):
    change(browser)
    page = operator.get(f"/admin/registry/user/{person.pk}/change/")
    form = page.context["adminform"].form
    fields = {
        name: form.initial[name] for name in ("email_state", "first_name", "last_name")
    }

    operator.post(
        f"/admin/registry/user/{person.pk}/change/",
        {**fields, "email": "mira@example.org", "is_active": "on"},
    )

    person.refresh_from_db()
    assert (person.email, person.email_state) == (
        "mira@example.org",
        EmailState.VOUCHED,
    )


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"email": "mira@example.com"}, "email"),
        ({"email": "no address"}, "email"),
        ({"email": "mirа@example.com"}, "email"),
        ({"password": "wrong"}, "password"),
        ({"password": ""}, "password"),
    ],
    ids=["the same", "none", "look-alike", "wrong password", "no password"],
)
def test_bad_input_is_said_beside_the_field_and_kept(browser, person, data, field):
    sent = {"email": NEW, "password": PASSWORD, **data}

    response = browser.post(EMAIL, sent)

    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert sent["email"] in response.content.decode()
    person.refresh_from_db()
    assert person.email == "mira@example.com"


def test_without_mail_an_address_of_another_account_is_refused(browser, membership):
    response = change(browser, membership.user.email.upper())

    assert response.status_code == 422
    assert "belongs to another account" in response.content.decode()


def test_wrong_passwords_are_limited_here_too(browser):
    for _ in range(5):
        change(browser, password="wrong")

    assert change(browser).status_code == 429


def test_an_address_that_somebody_else_takes_in_the_same_moment_is_said(
    browser, person, monkeypatch
):
    User.objects.create_user(NEW, PASSWORD)
    monkeypatch.setattr("registry.forms.account.is_taken", lambda email, user: False)
    monkeypatch.setattr(User, "full_clean", lambda self, exclude=None: None)

    page = change(browser)

    person.refresh_from_db()
    assert page.status_code == 422
    assert "This address belongs to another account by now." in page.text
    assert person.email == "mira@example.com"
