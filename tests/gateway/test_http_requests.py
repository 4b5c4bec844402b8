"""Requests that no SDK would make, and headers of our own."""

import httpx
import pytest

HELLO = {"model": "feature:chat", "messages": [{"role": "user", "content": "Hi"}]}
CHAT = "/v1/chat/completions"


@pytest.fixture
def ask(gateway_site):
    headers = {"authorization": f"Bearer {gateway_site.token}"}
    with httpx.Client(base_url=gateway_site.url, headers=headers, timeout=20) as client:
        yield client.request


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", CHAT, 405),
        ("DELETE", "/v1/models", 405),
        ("POST", "/v1/nowhere", 404),
        ("OPTIONS", CHAT, 204),
        ("HEAD", "/v1/models", 200),
    ],
)
def test_a_wrong_path_or_method_is_answered_as_such(ask, method, path, status):
    answer = ask(method, path)

    assert answer.status_code == status
    assert status not in (204, 405) or "OPTIONS" in answer.headers["allow"]
    assert status < 400 or answer.json()["error"]["message"]


@pytest.mark.parametrize(
    "body",
    [b"", b"{half", b"[]", b'"text"', b'{"model": 5}', b"{}", b'{"model": "\xff"}']
    + [b'{"model": "feature:chat", "stream": "yes"}'],
)
def test_a_body_that_cannot_be_read_is_refused(ask, body):
    answer = ask("POST", CHAT, content=body)

    assert answer.status_code == 400
    assert answer.json()["error"]["type"] == "invalid_request_error"


def test_a_body_that_is_too_large_is_refused(ask):
    answer = ask("POST", CHAT, content=b"x" * (33 * 2**20))

    assert answer.status_code == 413
    assert "32 MB" in answer.json()["error"]["message"]


def test_without_a_token_nothing_is_told(gateway_site):
    answer = httpx.post(f"{gateway_site.url}{CHAT}", json=HELLO)

    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("x-modelhub-tags", "no-equals"),
        ("x-modelhub-tags", ",".join(f"t{n}=1" for n in range(17))),
        ("x-modelhub-timeout", "soon"),
        ("x-modelhub-timeout", "-1"),
        ("x-modelhub-stream-guarantee", "perhaps"),
    ],
)
def test_a_header_of_ours_that_is_wrong_is_refused(ask, name, value):
    asked = HELLO | {"stream": "guarantee" in name}

    answer = ask("POST", CHAT, json=asked, headers={name: value})

    assert answer.status_code == 400
    assert answer.json()["error"]["code"] in ("invalid_header", "stream_guarantee")


def test_fallback_can_be_switched_off(ask, gateway_site):
    gateway_site.upstreams["openai"].handler = lambda received: _gone()

    answer = ask("POST", CHAT, json=HELLO, headers={"x-modelhub-fallback": "off"})

    assert answer.status_code == 404
    assert answer.headers["x-modelhub-attempts"] == "1"
    assert gateway_site.upstreams["acme"].requests == []


def test_a_stream_ends_with_what_it_cost(ask):
    answer = ask("POST", CHAT, json=HELLO | {"stream": True})

    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.headers["x-modelhub-model"] == "openai/gpt-x"
    last = answer.text.strip().splitlines()[-1]
    assert last.startswith(": modelhub model=openai/gpt-x attempts=1")
    assert "cost_usd=0.000027" in last


def test_pages_are_still_djangos(gateway_site):
    assert httpx.get(f"{gateway_site.url}/healthz").json() == {"status": "ok"}


def _gone():
    from tests.upstream.openai_wire import error

    return error(404, "gone")
