"""`POST /v1/feedback`."""

import uuid

import httpx
import pytest

OTHER = {"model": "openai/gpt-x", "messages": [{"role": "user", "content": "Hi"}]}
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
        ("chat_only", {}, 200),
    ],
)
def test_feedback_is_taken_or_refused(gateway_site, request_id, token, changes, status):
    said = {"request_id": request_id, "score": 1} | changes

    assert post(gateway_site, "/v1/feedback", token, said).status_code == status


def test_feedback_for_no_request_is_refused(gateway_site):
    said = {"request_id": str(uuid.uuid4()), "score": 1}

    answer = post(gateway_site, "/v1/feedback", "feedback_only", said)

    assert answer.status_code == 404


def test_a_token_for_one_feature_names_no_other(gateway_site):
    headers = {"authorization": f"Bearer {gateway_site.tokens['chat_only']}"}

    def status(path: str) -> int:
        address = f"{gateway_site.url}/v1/models{path}"
        return httpx.get(address, headers=headers, timeout=20).status_code

    listed = httpx.get(f"{gateway_site.url}/v1/models", headers=headers, timeout=20)
    said = post(gateway_site, "/v1/chat/completions", "token", OTHER)
    rating = {"request_id": said.headers["x-modelhub-request-id"], "score": 1}

    assert [one["id"] for one in listed.json()["data"]] == ["feature:chat"]
    assert status("/feature:chat") == 200
    assert status("/feature:talk") == 403
    assert status("/openai/gpt-x") == 403
    refused = post(gateway_site, "/v1/feedback", "chat_only", rating)
    assert refused.status_code == 403
    assert refused.json()["error"]["code"] == "feature"
