"""Signing in by password: what works, what is refused, and what is said."""

import pytest
from django.contrib.auth import get_user
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from registry.models import AuditEntry, User
from tests.factories import MembershipFactory

SIGN_IN = "/sign-in/"
PASSWORD = "Quite-long-42"


@pytest.fixture
def person(organization) -> User:
    user = User.objects.create_user("mira@example.com", PASSWORD)
    MembershipFactory(user=user, organization=organization)
    return user


def try_to(client: Client, email="mira@example.com", password=PASSWORD, **more):
    return client.post(SIGN_IN, {"login": email, "password": password, **more})


def test_a_visitor_is_sent_to_the_sign_in_page(client, db):
    response = client.get("/models/")

    assert response.status_code == 302
    assert response["Location"] == f"{reverse('sign_in')}?next=/models/"


def test_a_person_signs_in_and_comes_to_the_page_asked_for(client, person):
    response = try_to(client, next="/models/")

    assert (response.status_code, response["Location"]) == (302, "/models/")
    assert get_user(client) == person


@pytest.mark.parametrize("email", ["Mira@Example.com", " MIRA@EXAMPLE.COM "])
def test_the_case_of_an_address_does_not_matter(client, person, email):
    try_to(client, email)

    assert get_user(client) == person


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/"])
def test_nobody_is_sent_to_another_site(client, person, elsewhere):
    assert try_to(client, next=elsewhere)["Location"] == "/"


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("mira@example.com", "wrong"),
        ("nobody@example.com", PASSWORD),
        # A Cyrillic letter that looks like a Latin one, and full-width letters.
        ("mirа@example.com", PASSWORD),
        ("ｍｉｒａ@example.com", PASSWORD),
        ("mira@example.com", PASSWORD.upper()),
        ("mira@example.com", "x" * 5000),
        ("mira@example.com\x00", PASSWORD),
        ("' or 1=1 --", PASSWORD),
        ("", ""),
    ],
)
def test_what_is_not_right_is_refused_with_the_address_kept(
    client, person, email, password
):
    response = try_to(client, email, password)

    assert response.status_code == 422
    assert not get_user(client).is_authenticated
    assert password not in response.content.decode() or password == ""


def test_wrong_and_unknown_sound_alike(client, person):
    wrong = try_to(client, password="wrong").context["form"].non_field_errors()
    unknown = try_to(client, "x@example.com").context["form"].non_field_errors()

    assert wrong == unknown == ["Email and password do not match."]


def test_the_sixth_wrong_attempt_has_to_wait_and_is_told_how_long(client, person):
    for _ in range(5):
        assert try_to(client, password="wrong").status_code == 422

    response = try_to(client)

    assert response.status_code == 429
    assert "Try again in 5 minutes." in response.content.decode()
    assert 200 < int(response["Retry-After"]) <= 301
    assert not get_user(client).is_authenticated


def test_others_and_other_networks_still_come_in(client, person):
    for _ in range(6):
        try_to(client, password="wrong")
    other = User.objects.create_user("other@example.com", PASSWORD)

    try_to(client, "other@example.com")
    elsewhere = Client(REMOTE_ADDR="198.51.100.7")
    try_to(elsewhere)

    assert get_user(client) == other
    assert get_user(elsewhere) == person


def test_an_account_is_not_guessed_from_many_networks(person):
    answers = [
        try_to(Client(REMOTE_ADDR=f"198.51.100.{n}"), password="wrong").status_code
        for n in range(1, 62)
    ]

    assert answers == [422] * 60 + [429]


def test_a_network_that_tries_very_often_is_told_to_wait(client, person):
    answers = [try_to(client, f"p{n}@example.com").status_code for n in range(21)]

    assert answers[-1] == 429
    assert "Try again in" in try_to(client).content.decode()


def test_a_right_password_uses_up_no_attempt(person):
    for _ in range(8):
        assert try_to(Client()).status_code == 302


def test_sign_ins_and_failures_are_in_the_log_without_the_password(client, person):
    for _ in range(3):
        try_to(client, password="secret-and-wrong")
    try_to(client)

    entries = AuditEntry.objects.order_by("pk")
    assert [one.action for one in entries] == ["user.sign_in_failed", "user.signed_in"]
    assert entries[1].after == {"method": "password", "failed_before": 3}
    assert entries[1].organization == person.memberships.get().organization
    assert "secret-and-wrong" not in str(list(entries.values()))


def test_limits_are_kept_in_the_database_that_all_processes_share(settings):
    assert "db.DatabaseCache" in settings.CACHES["default"]["BACKEND"]
    assert cache._table == "registry_cache"


def test_a_closed_account_is_told_so(client, person):
    User.objects.update(is_active=False)

    response = client.post(
        SIGN_IN, {"login": person.email, "password": PASSWORD}, follow=True
    )

    assert response.status_code == 403
    assert "This account is closed" in response.content.decode()


def test_nobody_signs_up(client, db):
    for path in ("/sign-up/", "/accounts/signup/", "/signup/"):
        assert client.get(path).status_code in (302, 404)
        assert client.post(path, {"email": "x@example.com"}).status_code in (302, 404)
    assert User.objects.count() == 0


def test_an_editor_sees_the_overview(editor):
    assert editor.get("/").status_code == 200


def test_signing_out_takes_a_post(client, person):
    try_to(client)

    assert "Sign out?" in client.get("/sign-out/").content.decode()
    assert client.post("/sign-out/")["Location"] == SIGN_IN
    assert not get_user(client).is_authenticated


def test_a_removed_member_finds_nothing_with_the_next_click(client, person):
    try_to(client)

    person.memberships.all().delete()

    assert client.get("/models/").status_code == 404
    assert client.get("/account/").status_code == 200
