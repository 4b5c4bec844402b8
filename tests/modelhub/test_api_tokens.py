"""Programs call the management API with a token, within its scopes."""

import datetime

import pytest
from django.test import Client
from django.utils import timezone

from registry.models import ApiToken, AuditEntry, TokenScope
from registry.services.api_tokens import revoke_token
from tests.modelhub.tokens import bearer

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


def post(client, body, headers=None):
    return client.post(
        "/api/budgets", body, content_type="application/json", headers=headers or {}
    )
