"""Signing in through another system, against a real provider on loopback."""

from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from django.contrib.auth import get_user
from django.core.exceptions import ImproperlyConfigured
from django.test import Client

from modelhub.single_sign_on import group_roles, openid_connect
from registry.models import AuditEntry, Membership, Role, User
from tests.factories import MembershipFactory
from tests.registry.openid_provider import (
    CLIENT_ID,
    CLIENT_SECRET,
    PERSON,
    openid_provider,
)

DOOR = "/sign-in/with/oidc/"


@pytest.fixture
def provider(organization, settings, monkeypatch):
    with openid_provider() as found:
        monkeypatch.setenv("OIDC_ISSUER", found.issuer)
        monkeypatch.setenv("OIDC_CLIENT_ID", CLIENT_ID)
        monkeypatch.setenv("OIDC_CLIENT_SECRET", CLIENT_SECRET)
        monkeypatch.setenv("OIDC_NAME", "Example ID")
        settings.SOCIALACCOUNT_PROVIDERS = openid_connect()
        settings.SIGN_IN_GROUP_ROLES = group_roles(
            [
                f"ai-team={organization.slug}:editor",
                f"ai-readers={organization.slug}:viewer",
            ]
        )
        yield found


@pytest.fixture
def kept_admin(organization) -> Membership:
    return MembershipFactory(organization=organization, role=Role.ADMIN)


def way_back(client: Client) -> str:
    """Go to the provider and sign in there: the address it sends the browser to."""
    there = client.get(DOOR)["Location"]
    back = httpx.get(there).headers["location"]
    return back.replace("http://testserver", "")


def sign_in(client: Client):
    return client.get(way_back(client))


def role_of(email: str = PERSON["email"]) -> str | None:
    row = Membership.objects.filter(user__email=email).first()
    return row and row.role


def test_a_newcomer_comes_in_with_the_role_of_their_group(provider, client):
    assert "Continue with Example ID" in client.get("/sign-in/").content.decode()

    response = sign_in(client)

    person = User.objects.get(email=PERSON["email"])
    assert (response.status_code, response["Location"]) == (302, "/")
    assert get_user(client) == person
    assert person.get_full_name() == "Noor Haddad"
    assert not person.has_usable_password()
    assert role_of() == Role.EDITOR
    actions = set(AuditEntry.objects.values_list("action", flat=True))
    assert actions == {"membership.added", "user.signed_in"}


def test_the_code_is_asked_for_with_pkce_state_and_nonce(provider, client):
    sign_in(client)

    asked = provider.asked[0]
    assert asked["code_challenge_method"] == "S256"
    assert asked["response_type"] == "code"
    assert len(asked["state"]) >= 16
    assert len(asked["nonce"]) >= 20
    assert set(asked["scope"].split()) == {"openid", "profile", "email"}


def test_the_role_follows_the_groups_at_each_sign_in(provider, client, kept_admin):
    sign_in(client)
    provider.person["groups"] = ["ai-readers", "others"]

    sign_in(Client())

    assert role_of() == Role.VIEWER
    change = AuditEntry.objects.get(action="membership.changed")
    assert (change.before, change.after) == ({"role": "editor"}, {"role": "viewer"})


def test_who_left_all_groups_loses_the_role_and_is_refused(provider, client):
    sign_in(client)
    provider.person["groups"] = []
    other = Client()

    response = sign_in(other)

    assert response.status_code == 403
    assert role_of() is None
    assert not get_user(other).is_authenticated
    assert client.get("/models/").status_code == 404


def test_the_last_admin_stays_whatever_the_groups_say(provider, client, organization):
    user = User.objects.create_user(PERSON["email"])
    MembershipFactory(user=user, organization=organization, role=Role.ADMIN)
    provider.person["groups"] = []

    sign_in(client)

    assert role_of() == Role.ADMIN
    assert AuditEntry.objects.filter(action="membership.kept").exists()


def test_an_account_with_the_same_verified_address_is_the_same_person(provider, client):
    user = User.objects.create_user("Noor@Example.com", "Quite-long-42")

    sign_in(client)

    assert get_user(client) == user
    user.refresh_from_db()
    assert user.check_password("Quite-long-42")


def test_later_the_identity_counts_and_not_the_address(provider, client):
    sign_in(client)
    first = get_user(client)
    provider.person["email"] = "noor.new@example.com"
    again = Client()

    sign_in(again)

    assert get_user(again) == first
    assert User.objects.filter(email="noor.new@example.com").count() == 0


