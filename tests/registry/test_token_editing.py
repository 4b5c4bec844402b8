"""An API token is changed after it was made, and the change is taken back."""

import pytest
from django.db import connection
from django.urls import reverse

from analytics.models import BudgetDefinition
from registry.models import ApiToken, AuditEntry, Role
from registry.services.api_token_changes import token_mark
from registry.services.api_tokens import create_token, revoke_token
from tests.factories import FeatureFactory, MembershipFactory

LIST = "/settings/tokens/"


@pytest.fixture
def admin(client, organization):
    client.force_login(
        MembershipFactory(organization=organization, role=Role.ADMIN).user
    )
    return client


@pytest.fixture
def token(organization):
    FeatureFactory(organization=organization, key="planner")
    return create_token(
        organization=organization, label="shop", monthly_limit_usd=20, actor=None
    ).token


def edit(token):
    return reverse("registry:token_edit", args=[token.pk])


def form(token, **changes):
    usual = {
        "label": token.label,
        "scopes": token.scopes,
        "expires_on": "",
        "monthly_limit_usd": "20",
        "seen": token_mark(token),
    }
    return usual | changes


def entry_of(token, action="token.edited"):
    entries = AuditEntry.objects.filter(object_type="apitoken", action=action)
    return entries.get(object_id=str(token.pk))


def test_the_form_holds_what_is_there(admin, token):
    page = admin.get(edit(token)).content.decode()

    assert 'value="shop"' in page
    assert 'value="20"' in page
    assert token.prefix in page
    assert edit(token) in admin.get(LIST).content.decode()


def test_everything_can_be_changed_at_once(admin, token):
    changes = {
        "label": " till ",
        "scopes": ["gateway", "feedback"],
        "expires_on": "2999-12-31",
        "feature_keys": ["planner"],
        "monthly_limit_usd": "7.50",
    }

    assert admin.post(edit(token), form(token, **changes)).status_code == 302

    token.refresh_from_db()
    assert (token.label, token.scopes) == ("till", ["gateway", "feedback"])
    assert token.feature_keys == ["planner"]
    assert token.expires_at.isoformat() == "2999-12-31T23:59:59+00:00"
    assert str(BudgetDefinition.objects.get().amount_usd) == "7.50"
    entry = entry_of(token)
    assert entry.before["monthly_limit_usd"] == "20"
    assert entry.after["features"] == ["planner"]
    log = admin.get("/settings/audit/").content.decode()
    assert "<del>$20.00</del>" in log
    assert "<ins>$7.50</ins>" in log
    assert "31 Dec 2999, 23:59 UTC" in log


def test_a_change_is_taken_back_from_the_audit_log(admin, token):
    admin.post(edit(token), form(token, label="till", monthly_limit_usd=""))
    assert not BudgetDefinition.objects.filter(deleted_at=None).exists()
    log = admin.get("/settings/audit/", {"action": "token.edited"})
    (address,) = [line.undo.address for line in log.context["page"].lines]

    admin.post(address)
    again = admin.post(address, follow=True)

    token.refresh_from_db()
    assert token.label == "shop"
    assert BudgetDefinition.objects.get(deleted_at=None).amount_usd == 20
    assert b"Not taken back. It was changed again since." in again.content


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"label": " "}, "This field is required."),
        ({"label": "a\nb"}, "A name holds no control characters."),
        ({"scopes": []}, "Choose what the token may do."),
        ({"expires_on": "2020-01-01"}, "This moment has passed already."),
        ({"expires_on": "soon"}, "Enter a valid date."),
        ({"feature_keys": ["of-nobody"]}, "of-nobody is not one of the available"),
        ({"monthly_limit_usd": "-1"}, "greater than or equal to 0"),
    ],
)
def test_a_wrong_form_changes_nothing_and_loses_nothing(admin, token, wrong, said):
    response = admin.post(edit(token), form(token, **{"label": "typed", **wrong}))

    page = response.content.decode()
    assert response.status_code == 422
    assert said in page
    assert "Not saved." in page
    assert 'value="typed"' in page or "label" in wrong
    token.refresh_from_db()
    assert token.label == "shop"


def test_of_two_who_edit_one_is_told(admin, token):
    mine = form(token, label="mine")
    admin.post(edit(token), form(token, label="theirs"))

    response = admin.post(edit(token), mine)

    assert response.status_code == 409
    assert 'value="mine"' in response.content.decode()
    token.refresh_from_db()
    assert token.label == "theirs"


def test_saving_what_is_there_changes_nothing(admin, token):
    admin.post(edit(token), form(token))

    assert not AuditEntry.objects.filter(action="token.edited").exists()


def test_a_revoked_token_is_not_changed(admin, token):
    sent = form(token, label="back")
    revoke_token(token=token, actor=None)

    assert admin.get(edit(token)).status_code == 302
    admin.post(edit(token), sent)

    token.refresh_from_db()
    assert token.label == "shop"


def test_a_feature_that_is_gone_can_stay_or_go(admin, token):
    ApiToken.objects.filter(pk=token.pk).update(feature_keys=["gone"])
    token.refresh_from_db()

    kept = admin.post(edit(token), form(token, feature_keys=["gone"], label="a"))
    token.refresh_from_db()
    swapped = admin.post(edit(token), form(token, feature_keys=["planner"]))

    assert (kept.status_code, swapped.status_code) == (302, 302)
    token.refresh_from_db()
    assert token.feature_keys == ["planner"]


@pytest.mark.parametrize("role", [Role.VIEWER, Role.ANALYST, Role.EDITOR])
def test_only_admins_edit(client, organization, token, role):
    client.force_login(MembershipFactory(organization=organization, role=role).user)

    assert client.get(edit(token)).status_code == 403
    assert client.post(edit(token), form(token)).status_code == 403


def test_other_processes_hear_of_every_change(token):
    def version():
        with connection.cursor() as cursor:
            cursor.execute("SELECT last_value FROM registry_configuration_version")
            return cursor.fetchone()[0]

    for change in ({"feature_keys": ["planner"]}, {"scopes": ["usage"]}):
        before = version()
        ApiToken.objects.filter(pk=token.pk).update(**change)
        assert version() > before
