"""One's own page: name, password, and the browsers in which one is signed in."""

import time

import pytest
import time_machine
from django.contrib.auth import get_user
from django.test import Client

from registry.models import AuditEntry, User
from registry.sign_in.sessions import browser_of
from tests.factories import MembershipFactory

ACCOUNT = "/account/"
PASSWORD = "Quite-long-42"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
def person(organization) -> User:
    user = User.objects.create_user("mira@example.com", PASSWORD)
    MembershipFactory(user=user, organization=organization)
    return user


def browser(person: User, agent: str = FIREFOX) -> Client:
    client = Client(HTTP_USER_AGENT=agent)
    client.post("/sign-in/", {"login": person.email, "password": PASSWORD})
    assert get_user(client) == person
    return client


def sessions(client: Client):
    return client.get(ACCOUNT).context["sessions"]


def test_both_browsers_are_listed_with_the_own_one_first(person):
    browser(person)
    mine = browser(person, "curl/8.5")

    found = sessions(mine)

    assert [(one.browser, one.is_current) for one in found] == [
        ("curl", True),
        ("Firefox on Linux", False),
    ]


def test_one_other_browser_is_signed_out(person):
    other, mine = browser(person), browser(person)
    gone = next(one for one in sessions(mine) if not one.is_current)

    mine.post(f"/account/sessions/{gone.pk}/end/")

    assert not get_user(other).is_authenticated
    assert get_user(mine) == person
    assert len(sessions(mine)) == 1
    assert AuditEntry.objects.first().action == "user.session_ended"


def test_everywhere_else_means_sessions_that_no_list_knows_too(person):
    other, unlisted, mine = browser(person), Client(), browser(person)
    unlisted.force_login(person)

    mine.post("/account/sessions/end/")

    assert not get_user(other).is_authenticated
    assert not get_user(unlisted).is_authenticated
    assert get_user(mine) == person
    assert AuditEntry.objects.first().after == {"sessions": 2}


def test_the_sessions_of_others_are_out_of_reach(person, editor):
    mine = browser(person)
    own = sessions(mine)[0]

    assert editor.post(f"/account/sessions/{own.pk}/end/").status_code == 404
    editor.post("/account/sessions/end/")

    assert get_user(mine) == person


def test_use_is_noted_every_ten_minutes(person):
    mine = browser(person)
    before = sessions(mine)[0].seen_at

    with time_machine.travel(time.time() + 11 * 60):
        mine.get("/settings/roles/")
        # The list itself notes the use too: look at the row.
        seen = person.usersession_set.get().last_seen_at

    assert (seen - before).total_seconds() >= 10 * 60


def test_a_new_password_signs_the_other_browsers_out(person):
    other, mine = browser(person), browser(person)
    new = {"new_password1": "Longer-still-7", "new_password2": "Longer-still-7"}

    mine.post("/account/password/", new)

    assert get_user(mine) == person
    assert other.get("/models/").status_code == 302
    assert len(sessions(mine)) == 1
    assert AuditEntry.objects.first().after == {"password": "set"}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("short", "short"),
        ("password123", "password123"),
        ("mira@example.com", "mira@example.com"),
        ("Quite-long-43", "Quite-long-44"),
        ("", ""),
    ],
)
def test_a_weak_password_is_refused_at_the_field(person, first, second):
    mine = browser(person)

    response = mine.post(
        "/account/password/", {"new_password1": first, "new_password2": second}
    )

    assert response.status_code == 422
    assert response.context["form"].errors
    person.refresh_from_db()
    assert person.check_password(PASSWORD)


def test_a_name_is_saved_and_in_the_log(person):
    mine = browser(person)

    mine.post("/account/name/", {"first_name": "Mira", "last_name": "Koch"})

    person.refresh_from_db()
    assert person.get_full_name() == "Mira Koch"
    assert AuditEntry.objects.first().after == {
        "first_name": "Mira",
        "last_name": "Koch",
    }


@pytest.mark.parametrize("name", ["x" * 151, "a\x00b"])
def test_a_name_that_does_not_fit_is_kept_in_the_field(person, name):
    response = browser(person).post("/account/name/", {"first_name": name})

    assert response.status_code == 422
    assert response.context["form"].errors


def test_a_visitor_has_no_account_page(client, db):
    for path in (ACCOUNT, "/account/password/", "/account/app/", "/account/codes/"):
        assert client.get(path)["Location"].startswith("/sign-in/")


@pytest.mark.parametrize(
    ("host", "offered"),
    [("localhost", True), ("127.0.0.1:8000", False), ("[::1]:8000", False)],
)
def test_passkeys_are_offered_where_browsers_have_them(person, host, offered):
    response = browser(person).get(ACCOUNT, headers={"host": host})

    assert response.context["can_have_passkeys"] is offered


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (FIREFOX, "Firefox on Linux"),
        ("", "Unknown browser"),
        ("Mozilla/5.0 (iPhone; CPU) AppleWebKit Safari/604.1", "Safari on iPhone"),
        (
            "Mozilla/5.0 (Windows NT 10.0) Chrome/140 Safari/537 Edg/140",
            "Edge on Windows",
        ),
        ("<b>x</b>", "<b>x</b>"),
    ],
)
def test_browsers_have_short_names(agent, name):
    assert browser_of(agent) == name
