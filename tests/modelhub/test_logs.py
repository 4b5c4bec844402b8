"""Log lines: for people or as JSON, with request and organisation, without secrets."""

import json
import logging
import sys

import pytest

from modelhub import redaction, request_id
from modelhub.logs import JsonFormatter, LineFormatter
from modelhub.redaction import HIDDEN, without_secrets

SECRETS = [
    ("the key sk-proj-abcDEF123456789 is wrong", "sk-proj-abcDEF123456789"),
    ("Authorization: Bearer abcdef1234567890", "abcdef1234567890"),
    ("{'x-api-key': 'abcdef1234567890'}", "abcdef1234567890"),
    ('{"api_key": "abcdef1234567890"}', "abcdef1234567890"),
    ("https://host/v1?api_key=abcdef123456&x=1", "abcdef123456"),
    ("https://host/sign-in/link/?sesame=AAAAbbbbCCCC", "AAAAbbbbCCCC"),
    ("postgres://modelhub:pa55-word@db:5432/hub", "pa55-word"),
    ("amqp://user:sécrét-word@mq//", "sécrét-word"),
    ("password=hunter2hunter2 host=db", "hunter2hunter2"),
    ("client_secret: 'abcdef123456'", "abcdef123456"),
    ("mh_0123456789abcdefABCDEF0123456789abcdefABCDEF0", "mh_0123456789"),
    ("AIzaSyA1234567890abcdefghijklmn", "AIzaSyA1234567890"),
    ("Basic dXNlcjpwYXNzd29yZA==", "dXNlcjpwYXNzd29yZA"),
]
HARMLESS = [
    "GET /models/openai/gpt-5-mini/ 200",
    "max_tokens=4096, input_tokens: 1234567",
    "The token till (mh_abc…) was revoked.",
    "http://127.0.0.1:8000/v1/chat/completions",
    "token: none",
]


@pytest.mark.parametrize(("text", "secret"), SECRETS)
def test_a_secret_does_not_stay_in_a_line(text, secret):
    shown = without_secrets(text)

    assert secret not in shown
    assert HIDDEN in shown


@pytest.mark.parametrize("text", HARMLESS)
def test_what_is_no_secret_stays(text):
    assert without_secrets(text) == text


def test_the_values_of_our_own_variables_are_hidden(monkeypatch):
    monkeypatch.setenv("DATABASE_PASSWORD", "correct horse battery")
    redaction.own_secrets.cache_clear()
    try:
        assert "horse" not in without_secrets("said correct horse battery staple")
    finally:
        monkeypatch.undo()
        redaction.own_secrets.cache_clear()


def record(message: str, *arguments, exc_info=None) -> logging.LogRecord:
    made = logging.LogRecord(
        "modelhub.x", logging.ERROR, __file__, 1, message, arguments, exc_info
    )
    request_id.RequestIdFilter().filter(made)
    return made


def failure():
    try:
        raise RuntimeError("refused: Bearer abcdef1234567890\nsecond line")
    except RuntimeError:
        return sys.exc_info()


def test_a_line_of_json_is_one_object_with_what_machines_ask_for():
    one, two = request_id.current.set("r-1234567"), request_id.organization.set("acme")
    try:
        line = JsonFormatter().format(
            record("Said %s\n{}", "é\u2028", exc_info=failure())
        )
    finally:
        request_id.current.reset(one)
        request_id.organization.reset(two)

    document = json.loads(line)
    assert "\n" not in line
    assert document["request_id"] == "r-1234567"
    assert document["organization"] == "acme"
    assert document["level"] == "ERROR"
    assert document["message"] == "Said é\u2028\n{}"
    assert "RuntimeError" in document["exception"]
    assert "abcdef1234567890" not in line


def test_a_traceback_for_people_is_without_secrets_too():
    text = LineFormatter("{message}", style="{").format(
        record("Failed", exc_info=failure())
    )

    assert "RuntimeError" in text
    assert "abcdef1234567890" not in text


def test_a_page_logs_its_organisation(editor, organization, caplog):
    seen = []

    class Seeing(logging.Handler):
        def emit(self, made) -> None:
            request_id.RequestIdFilter().filter(made)
            seen.append((made.organization, made.request_id))

    handler = Seeing()
    logging.getLogger("django.request").addHandler(handler)
    try:
        editor.get("/no-such-page/", headers={"X-Request-ID": "request-77"})
        editor.get("/features/none/", headers={"X-Request-ID": "request-78"})
    finally:
        logging.getLogger("django.request").removeHandler(handler)

    assert seen == [
        (organization.slug, "request-77"),
        (organization.slug, "request-78"),
    ]
    assert request_id.organization.get() == ""
