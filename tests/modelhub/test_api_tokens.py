"""Programs call the management API with a token, within its scopes."""

import datetime

import pytest
from django.test import Client
from django.utils import timezone

from registry.models import ApiToken, AuditEntry, TokenScope
from registry.services.api_tokens import create_token, revoke_token
from tests.factories import FeatureFactory
from tests.modelhub.tokens import bearer

JSON = "application/json"
LATER = "2999-01-01T00:00:00+00:00"
BUDGET = {"name": "July", "amount_usd": "20.00"}


def test_a_token_reads_with_read_and_writes_with_write(client, organization):
    reading, _ = bearer(organization, TokenScope.READ)
    writing, _ = bearer(organization, TokenScope.WRITE)

    assert client.get("/api/features", headers=reading).status_code == 200
    assert client.get("/api/features", headers=writing).status_code == 200
    assert post(client, BUDGET, reading).status_code == 403
    assert post(client, BUDGET, writing).status_code == 201


def test_a_token_needs_no_csrf_token(organization):
    browser = Client(enforce_csrf_checks=True)
    headers, _ = bearer(organization, TokenScope.WRITE)

    assert post(browser, BUDGET, headers).status_code == 201


def test_the_audit_log_says_which_token_it_was(client, organization):
    headers, _ = bearer(organization, TokenScope.ADMIN, label="nightly")

    post(client, BUDGET, headers)

    entry = AuditEntry.objects.filter(action__startswith="budget.").latest("id")
    assert entry.actor_label == "token: nightly"
    assert entry.actor is None


def test_what_a_person_does_next_is_the_persons(client, editor, organization):
    headers, _ = bearer(organization, TokenScope.WRITE)
    post(client, BUDGET, headers)

    assert post(editor, {"amount_usd": "9", "period": "day"}).status_code == 201

    entry = AuditEntry.objects.filter(action__startswith="budget.").latest("id")
    assert entry.actor is not None
    assert "token" not in entry.actor_label


def test_reading_asks_a_question_although_it_is_sent(client, organization):
    headers, _ = bearer(organization, TokenScope.READ)

    response = client.post(
        "/api/cost",
        {"model": "openai/nothing"},
        content_type="application/json",
        headers=headers,
    )

    assert response.status_code == 404


@pytest.mark.parametrize(
    "authorization", ["Bearer", "Bearer mh_x", "Basic abc", "Bearer mh_" + "x" * 43]
)
def test_a_wrong_token_is_401_and_says_how(client, db, authorization):
    response = client.post("/api/budgets", headers={"Authorization": authorization})

    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == "Bearer"
    assert "xx" not in response.json()["detail"]


def test_a_revoked_and_an_expired_token_are_refused_at_once(client, organization):
    headers, token = bearer(organization)
    assert client.get("/api/features", headers=headers).status_code == 200
    ApiToken.objects.update(expires_at=timezone.now() - datetime.timedelta(hours=1))

    expired = client.get("/api/features", headers=headers)
    ApiToken.objects.update(expires_at=None)
    revoke_token(token=token, actor=None)
    revoked = client.get("/api/features", headers=headers)

    assert (expired.status_code, revoked.status_code) == (401, 401)
    assert "expired" in expired.json()["detail"]
    assert "revoked" in revoked.json()["detail"]


def test_a_viewer_writes_nothing(viewer, organization):
    response = post(viewer, BUDGET)

    assert response.status_code == 403
    assert "editor role" in response.json()["detail"]


def test_the_document_is_there_for_whoever_has_a_token(client, organization):
    headers, _ = bearer(organization, TokenScope.PROMPTS)

    assert client.get("/api/openapi.json", headers=headers).status_code == 200
    assert client.get("/api/openapi.json").status_code == 401
    wrong = client.get("/api/openapi.json", headers={"Authorization": "Bearer x"})
    assert wrong.status_code == 401


def test_a_token_is_changed_as_long_as_nobody_else_has(client, organization):
    headers, _ = bearer(organization, TokenScope.ADMIN)
    FeatureFactory(organization=organization, key="planner")
    _, token = bearer(organization, TokenScope.GATEWAY, label="shop")
    address = f"/api/tokens/{token.pk}"
    seen = client.get(address, headers=headers)["ETag"]

    body = {"features": ["planner"], "monthly_limit_usd": "5.00", "expires_at": LATER}
    tagged = {**headers, "If-Match": seen}
    changed = client.patch(address, body, JSON, headers=tagged)
    again = client.patch(address, {"label": "till"}, JSON, headers=tagged)

    assert changed.status_code == 200
    assert changed.json()["features"] == ["planner"]
    assert changed.json()["monthly_limit_usd"] == "5.00"
    assert changed["ETag"] != seen
    assert again.status_code == 412
    token.refresh_from_db()
    assert (token.label, token.feature_keys) == ("shop", ["planner"])
    assert token.expires_at == datetime.datetime.fromisoformat(LATER)


def test_a_change_of_a_token_that_makes_no_sense_names_the_field(client, organization):
    headers, _ = bearer(organization, TokenScope.ADMIN)
    _, token = bearer(organization)

    answer = client.patch(
        f"/api/tokens/{token.pk}", {"features": ["gone"]}, JSON, headers=headers
    )

    assert answer.status_code == 422
    assert answer.json()["fields"] == {"feature_keys": "There is no feature gone."}


def test_a_token_for_one_feature_sees_and_changes_that_one_only(client, organization):
    for key in ("planner", "other"):
        FeatureFactory(organization=organization, key=key)
    issued = create_token(
        organization=organization,
        label="narrow",
        scopes=[TokenScope.WRITE, TokenScope.GATEWAY, TokenScope.PROMPTS],
        feature_keys=["planner"],
        actor=None,
    )
    headers = {"Authorization": f"Bearer {issued.text}"}

    def status(path):
        return client.get(f"/api/{path}", headers=headers).status_code

    assert status("features/planner") == 200
    assert status("features/other") == 403
    assert status("features") == 403
    assert status("configuration") == 403
    assert status("prompts") == 200
    assert status("budgets/check?feature=planner") == 200
    assert status("budgets/check?feature=other") == 403
    assert post(client, BUDGET, headers).status_code == 403


def post(client, body, headers=None):
    return client.post(
        "/api/budgets", body, content_type="application/json", headers=headers or {}
    )
