"""The official OpenAI SDK, unchanged, against a running gateway."""

from collections.abc import Iterator

import openai
import pytest

from tests.upstream import anthropic_wire
from tests.upstream.openai_wire import chunk, completion, error
from tests.upstream.replies import sse_reply

HELLO = [{"role": "user", "content": "Hi"}]
WEATHER = {
    "type": "function",
    "function": {
        "name": "weather",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
    },
}
CALL = {
    "id": "call_1",
    "type": "function",
    "function": {"name": "weather", "arguments": '{"city": "Ulm"}'},
}
PIXEL = "data:image/png;base64,iVBORw0KGgo="


@pytest.fixture
def client(gateway_site) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(
        base_url=f"{gateway_site.url}/v1", api_key=gateway_site.token, max_retries=0
    ) as made:
        yield made


def ask(client: openai.OpenAI, **fields):
    return client.chat.completions.create(
        **{"model": "feature:chat", "messages": HELLO} | fields
    )


def test_a_feature_answers(client, gateway_site):
    answer = ask(client)

    assert answer.choices[0].message.content == "Hello there."
    assert (answer.model, answer.usage.total_tokens) == ("gpt-x", 17)
    received = gateway_site.upstreams["openai"].requests[0]
    assert received.headers["authorization"] == "Bearer sk-of-the-provider"


def test_headers_tell_how_the_answer_came(client):
    raw = client.chat.completions.with_raw_response.create(
        model="feature:chat", messages=HELLO, extra_headers={"x-request-id": "my-own-1"}
    )

    assert raw.headers["x-modelhub-model"] == "openai/gpt-x"
    assert raw.headers["x-modelhub-attempts"] == "1"
    assert float(raw.headers["x-modelhub-cost-usd"]) == pytest.approx(0.000027)
    assert raw.headers["x-request-id"] == "my-own-1"
    assert len(raw.headers["x-modelhub-request-id"]) == 32


@pytest.mark.parametrize("model", ["feature:chat", "feature:talk"])
def test_a_stream_arrives_in_pieces(client, model):
    with ask(client, model=model, stream=True) as chunks:
        texts = [one.choices[0].delta.content or "" for one in chunks if one.choices]

    assert "".join(texts) == "Hello there."
    assert len([text for text in texts if text]) == 3


@pytest.mark.parametrize("model", ["feature:chat", "feature:talk"])
def test_usage_of_a_stream_comes_where_it_was_asked_for(client, model):
    options = {"include_usage": True}

    with ask(client, model=model, stream=True, stream_options=options) as chunks:
        usages = [one.usage for one in chunks if one.usage]

    assert [usage.completion_tokens for usage in usages] == [5]


def test_what_a_provider_invents_tomorrow_works_today(client, gateway_site):
    ask(client, extra_body={"parameter_of_tomorrow": {"deep": [1, 2]}})

    sent = gateway_site.upstreams["openai"].requests[0].json
    assert sent["parameter_of_tomorrow"] == {"deep": [1, 2]}


def test_tools_and_pictures_pass(client, gateway_site):
    message = {"role": "assistant", "content": None, "tool_calls": [CALL]}
    choice = {"index": 0, "message": message, "finish_reason": "tool_calls"}
    gateway_site.upstreams["openai"].script = [completion(choices=[choice])]
    picture = {"type": "image_url", "image_url": {"url": PIXEL}}

    answer = ask(
        client, messages=[{"role": "user", "content": [picture]}], tools=[WEATHER]
    )

    assert answer.choices[0].message.tool_calls[0].function.name == "weather"
    sent = gateway_site.upstreams["openai"].requests[0].json
    assert sent["messages"][0]["content"] == [picture]
    assert sent["tools"] == [WEATHER]


def test_tools_are_translated_for_a_provider_of_another_format(client, gateway_site):
    use = {
        "type": "tool_use",
        "id": "toolu_1",
        "name": "weather",
        "input": {"city": "U"},
    }
    gateway_site.upstreams["anthropic"].script = [
        anthropic_wire.completion(content=[use], stop_reason="tool_use")
    ]
    turns = [
        *HELLO,
        {"role": "assistant", "tool_calls": [CALL]},
        {"role": "tool", "tool_call_id": "call_1", "content": "rain"},
    ]

    answer = ask(client, model="feature:talk", messages=turns, tools=[WEATHER])

    call = answer.choices[0].message.tool_calls[0]
    assert (call.id, call.function.arguments) == ("toolu_1", '{"city": "U"}')
    assert answer.choices[0].finish_reason == "tool_calls"
    assert answer.model == "anthropic/claude-x"
    sent = gateway_site.upstreams["anthropic"].requests[0].json
    assert sent["tools"][0]["name"] == "weather"
    assert sent["messages"][-1]["content"][0]["tool_use_id"] == "call_1"


def test_the_fallback_answers_where_the_first_fails(client, gateway_site):
    gateway_site.upstreams["openai"].handler = lambda received: error(404, "gone")

    raw = client.chat.completions.with_raw_response.create(
        model="feature:chat", messages=HELLO
    )

    assert raw.headers["x-modelhub-model"] == "acme/backup-y"
    assert raw.headers["x-modelhub-attempts"] == "2"
    assert "openai/gpt-x" in raw.headers["x-modelhub-trace"]


def test_an_answer_of_ten_megabytes_arrives(client, gateway_site):
    text = "x" * 10_000_000
    gateway_site.upstreams["openai"].script = [completion(text)]

    assert ask(client).choices[0].message.content == text


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (error(400, "bad_thing", "No."), openai.BadRequestError),
        (error(404, "model_not_found"), openai.NotFoundError),
        (error(429, "rate_limit_exceeded", retry_after="90"), openai.RateLimitError),
    ],
)
def test_a_providers_error_becomes_the_sdks_own(client, gateway_site, reply, kind):
    gateway_site.upstreams["openai"].handler = lambda received: reply

    with pytest.raises(kind) as failed:
        ask(client, model="openai/gpt-y")

    assert failed.value.code
    assert failed.value.request_id


def test_errors_of_the_caller_become_the_sdks_own(gateway_site):
    tried = {
        "mh_nobody": openai.AuthenticationError,
        gateway_site.tokens["feedback_only"]: openai.PermissionDeniedError,
        gateway_site.tokens["stranger"]: openai.NotFoundError,
    }
    for token, kind in tried.items():
        with (
            openai.OpenAI(
                base_url=f"{gateway_site.url}/v1", api_key=token, max_retries=0
            ) as client,
            pytest.raises(kind),
        ):
            ask(client)


def test_an_error_in_mid_stream_is_raised(client, gateway_site):
    told = 'data: {"error": {"message": "too busy", "code": "overloaded"}}'
    reply = sse_reply(chunk(delta={"content": "a"}), told)
    gateway_site.upstreams["openai"].script = [reply]

    with ask(client, stream=True) as chunks, pytest.raises(openai.APIError) as failed:
        list(chunks)

    assert "too busy" in failed.value.message


def test_models_can_be_listed_and_looked_up(client):
    names = [model.id for model in client.models.list()]

    assert names[0] == "feature:chat"
    assert "anthropic/claude-x" in names
    assert client.models.retrieve("openai/gpt-x").owned_by == "openai"
    with pytest.raises(openai.NotFoundError):
        client.models.retrieve("openai/no-such")
