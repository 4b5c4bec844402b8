"""Requests that are wrong, huge or odd: a 4xx in the format of the client, never a 5xx,
and nothing of it reaches a provider unasked."""

import json

import httpx
import pytest

from tests.gateway.bad_days.asking import HELLO

PATHS = {"openai": "/v1/chat/completions", "anthropic": "/v1/messages"}
MEGABYTE = 2**20


@pytest.fixture
def post(asker):
    """Post a raw body in the words of one SDK, at one provider."""

    def posted(sdk: str, body: bytes, **headers) -> httpx.Response:
        named = {
            "authorization": f"Bearer {asker.site.token}",
            "content-type": "application/json",
            **asker.headers(),
            **headers,
        }
        url = asker.site.url + PATHS[sdk]
        return asker.http.post(url, content=body, headers=named)

    return posted


def asked(asker, provider: str, **more) -> dict:
    name = {"acme": "acme/m", "anthropic": "anthropic/claude"}[provider]
    model = f"{name}-{asker.lane}"
    return {"model": model, "max_tokens": 9, "messages": HELLO, **more}


def text_of(answer: httpx.Response) -> str:
    body = answer.json()
    if "content" in body:
        return body["content"][0]["text"]
    return body["choices"][0]["message"]["content"]


NO_REQUESTS = {
    "nothing": b"",
    "no json": b"{model: x}",
    "cut": b'{"model": "acme/m-1", "messages": [{"role"',
    "a list": b"[]",
    "a text": b'"model"',
    "null": b"null",
    "NUL bytes": b"\0" * 100,
    "NUL in json": b'{"model": "acme/m-1\0", "messages": []}',
    "no utf-8": b'{"model": "acme/m-1", "messages": "\xff\xfe"}',
    "utf-16": json.dumps({"model": "acme/m-1"}).encode("utf-16"),
    "two documents": b'{"model": "a"} {"model": "b"}',
    "brackets": b"[" * 10_000,
    "braces": b'{"a":' * 10_000,
    "model is a number": b'{"model": 1, "messages": []}',
    "no model": b'{"messages": []}',
    "stream is a text": b'{"model": "acme/m-1", "stream": "yes"}',
    "form": b"model=acme/m-1&messages=Hi",
}


@pytest.mark.parametrize("sdk", PATHS)
def test_what_is_no_request_is_a_bad_one(asker, post, sdk):
    for what, body in NO_REQUESTS.items():
        answer = post(sdk, body)

        assert answer.status_code == 400, what
        assert answer.json()["error"]["message"]
    assert not asker.site.upstreams["acme"].requests


@pytest.mark.parametrize("sdk", PATHS)
@pytest.mark.parametrize("provider", ["acme", "anthropic"])
@pytest.mark.parametrize("closed", [True, False], ids=["whole", "cut"])
def test_ten_thousand_brackets_hurt_nobody(asker, post, sdk, provider, closed):
    deep = b"[" * 10_000 + (b"]" * 10_000 if closed else b"")
    known = json.dumps(asked(asker, provider))[:-1].encode()
    for name in (b"metadata", b"tools", b"stop", b"response_format"):
        body = known + b', "%b": %b}' % (name, deep)

        assert post(sdk, body).status_code in (200, 400)

    body = known.replace(b'"Hi"', deep) + b"}"
    assert post(sdk, body).status_code in (200, 400)
    assert post(sdk, json.dumps(asked(asker, provider)).encode()).status_code == 200


NUMBERS = [b"1" * 400, b"-1" + b"0" * 400, b"1e308", b"1e999", b"-1e999"]
NUMBERS += [b"9223372036854775808", b"-1", b"0.1", b"NaN", b"Infinity", b"[1e999]"]
NUMBERED = [
    "max_tokens",
    "temperature",
    "seed",
    "n",
    "top_k",
    "stop",
    "stream",
    "model",
]
NUMBERED += ["stream_options", "reasoning_effort", "response_format", "tools"]


