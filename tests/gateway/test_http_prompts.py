"""A feature's system prompt stands in front of what the client says, with the values
that the client sends."""

import json
import time

import httpx
import pytest

CHAT, MESSAGES = "/v1/chat/completions", "/v1/messages"
HELLO = {"role": "user", "content": "Hi {{language}}"}
GERMAN = {"x-modelhub-variables": json.dumps({"language": "German"})}
SAID = "Answer in German. Be warm."


@pytest.fixture
def ask(gateway_site):
    headers = {"authorization": f"Bearer {gateway_site.token}"}
    with httpx.Client(base_url=gateway_site.url, headers=headers, timeout=20) as client:

        def post(path=CHAT, model="feature:greet", headers=GERMAN, **fields):
            body = {"model": model, "messages": [HELLO], **fields}
            if path == MESSAGES:
                body["max_tokens"] = 50
            return client.post(path, json=body, headers=headers)

        yield post


@pytest.fixture
def sent(gateway_site):
    """What the provider got last."""
    return lambda provider="openai": gateway_site.upstreams[provider].requests[-1].json


def test_a_relayed_chat_begins_with_it(ask, sent):
    assert ask().status_code == 200
    assert sent()["messages"] == [{"role": "system", "content": SAID}, HELLO]


@pytest.mark.parametrize("role", ["system", "developer"])
def test_it_stands_before_the_clients_own_in_one_message(ask, sent, role):
    ask(messages=[{"role": role, "content": "Be brief.", "name": "n"}, HELLO])

    first = {"role": role, "content": f"{SAID}\n\nBe brief.", "name": "n"}
    assert sent()["messages"] == [first, HELLO]


def test_it_stands_before_the_clients_own_parts(ask, sent):
    part = {"type": "text", "text": "Be brief."}

    ask(messages=[{"role": "system", "content": [part]}, HELLO])

    assert sent()["messages"][0]["content"] == [{"type": "text", "text": SAID}, part]


def test_what_the_client_sends_is_otherwise_untouched(ask, gateway_site):
    spaced = b'{"role":  "user", "content": "\\u00fc", "x": 1.0}'
    body = b'{"model":"feature:greet","messages":[' + spaced + b"]}"
    headers = {"authorization": f"Bearer {gateway_site.token}", **GERMAN}

    httpx.post(f"{gateway_site.url}{CHAT}", content=body, headers=headers)

    assert spaced in gateway_site.upstreams["openai"].requests[-1].body


@pytest.mark.parametrize(
    ("own", "system"),
    [
        (None, SAID),
        ("Be brief.", f"{SAID}\n\nBe brief."),
        (
            [{"type": "text", "text": "B", "cache_control": {"type": "ephemeral"}}],
            [
                {"type": "text", "text": SAID},
                {"type": "text", "text": "B", "cache_control": {"type": "ephemeral"}},
            ],
        ),
    ],
)
def test_a_relayed_message_has_it_in_its_system_field(ask, sent, own, system):
    fields = {} if own is None else {"system": own}

    assert ask(MESSAGES, "feature:greet-talk", **fields).status_code == 200
    assert sent("anthropic")["system"] == system


def test_a_translated_chat_has_it_in_the_other_formats_place(ask, sent):
    own = {"role": "system", "content": "Be brief."}

    answer = ask(model="feature:greet-talk", messages=[own, HELLO])

    assert answer.status_code == 200
    assert json.dumps(f"{SAID}\n\nBe brief.") in json.dumps(sent("anthropic")["system"])


def test_a_fallback_hears_it_too(ask, sent, gateway_site):
    gateway_site.upstreams["openai"].handler = lambda received: _gone()

    assert ask().status_code == 200
    assert sent("acme")["messages"][0]["content"] == SAID


def test_a_stream_begins_with_it(ask, sent):
    assert ask(stream=True).status_code == 200
    assert sent()["messages"][0]["content"] == SAID


def test_a_structured_answer_is_asked_with_it(ask, sent):
    schema = {"type": "object", "properties": {"a": {"type": "integer"}}}
    form = {"type": "json_schema", "json_schema": {"name": "a", "schema": schema}}

    ask(response_format=form)

    assert sent()["messages"][0]["content"].startswith(SAID)


def test_a_variable_may_come_in_the_body_and_stays_here(ask, sent):
    values = {"language": "Türkçe", "tone": "{{language}}", "unknown": 1}

    answer = ask(headers={}, modelhub_variables=values)

    assert answer.status_code == 200
    assert sent()["messages"][0]["content"] == "Answer in Türkçe. Be {{language}}."
    assert "modelhub_variables" not in sent()


def test_a_header_may_hold_utf_8(ask, sent):
    value = json.dumps({"language": "Türkçe"}, ensure_ascii=False).encode()

    ask(headers={"x-modelhub-variables": value})

    assert "Türkçe" in sent()["messages"][0]["content"]


@pytest.mark.parametrize(("path", "model"), [(CHAT, "greet"), (MESSAGES, "greet-talk")])
def test_a_missing_variable_is_named_and_nobody_is_asked(
    ask, gateway_site, path, model
):
    answer = ask(path, f"feature:{model}", headers={})

    assert answer.status_code == 400
    error = answer.json()["error"]
    assert "the variable language" in error["message"]
    assert error["code"] == "missing_variable"
    assert all(not one.requests for one in gateway_site.upstreams.values())


@pytest.mark.parametrize(
    ("headers", "fields", "words"),
    [
        ({"x-modelhub-variables": "German"}, {}, "JSON object"),
        ({"x-modelhub-variables": "[1]"}, {}, "JSON object"),
        ({}, {"modelhub_variables": "x"}, "JSON object"),
        ({}, {"modelhub_variables": {"language": [1]}}, "value of language"),
    ],
)
def test_values_that_cannot_be_put_in_are_refused(ask, headers, fields, words):
    answer = ask(headers=headers, **fields)

    assert answer.status_code == 400
    assert words in answer.json()["error"]["message"]


def test_a_feature_without_prompt_is_asked_as_ever(ask, sent):
    ask(model="feature:chat")

    assert sent()["messages"] == [HELLO]


def test_the_record_says_which_version_spoke(ask, gateway_site):
    ask(headers={**GERMAN, "x-modelhub-tags": "find=prompted"})

    statement = (
        "SELECT p.name, v.number FROM analytics_usagerecord u "
        "JOIN registry_promptversion v ON v.id = u.prompt_version_id "
        "JOIN registry_prompt p ON p.id = v.prompt_id "
        "WHERE u.tags->>'find' = 'prompted'"
    )
    for _ in range(100):
        if found := gateway_site.query(statement):
            break
        time.sleep(0.05)
    assert found == [("GREETING", 1)]


def _gone():
    from tests.upstream.openai_wire import error

    return error(503, "gone")
