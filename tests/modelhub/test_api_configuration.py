"""The five operations of a model module over the management API, and packs."""

import json

import pytest

from registry.models import AuditEntry, Feature, Pack, TokenScope
from tests.factories import FeatureFactory
from tests.modelhub.tokens import bearer


@pytest.fixture
def headers(organization):
    return bearer(organization, TokenScope.ADMIN, label="deploy")[0]


def sent(client, method, path, body, headers):
    return client.generic(
        method,
        path,
        json.dumps(body),
        content_type="application/json",
        headers=headers,
    )


def test_what_was_got_can_be_set_again_and_changes_nothing(
    client, organization, headers
):
    FeatureFactory(organization=organization, key="planner")
    got = client.get("/api/configuration", headers=headers)

    again = sent(client, "PUT", "/api/configuration", got.json(), headers)

    assert again.status_code == 200, again.content
    assert again.json()["changes"] == []


def test_a_change_of_the_document_is_a_change_of_the_feature(
    client, organization, headers
):
    FeatureFactory(organization=organization, key="planner", name="Planner")
    got = client.get("/api/configuration", headers=headers)
    wish = got.json()
    wish["features"]["planner"]["name"] = "Trip planner"

    tried = sent(client, "PUT", "/api/configuration?dry_run=true", wish, headers)
    assert Feature.objects.get().name == "Planner"
    tagged = {**headers, "If-Match": got.headers["ETag"]}
    done = sent(client, "PUT", "/api/configuration", wish, tagged)
    late = sent(client, "PUT", "/api/configuration", wish, tagged)

    assert tried.json()["fingerprint"] == done.json()["fingerprint"]
    assert Feature.objects.get().name == "Trip planner"
    assert late.status_code == 412
    edited = AuditEntry.objects.get(action="feature.edited")
    assert edited.actor_label == "token: deploy"


def test_a_document_that_is_wrong_changes_nothing(client, headers):
    response = sent(client, "PUT", "/api/configuration", {"colour": 1}, headers)

    assert response.status_code == 422
    assert "colour" in response.json()["detail"]


def test_a_pack_is_made_compared_and_switched_to(client, organization, headers):
    FeatureFactory(organization=organization, key="planner")
    pack = {
        "modelhub_pack": 1,
        "name": "Fast",
        "slug": "fast",
        "features": {"planner": {"model": "openai/nobody-knows"}},
    }

    made = sent(client, "POST", "/api/packs", pack, headers)
    plan = client.get("/api/packs/fast/diff", headers=headers)
    switch = sent(client, "POST", "/api/packs/fast/switch", {}, headers)

    assert made.status_code == 201, made.content
    assert made.headers["Location"] == "/api/packs/fast"
    assert Pack.objects.get().slug == "fast"
    assert plan.status_code == 200
    assert plan.json()["is_allowed"] is False
    assert switch.status_code == 422
    assert "nobody-knows" in switch.json()["detail"]
