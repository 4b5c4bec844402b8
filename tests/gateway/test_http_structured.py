"""A schema over HTTP: checked whoever answers, mended where it is wrong."""

import json
from collections.abc import Iterator

import openai
import pytest

from tests.upstream.openai_wire import completion, stream

HELLO = [{"role": "user", "content": "The largest city of Norway?"}]
FORM = {
    "type": "json_schema",
    "json_schema": {
        "name": "city",
        "strict": True,
        "schema": {
            "type": "object",
            "properties": {"city": {"type": "string"}},
            "required": ["city"],
            "additionalProperties": False,
        },
    },
}
GOOD = '{"city": "Oslo"}'
BAD = '{"city": 7}'
NATIVE = "openai/gpt-s"
BY_TOOL = "openai/gpt-x"


@pytest.fixture
def client(gateway_site) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(
        base_url=f"{gateway_site.url}/v1", api_key=gateway_site.token, max_retries=0
    ) as made:
        yield made


@pytest.fixture
def provider(gateway_site):
    return gateway_site.upstreams["openai"]


def ask(client, model=NATIVE, form=FORM, **fields):
    return client.chat.completions.create(
        model=model, messages=HELLO, response_format=form, **fields
    )


@pytest.mark.parametrize("model", [NATIVE, BY_TOOL])
def test_a_right_answer_is_handed_on(client, provider, model):
    provider.script.append(completion(GOOD))

    assert ask(client, model).choices[0].message.content == GOOD


def test_a_model_that_knows_schemas_gets_the_body_as_it_is(client, provider):
    provider.script.append(completion(GOOD))

    ask(client, extra_body={"brand_new_parameter": 1})

    sent = provider.requests[-1].json
    assert sent["response_format"] == FORM
    assert sent["brand_new_parameter"] == 1


def test_a_model_with_tools_only_gets_a_tool(client, provider):
    provider.script.append(completion(GOOD))

    ask(client, BY_TOOL)

    sent = provider.requests[-1].json
    assert "response_format" not in sent
    assert sent["tools"][0]["function"]["parameters"]["required"] == ["city"]


@pytest.mark.parametrize("model", [NATIVE, BY_TOOL])
def test_a_wrong_answer_is_mended(client, provider, model):
    provider.script += [completion(BAD), completion(GOOD)]

    assert ask(client, model).choices[0].message.content == GOOD
    assert "7 is not of type 'string'" in json.dumps(provider.requests[1].json)


def test_the_fallback_is_held_to_the_same_schema(client, gateway_site):
    gateway_site.upstreams["openai"].handler = lambda received: completion(BAD)
    gateway_site.upstreams["acme"].script.append(completion(GOOD))

    raw = client.chat.completions.with_raw_response.create(
        model="feature:chat", messages=HELLO, response_format=FORM
    )

    assert raw.parse().choices[0].message.content == GOOD
    assert raw.headers["x-modelhub-model"] == "acme/backup-y"
    assert raw.headers["x-modelhub-attempts"] == "4"


def test_what_cannot_be_mended_is_an_error_with_the_last_output(client, provider):
    provider.handler = lambda received: completion(BAD)

    with pytest.raises(openai.InternalServerError) as caught:
        ask(client)

    assert caught.value.status_code == 502
    assert caught.value.code == "schema_mismatch"
    assert caught.value.body["last_output"] == BAD
    assert caught.value.response.headers["x-should-retry"] == "false"


def test_a_stream_begins_when_the_answer_is_right(client, provider):
    provider.script += [stream('{"city":', " 7}"), completion(GOOD)]

    chunks = ask(client, stream=True)
    text = "".join(one.choices[0].delta.content or "" for one in chunks if one.choices)

    assert text == GOOD


def test_a_schema_that_is_none_is_refused_at_once(client, provider):
    form = {"type": "json_schema", "json_schema": {"name": "x", "schema": {"type": 1}}}

    with pytest.raises(openai.BadRequestError) as caught:
        ask(client, form=form)

    assert caught.value.code == "invalid_schema"
    assert provider.requests == []


def test_a_template_is_asked_for_in_the_same_place(client, provider):
    provider.script += [completion("Oslo"), completion("City: Oslo")]
    form = {"type": "template", "template": {"text": "City: {{city}}"}}

    assert ask(client, form=form).choices[0].message.content == "City: Oslo"
    assert "response_format" not in provider.requests[0].json


def test_an_xml_schema_is_too(client, provider):
    provider.script += [completion("<city>7"), completion("<city>Oslo</city>")]
    schema = (
        '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">'
        '<xs:element name="city" type="xs:string"/></xs:schema>'
    )
    form = {"type": "xml_schema", "xml_schema": {"schema": schema}}

    answer = ask(client, form=form)

    assert answer.choices[0].message.content == "<city>Oslo</city>"