def unverified(provider):
    provider.person["email_verified"] = False


def no_address(provider):
    del provider.person["email"]


def no_group(provider):
    provider.person["groups"] = ["cooks"]


def homoglyph(provider):
    provider.person["email"] = "nооr@exаmple.com"


@pytest.mark.parametrize("bend", [unverified, no_address, no_group, homoglyph])
def test_who_may_not_come_in_gets_no_account(provider, client, bend):
    bend(provider)
    people = User.objects.count()

    response = sign_in(client)

    assert response.status_code == 403
    assert "You are not signed in" in response.content.decode()
    assert User.objects.count() == people


def wrong_nonce(provider):
    provider.claims["nonce"] = "of-another-attempt"


def wrong_audience(provider):
    provider.claims["aud"] = "another-program"


def wrong_issuer(provider):
    provider.claims["iss"] = "https://evil.example"


def too_old(provider):
    provider.claims["exp"] = 1


def wrong_key(provider):
    provider.signing_key = rsa.generate_private_key(65537, 2048)


def another_person(provider):
    provider.claims["sub"] = "2002"


@pytest.mark.parametrize(
    "bend",
    [wrong_nonce, wrong_audience, wrong_issuer, too_old, wrong_key, another_person],
)
def test_an_answer_that_is_not_the_providers_is_refused(provider, client, bend):
    bend(provider)
    people = User.objects.count()

    response = sign_in(client)

    assert response.status_code == 401
    assert not get_user(client).is_authenticated
    assert User.objects.count() == people


def test_an_answer_for_another_browser_is_refused(provider, client):
    address = way_back(client)

    response = Client().get(address)

    assert response.status_code == 401
    assert get_user(client).is_authenticated is False


@pytest.mark.parametrize(
    "query", ["", "?state=x", "?code=x&state=x", "?error=access_denied", "?state=%00"]
)
def test_a_made_up_answer_is_refused(provider, client, query):
    assert client.get(f"{DOOR}back/{query}").status_code == 401


def test_an_answer_works_once(provider, client):
    address = way_back(client)
    client.get(address)

    assert Client().get(address).status_code == 401


def test_a_provider_that_says_it_is_another_is_not_asked(provider, client):
    provider.issuer_said = "https://evil.example"

    response = client.get(DOOR)

    assert response.status_code == 502
    assert provider.asked == []


def test_a_provider_that_is_away_is_said_to_be(provider, client, settings):
    app = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]
    app["settings"]["server_url"] = "http://127.0.0.1:9"

    response = client.get(DOOR)

    assert response.status_code == 502
    assert "does not answer" in response.content.decode()


def test_nobody_is_sent_to_another_site_afterwards(provider, client):
    there = client.get(f"{DOOR}?next=https://evil.example/")["Location"]
    back = httpx.get(there).headers["location"].replace("http://testserver", "")

    assert client.get(back)["Location"] == "/"


def test_an_address_does_not_ask_for_more(provider, client):
    there = client.get(f"{DOOR}?scope=admin&auth_params=prompt%3Dnone")["Location"]

    query = parse_qs(urlsplit(there).query)
    assert "admin" not in query["scope"][0]
    assert "prompt" not in query


def test_without_a_configuration_there_is_no_such_door(client, db):
    assert client.get(DOOR).status_code == 404
    assert "Continue with" not in client.get("/sign-in/").content.decode()


@pytest.mark.parametrize(
    "line", ["ai-team", "ai-team=acme", "ai-team=acme:boss", "=acme:admin", "a=:admin"]
)
def test_a_mapping_that_says_nothing_fails_at_the_start(line):
    with pytest.raises(ImproperlyConfigured, match="_GROUP_ROLES"):
        group_roles([line])


def test_an_issuer_without_a_client_fails_at_the_start(monkeypatch):
    monkeypatch.setenv("OIDC_ISSUER", "https://id.example.com")
    monkeypatch.delenv("OIDC_CLIENT_ID", raising=False)

    with pytest.raises(ImproperlyConfigured, match="OIDC_CLIENT_ID"):
        openid_connect()


def test_a_group_may_hold_an_equals_sign():
    assert group_roles(["cn=ai,dc=x=acme:admin"])[0].group == "cn=ai,dc=x"
