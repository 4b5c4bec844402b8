"""Every failure of the management API is a problem of RFC 9457."""

import pytest
from django.db import OperationalError

PATH = "/api/budgets"


def assert_problem(response, status: int) -> dict:
    assert response.status_code == status
    assert response.headers["Content-Type"] == "application/problem+json"
    found = response.json()
    assert found["status"] == status
    assert found["type"].startswith("urn:modelhub:problem:")
    assert found["title"]
    assert found["detail"] == found["error"]
    assert found["request_id"] == response.headers["X-Request-ID"]
    return found


def test_a_visitor_is_told_to_sign_in(client, db):
    found = assert_problem(client.get(PATH), 401)

    assert "Bearer" in found["detail"]


def test_an_unknown_address_and_an_unknown_object(editor):
    assert_problem(editor.get("/api/nothing"), 404)
    found = assert_problem(editor.get(f"{PATH}/9"), 404)

    assert "BudgetDefinition" not in found["detail"]


def test_a_wrong_method_names_those_that_go(editor):
    response = editor.put(PATH)

    found = assert_problem(response, 405)
    assert "GET" in response.headers["Allow"]
    assert "not PUT" in found["detail"]


def test_wrong_fields_are_named_one_by_one(editor):
    found = assert_problem(
        post(editor, b'{"amount_usd": -1, "period": "century"}'), 422
    )

    assert {one["field"] for one in found["errors"]} == {"amount_usd", "period"}


def test_a_field_that_is_not_there_is_refused_by_its_name(editor):
    found = assert_problem(post(editor, b'{"amount_usd": 1, "colour": "red"}'), 422)

    assert found["errors"] == [{"field": "colour", "detail": "There is no such field"}]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"\xff\xfe{}", "UTF-8"),
        (b'{"amount_usd": ', "not JSON"),
        (b'{"amount_usd": NaN}', "NaN"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"amount_usd": ' + b"9" * 5_000 + b"}", "not JSON"),
    ],
)
def test_what_cannot_be_read_is_400(editor, body, said):
    assert said in assert_problem(post(editor, body), 400)["detail"]


@pytest.mark.parametrize("body", [b"[]", b"null", b'"text"', b"7", b""])
def test_what_is_no_object_is_422(editor, body):
    assert_problem(post(editor, body), 422)


def test_another_content_type_is_415(editor):
    response = editor.post(PATH, b"amount_usd=1", content_type="text/plain")

    assert "text/plain" in assert_problem(response, 415)["detail"]


def test_a_huge_body_is_413(editor):
    assert_problem(post(editor, b'"' + b"x" * 6_000_000 + b'"'), 413)


def test_a_fault_of_ours_is_500_without_its_words(editor, monkeypatch):
    monkeypatch.setattr("analytics.api_budgets.budget_states", failing(KeyError))

    found = assert_problem(editor.get(PATH), 500)

    assert "secret words" not in str(found)


def test_a_database_that_is_away_is_503(editor, monkeypatch):
    monkeypatch.setattr(
        "analytics.api_budgets.budget_states", failing(OperationalError)
    )

    response = editor.get(PATH)

    assert_problem(response, 503)
    assert response.headers["Retry-After"]


def failing(kind):
    def fail(*arguments):
        raise kind("secret words")

    return fail


def post(client, body: bytes):
    return client.post(PATH, body, content_type="application/json")
