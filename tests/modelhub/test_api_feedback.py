"""Feedback is given and read over the management API."""

import uuid

import pytest

from analytics.models import Feedback
from analytics.services import feedback as feedback_service
from registry.models import AuditEntry, TokenScope
from tests.analytics.records import record
from tests.factories import OrganizationFactory
from tests.modelhub.tokens import bearer

PATH = "/api/feedback"
JSON = "application/json"


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch):
    monkeypatch.setattr(feedback_service, "LOOK_EVERY_S", 0)


@pytest.fixture
def call(organization):
    return record(organization)


def said(call, **facts):
    return {"request_id": str(call.request_id), "score": 1, **facts}


def test_a_product_rates_a_call_and_the_last_word_counts(client, organization, call):
    headers, _ = bearer(organization, TokenScope.FEEDBACK, label="shop")

    first = client.post(PATH, said(call), JSON, headers=headers)
    last = client.post(PATH, said(call, score=-1), JSON, headers=headers)

    assert first.status_code == 200
    assert (last.json()["score"], last.json()["token"]) == (-1, "shop")
    assert last.json()["id"] == first.json()["id"]
    assert not AuditEntry.objects.filter(action="feedback.given").exists()


def test_what_a_person_says_is_in_the_audit_log(editor, call):
    editor.post(PATH, said(call, comment="Right"), JSON)
    editor.post(PATH, said(call, comment="Right"), JSON)

    entry = AuditEntry.objects.get(action="feedback.given")
    assert entry.after == {"score": 1, "comment": "Right", "tags": {}}


def test_the_list_is_paged_and_filtered(viewer, organization, call):
    other = record(organization)
    for one, name in ((call, "score"), (call, "tone"), (other, "score")):
        Feedback.objects.create(
            organization=organization, request_id=one.request_id, name=name, score=0.5
        )
    Feedback.objects.create(
        organization=OrganizationFactory(), request_id=uuid.uuid4(), score=1
    )

    def names(query):
        return [one["name"] for one in viewer.get(PATH, query).json()["items"]]

    page = viewer.get(PATH, {"limit": 2}).json()
    assert [one["name"] for one in page["items"]] == ["score", "tone"]
    assert names({"limit": 2, "cursor": page["next_cursor"]}) == ["score"]
    assert names({"request_id": str(call.request_id)}) == ["tone", "score"]
    assert names({"name": "tone"}) == ["tone"]


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"request_id": str(uuid.UUID(int=7))}, 404),
        ({"request_id": "seven"}, 422),
        ({"score": 2}, 422),
        ({"stars": 5}, 422),
        ({"comment": "x" * 2001}, 422),
    ],
)
def test_what_makes_no_sense_is_refused(editor, call, monkeypatch, changes, status):
    monkeypatch.setattr("analytics.api_feedback.PATIENCE_S", 0)

    assert editor.post(PATH, said(call) | changes, JSON).status_code == status
    assert not Feedback.objects.exists()


def test_viewers_and_reading_tokens_read_only(viewer, client, organization, call):
    reading, _ = bearer(organization, TokenScope.READ)
    product, _ = bearer(organization, TokenScope.FEEDBACK)

    assert viewer.post(PATH, said(call), JSON).status_code == 403
    client.logout()
    assert client.get(PATH, headers=reading).status_code == 200
    assert client.post(PATH, said(call), JSON, headers=reading).status_code == 403
    assert client.get(PATH, headers=product).status_code == 403
