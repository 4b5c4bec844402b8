"""A status, a code and a text of a provider become one error of the tree."""

import json
import time

import pytest

from registry.providers.errors import (
    AuthenticationError,
    ContentFilterError,
    ContextLengthError,
    InvalidRequestError,
    ModelUnavailableError,
    NetworkError,
    RateLimitError,
)
from registry.providers.failures import error_from_event, error_from_status


def openai(message="It failed.", code=None, kind="error"):
    return {"error": {"message": message, "type": kind, "code": code, "param": None}}


def anthropic(kind, message="It failed."):
    return {"type": "error", "error": {"type": kind, "message": message}}


def google(code, status, message="It failed.", *details):
    return {
        "error": {
            "code": code,
            "status": status,
            "message": message,
            "details": list(details),
        }
    }


def failed(status, document, headers=None):
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    return error_from_status("acme", status, headers or {}, body)


CASES = [
    (401, openai(code="invalid_api_key"), AuthenticationError, "invalid_key"),
    (403, openai("Not allowed."), AuthenticationError, "forbidden"),
    (403, openai(code="model_not_found"), ModelUnavailableError, "not_found"),
    (
        400,
        google(400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid one."),
        AuthenticationError,
        "invalid_key",
    ),
    (402, openai("Insufficient Balance"), RateLimitError, "quota"),
    (429, openai(code="insufficient_quota"), RateLimitError, "quota"),
    (429, openai(code="rate_limit_exceeded"), RateLimitError, "rate_limit"),
    (429, openai("Request too large for gpt-x"), RateLimitError, "too_large"),
    (
        413,
        openai("Request too large for model", code="rate_limit_exceeded"),
        RateLimitError,
        "too_large",
    ),
    (
        400,
        anthropic("invalid_request_error", "Your credit balance is too low."),
        RateLimitError,
        "quota",
    ),
    (
        400,
        openai("…", code="context_length_exceeded"),
        ContextLengthError,
        "context_length",
    ),
    (
        400,
        anthropic("invalid_request_error", "prompt is too long: 9 > 8"),
        ContextLengthError,
        "context_length",
    ),
    (
        400,
        google(
            400,
            "INVALID_ARGUMENT",
            "The input token count (9) exceeds the maximum number of tokens allowed.",
        ),
        ContextLengthError,
        "context_length",
    ),
    (
        400,
        {"object": "error", "message": "This model's maximum context length is 8."},
        ContextLengthError,
        "context_length",
    ),
    (400, openai(code="content_filter"), ContentFilterError, "content_filter"),
    (400, openai("Content Exists Risk"), ContentFilterError, "content_filter"),
    (400, openai("Unknown parameter."), InvalidRequestError, "invalid_request"),
    (422, {"detail": [{"msg": "Field required"}]}, InvalidRequestError, None),
    (
        400,
        openai("Unsupported parameter: 'stop' is not supported with this model."),
        InvalidRequestError,
        "unsupported",
    ),
    (400, {"error": "gemma:2b does not support tools"}, InvalidRequestError, None),
    (
        400,
        openai("Unsupported parameter: 'top_p' is not supported with this model."),
        InvalidRequestError,
        "invalid_request",
    ),
    (
        404,
        openai("No endpoints found that support image input"),
        InvalidRequestError,
        "unsupported",
    ),
    (500, openai("image input is not supported"), InvalidRequestError, "unsupported"),
    (413, anthropic("request_too_large"), InvalidRequestError, "too_large"),
    (404, openai(code="model_not_found"), ModelUnavailableError, "not_found"),
    (404, anthropic("not_found_error", "model: x"), ModelUnavailableError, "not_found"),
    (404, {"error": "model 'x' not found"}, ModelUnavailableError, "not_found"),
    (404, openai("Invalid URL (POST /v2)"), NetworkError, "address"),
    (404, b"404 page not found", NetworkError, "address"),
    (404, {"detail": "Not Found"}, NetworkError, "address"),
    (405, {"detail": "Method Not Allowed"}, NetworkError, "address"),
    (308, b"", NetworkError, "address"),
    (408, b"", ModelUnavailableError, "server_error"),
    (409, b"", ModelUnavailableError, "server_error"),
    (425, b"", ModelUnavailableError, "server_error"),
    (500, openai(), ModelUnavailableError, "server_error"),
    (502, b"<html><title>Bad gateway</title></html>", ModelUnavailableError, None),
    (503, google(503, "UNAVAILABLE"), ModelUnavailableError, "overloaded"),
    (529, anthropic("overloaded_error"), ModelUnavailableError, "overloaded"),
]


@pytest.mark.parametrize(("status", "document", "kind", "code"), CASES)
def test_a_failure_becomes_its_error(status, document, kind, code):
    error = failed(status, document)

    assert type(error) is kind
    assert error.status_code == status
    assert code is None or error.code == code


def test_an_error_event_after_a_200_is_told_by_its_code():
    overloaded = error_from_event("acme", anthropic("overloaded_error"), {})
    by_number = error_from_event("acme", openai(code=429), {})
    unknown = error_from_event("acme", {"error": "Something."}, {})

    assert (type(overloaded), overloaded.code) == (ModelUnavailableError, "overloaded")
    assert type(by_number) is RateLimitError
    assert (type(unknown), unknown.code) == (ModelUnavailableError, "server_error")


@pytest.mark.parametrize(
    ("headers", "document", "wait_s"),
    [
        ({"Retry-After": "7"}, openai(), 7),
        ({"retry-after-ms": "250", "retry-after": "7"}, openai(), 0.25),
        ({"Retry-After": "Thu, 01 Jan 1970 00:00:00 GMT"}, openai(), 0),
        ({"Retry-After": "soon"}, openai(), None),
        ({"Retry-After": "inf"}, openai(), None),
        (
            {
                "x-ratelimit-remaining-requests": "0",
                "x-ratelimit-reset-requests": "1m0.5s",
                "x-ratelimit-remaining-tokens": "900",
                "x-ratelimit-reset-tokens": "9m",
            },
            openai(),
            60.5,
        ),
        ({}, openai("Please try again in 1.5s."), 1.5),
        (
            {},
            google(429, "RESOURCE_EXHAUSTED", "…", {"retryDelay": "34s"}),
            34,
        ),
    ],
)
def test_how_long_to_wait_is_read_wherever_it_stands(headers, document, wait_s):
    assert failed(429, document, headers).retry_after_s == wait_s


def test_a_date_to_wait_for_is_a_number_of_seconds():
    error = failed(503, openai(), {"Retry-After": "Fri, 31 Dec 2100 23:59:59 GMT"})

    assert error.retry_after_s > 86_400


def test_a_message_is_short_and_holds_no_key():
    said = f"Incorrect API key provided: sk-proj-abcdef123456. {'word ' * 200}"
    error = error_from_status(
        "acme", 401, {}, json.dumps(openai(said)).encode(), secrets=["my-own-secret"]
    )
    quoting = error_from_status(
        "acme", 400, {}, b"bad my-own-secret", ["my-own-secret"]
    )

    assert "sk-proj" not in error.message
    assert len(error.message) < 380
    assert "my-own-secret" not in quoting.message


def test_what_is_quoted_says_nothing_to_a_terminal():
    error = failed(400, openai("all \x1b[2Jgone\nnow"))

    assert error.message.endswith(": all \ufffd[2Jgone now")


def test_a_web_page_is_quoted_by_its_title():
    error = failed(502, b"<html><head><title>Bad gateway</title></head>x</html>")

    assert error.message == "acme failed (HTTP 502): Bad gateway"


def test_the_request_id_is_kept():
    error = failed(500, openai(), {"X-Request-Id": "req_1"})

    assert error.provider_request_id == "req_1"


@pytest.mark.parametrize(
    "body",
    [
        b"<html>" + b"<" * 200_000,
        b"<html>" + b"<script " * 25_000,
        b"<html>" + b"<title>" * 25_000,
        b"model " * 40_000,
        json.dumps(openai("model " * 40_000)).encode(),
        json.dumps(openai("exceeded your current quota " * 9_000)).encode(),
    ],
)
@pytest.mark.parametrize("status", [400, 429, 502])
def test_no_body_holds_up_whoever_reads_it(status, body):
    begun = time.process_time()

    error = error_from_status("acme", status, {}, body)

    assert error.status_code == status
    assert time.process_time() - begun < 1
