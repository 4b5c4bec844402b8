import json

from django.test import Client

from tests.factories import FeatureFactory, UserFactory


def test_a_visitor_gets_401_as_json_and_no_redirect(client, db):
    response = client.get("/api/models")

    assert response.status_code == 401
    assert "Sign in" in response.json()["error"]


def test_a_visitor_is_sent_from_the_docs_to_the_sign_in_page(client, db):
    response = client.get("/api/docs")

    assert response.status_code == 302
    assert response["Location"].endswith("?next=/api/docs")


def test_a_person_without_an_organisation_finds_nothing(client, db):
    client.force_login(UserFactory())

    response = client.get("/api/models")

    assert response.status_code == 404
    assert "organisation" in response.json()["error"]


def test_an_unknown_address_is_404_as_json(editor):
    response = editor.get("/api/modles")

    assert response.status_code == 404
    assert "/api/modles" in response.json()["error"]


def test_a_call_that_sends_data_needs_the_csrf_token(membership):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(membership.user)

    response = browser.post("/api/cost", data="{}", content_type="application/json")

    assert response.status_code == 403
    assert "CSRF" in response.json()["error"]


def test_a_feature_of_another_organisation_is_404(editor):
    feature = FeatureFactory(key="theirs")

    response = editor.get(f"/api/features/{feature.key}")

    assert response.status_code == 404


def test_the_openapi_document_describes_each_operation(editor):
    document = editor.get("/api/openapi.json").json()

    assert {
        "/api/models",
        "/api/models/{reference}",
        "/api/features",
        "/api/features/{key}",
        "/api/compare",
        "/api/cost",
    } <= set(document["paths"])
    assert all(
        operation["summary"] and operation["responses"]
        for path in document["paths"].values()
        for operation in path.values()
    )
    assert json.dumps(document)


def test_the_docs_page_holds_no_inline_script_and_no_foreign_address(editor):
    body = editor.get("/api/docs").content.decode()

    assert "/api/models/{reference}" in body
    assert "next_cursor" in body
    assert "<script>" not in body
    assert "https://" not in body
