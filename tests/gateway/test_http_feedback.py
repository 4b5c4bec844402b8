"""`POST /v1/feedback`."""

import uuid

import httpx
import pytest

HELLO = {"model": "feature:chat", "messages": [{"role": "user", "content": "Hi"}]}


def post(site, path: str, token: str, document: dict) -> httpx.Response:
    headers = {"authorization": f"Bearer {site.tokens[token]}"}
    return httpx.post(f"{site.url}{path}", json=document, headers=headers, timeout=20)


@pytest.fixture
def request_id(gateway_site) -> str:
    answer = post(gateway_site, "/v1/chat/completions", "token", HELLO)
    return answer.headers["x-modelhub-request-id"]


def test_feedback_joins_its_request(gateway_site, request_id):
    said = {
        "request_id": request_id,
        "score": 1,
        "comment": "Right.",
        "tags": {"a": "b"},
    }

    answer = post(gateway_site, "/v1/feedback", "feedback_only", said)

    assert answer.status_code == 200
    row = "SELECT score, comment FROM analytics_feedback WHERE request_id = '{}'"
    assert gateway_site.query(row.format(request_id)) == [(1.0, "Right.")]


@pytest.mark.parametrize(
    ("token", "changes", "status"),
    [
        ("feedback_only", {"score": 7}, 400),
        ("feedback_only", {"score": "good"}, 400),
        ("feedback_only", {"stars": 5}, 400),
        ("gateway_only", {}, 403),
    ],
)
def test_feedback_that_is_wrong_is_refused(
    gateway_site, request_id, token, changes, status
):
    said = {"request_id": request_id, "score": 1} | changes

    assert post(gateway_site, "/v1/feedback", token, said).status_code == status


def test_feedback_for_no_request_is_refused(gateway_site):
    said = {"request_id": str(uuid.uuid4()), "score": 1}

    answer = post(gateway_site, "/v1/feedback", "feedback_only", said)

    assert answer.status_code == 404
