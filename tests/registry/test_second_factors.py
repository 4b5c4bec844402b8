"""Second factors: an app with codes, recovery codes, and what is refused."""

import re
import time

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.contrib.auth import get_user
from django.test import Client

from modelhub.sign_in_link import sign_in_link
from registry.models import AuditEntry, User
from tests.factories import MembershipFactory

PASSWORD = "Quite-long-42"
APP = "/account/app/"
CODES = "/account/codes/"
STEP = "/sign-in/second-factor/"


@pytest.fixture
def person(organization) -> User:
    user = User.objects.create_user("mira@example.com", PASSWORD)
    MembershipFactory(user=user, organization=organization)
    return user


def signed_in(person: User) -> Client:
    client = Client()
    sign_in(client, person)
    return client


def sign_in(client: Client, person: User):
    return client.post("/sign-in/", {"login": person.email, "password": PASSWORD})


def code_of(secret: str, steps: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


@pytest.fixture
def secret(person) -> str:
    """The person has an app; this is what it knows."""
    client = signed_in(person)
    secret = client.get(APP).context["form"].secret
    response = client.post(APP, {"code": code_of(secret)})
    assert (response.status_code, response["Location"]) == (302, CODES)
    return secret


def recovery_codes(client: Client) -> list[str]:
    return client.get(CODES).context["unused_codes"]


def test_with_an_app_a_password_alone_does_not_let_in(person, secret):
    client = Client()

    response = sign_in(client, person)

    assert response["Location"] == STEP
    assert not get_user(client).is_authenticated
    assert client.get("/models/").status_code == 302


def test_password_and_code_let_in(person, secret):
    client = Client()
    sign_in(client, person)

    client.post(STEP, {"code": code_of(secret, 1)})

    assert get_user(client) == person
    newest = AuditEntry.objects.filter(action="user.signed_in").first()
    assert newest.after["method"] == "password + code of an app"


def test_a_code_works_once(person, secret):
    code = code_of(secret, 1)
    first, second = Client(), Client()
    sign_in(first, person)
    sign_in(second, person)

    first.post(STEP, {"code": code})
    response = second.post(STEP, {"code": code})

    assert response.status_code == 422
    assert not get_user(second).is_authenticated


def test_a_recovery_code_lets_in_once(person, secret):
    first = Client()
    sign_in(first, person)
    first.post(STEP, {"code": code_of(secret, 1)})
    code = recovery_codes(first)[0]
    second, third = Client(), Client()
    sign_in(second, person)
    sign_in(third, person)

    second.post(STEP, {"code": code})
    third.post(STEP, {"code": code})

    assert get_user(second) == person
    assert not get_user(third).is_authenticated
    assert len(recovery_codes(second)) == 9


def test_after_five_wrong_codes_the_right_one_has_to_wait(person, secret):
    client = Client()
    sign_in(client, person)
    for number in range(5):
        assert client.post(STEP, {"code": f"00000{number}"}).status_code == 422

    response = client.post(STEP, {"code": code_of(secret, 1)})

    assert response.status_code == 429
    assert "Wait five minutes" in response.content.decode()


@pytest.mark.parametrize("code", ["", "abc", "0" * 400, "١٢٣٤٥٦", "12\x0034"])
def test_what_is_no_code_is_refused(person, secret, code):
    client = Client()
    sign_in(client, person)

    assert client.post(STEP, {"code": code}).status_code == 422


def test_the_step_needs_a_password_first(client, db):
    assert client.get(STEP)["Location"] == "/sign-in/"


def test_a_wrong_code_adds_no_app(person):
    client = signed_in(person)
    client.get(APP)

    response = client.post(APP, {"code": "000000"})

    assert response.status_code == 422
    assert "That code is wrong" in response.content.decode()
    assert not Authenticator.objects.exists()


def test_secrets_are_encrypted_and_in_no_log(person, secret):
    stored = str(list(Authenticator.objects.values_list("data", flat=True)))
    log = str(list(AuditEntry.objects.values()))

    assert secret not in stored
    assert secret not in log


def test_adding_and_removing_are_in_the_log(person, secret):
    client = Client()
    sign_in(client, person)
    client.post(STEP, {"code": code_of(secret, 1)})

    response = client.post("/account/app/remove/")

    assert response["Location"] == "/account/"
    assert not Authenticator.objects.exists()
    actions = AuditEntry.objects.exclude(action="user.signed_in").order_by("pk")
    assert [(one.action, one.before, one.after) for one in actions] == [
        ("user.factor_added", None, {"factor": "authenticator app"}),
        ("user.factor_removed", {"factor": "authenticator app"}, None),
    ]


def test_a_while_after_signing_in_a_change_asks_again(person, secret):
    client = Client()
    sign_in(client, person)
    client.post(STEP, {"code": code_of(secret, 1)})

    with time_machine.travel(time.time() + 20 * 60):
        response = client.post("/account/app/remove/")
        assert response["Location"].startswith("/sign-in/again/")
        wrong = client.post("/sign-in/again/", {"password": "wrong"})
        assert wrong.status_code == 422
        assert Authenticator.objects.exists()
        again = client.post("/sign-in/again/?next=/account/", {"password": PASSWORD})
        assert again["Location"] == "/account/"


def test_new_recovery_codes_replace_the_old(person, secret):
    client = Client()
    sign_in(client, person)
    client.post(STEP, {"code": code_of(secret, 1)})
    old = recovery_codes(client)

    client.post("/account/codes/new/")

    assert not set(old) & set(recovery_codes(client))
    text = client.get("/account/codes/file/").content.decode()
    assert re.findall(r"^\d{8}$", text, re.M) == recovery_codes(client)


def test_a_link_of_the_console_lets_in_who_lost_the_second_factor(person, secret):
    person.refresh_from_db()
    client = Client()
    client.get(sign_in_link(person, "http://testserver"))

    assert get_user(client) == person
    assert client.post("/account/app/remove/").status_code == 302
    assert not Authenticator.objects.exists()


def test_a_passkey_of_somebody_else_is_not_there(person):
    other = User.objects.create_user("other@example.com", PASSWORD)
    theirs = Authenticator.objects.create(
        user=person, type="webauthn", data={"name": "Laptop", "credential": {}}
    )

    response = signed_in(other).get(f"/account/passkeys/{theirs.pk}/remove/")

    assert response.status_code == 404


NO_PASSKEYS = [
    "",
    "null",
    "{}",
    "[]",
    "1",
    "x",
    '{"id": 1}',
    '{"id": "a", "rawId": ""}',
]


@pytest.mark.parametrize("credential", NO_PASSKEYS)
def test_what_is_no_passkey_signs_nobody_in(client, person, credential):
    response = client.post("/sign-in/passkey/", {"credential": credential})

    assert response["Location"] == "/sign-in/"
    assert not get_user(client).is_authenticated