@pytest.mark.parametrize("sdk", PATHS)
@pytest.mark.parametrize("provider", ["acme", "anthropic"])
@pytest.mark.parametrize("name", NUMBERED)
def test_huge_numbers_hurt_nobody(asker, post, sdk, provider, name):
    fields = asked(asker, provider)
    fields.pop(name, None)
    known = json.dumps(fields)[:-1].encode()

    for value in NUMBERS:
        answer = post(sdk, known + b', "%b": %b}' % (name.encode(), value))

        assert answer.status_code in (200, 400), value


@pytest.mark.parametrize("sdk", PATHS)
def test_of_duplicate_keys_the_last_counts(asker, post, sdk):
    known = asked(asker, "acme", messages=[{"role": "user", "content": "Second"}])
    body = b'{"model": "no/such", ' + json.dumps(known).encode()[1:]

    assert post(sdk, body).status_code == 200
    (received,) = asker.site.upstreams["acme"].requests
    assert received.body.count(b'"model"') == 1
    assert received.json["model"] == f"m-{asker.lane}"


@pytest.mark.parametrize("sdk", PATHS)
@pytest.mark.parametrize("provider", ["acme", "anthropic"])
def test_odd_texts_hurt_nobody(asker, post, sdk, provider):
    for content in ("a\0b", "\ud800 alone", "\u202e", "", "  ", "👩‍👩‍👧" * 50):
        messages = [{"role": "user", "content": content}]
        body = json.dumps(asked(asker, provider, messages=messages)).encode()

        assert post(sdk, body).status_code in (200, 400), content


@pytest.mark.parametrize("sdk", PATHS)
def test_the_content_type_does_not_matter(asker, post, sdk):
    body = json.dumps(asked(asker, "acme")).encode()
    for kind in ("text/plain", "application/x-www-form-urlencoded", "", "a" * 500):
        answer = post(sdk, body, **{"content-type": kind})

        assert answer.status_code == 200
        assert text_of(answer) == "Hello there."


@pytest.mark.parametrize("sdk", PATHS)
def test_a_body_that_is_too_large_is_refused(asker, post, sdk):
    for large in (b" " * (33 * MEGABYTE), iter([b" " * MEGABYTE] * 33)):
        answer = post(sdk, large)

        assert answer.status_code == 413
        assert answer.json()["error"]["type"]


@pytest.mark.parametrize("sdk", PATHS)
def test_a_thousand_tags_are_refused(asker, post, sdk):
    body = json.dumps(asked(asker, "acme")).encode()
    tags = ", ".join(f"t{number}=x" for number in range(1000))

    answer = post(sdk, body, **{"x-modelhub-tags": tags})

    assert answer.status_code == 400
    assert "tags" in answer.json()["error"]["message"]


@pytest.mark.parametrize("value", ["0", "-1", "nan", "inf", "1e9", "soon", "9" * 400])
def test_a_timeout_that_is_none_is_refused(asker, post, value):
    body = json.dumps(asked(asker, "acme")).encode()

    answer = post("openai", body, **{"x-modelhub-timeout": value})

    assert answer.status_code == 400


@pytest.mark.parametrize(
    "word", ["Bearer", "Bearer mh_\xe9", "Basic eDp5", "", "x" * 5000]
)
def test_a_token_that_is_none_is_refused(asker, post, word):
    body = json.dumps(asked(asker, "acme")).encode()

    answer = post("openai", body, authorization=word.encode("latin-1"))

    assert answer.status_code == 401


METHODS = ["GET", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"]


@pytest.mark.parametrize(
    "path", [*PATHS.values(), "/v1/nothing", "/v1/%00", "/v1/models/%ff"]
)
def test_other_methods_and_paths_are_answered(asker, path):
    headers = {"authorization": f"Bearer {asker.site.token}"}

    for method in METHODS:
        answer = asker.http.request(method, asker.site.url + path, headers=headers)

        assert answer.status_code in (204, 404, 405)
