"""The official Anthropic SDK, unchanged, against a running gateway."""

from collections.abc import Iterator

import anthropic
import pytest

from tests.upstream.anthropic_wire import error, error_event, opening, text_event
from tests.upstream.openai_wire import completion
from tests.upstream.replies import sse_reply

HELLO = [{"role": "user", "content": "Hi"}]
TOOL = {"name": "now", "input_schema": {"type": "object", "properties": {}}}


@pytest.fixture
def client(gateway_site) -> Iterator[anthropic.Anthropic]:
    with anthropic.Anthropic(
        base_url=gateway_site.url, api_key=gateway_site.token, max_retries=0
    ) as made:
        yield made


def ask(client: anthropic.Anthropic, **fields):
    asked = {"model": "feature:talk", "max_tokens": 64, "messages": HELLO}
    return client.messages.create(**asked | fields)


def test_a_feature_answers(client, gateway_site):
    answer = ask(client, extra_body={"parameter_of_tomorrow": 1})

    assert answer.content[0].text == "Hello there."
    assert (answer.model, answer.usage.output_tokens) == ("claude-x", 5)
    received = gateway_site.upstreams["anthropic"].requests[0]
    assert received.headers["x-api-key"] == "sk-of-the-provider"
    assert received.json["parameter_of_tomorrow"] == 1


@pytest.mark.parametrize("model", ["feature:talk", "feature:chat"])
def test_a_stream_builds_the_message(client, model):
    with client.messages.stream(
        model=model, max_tokens=64, messages=HELLO, system="Be brief."
    ) as stream:
        texts = list(stream.text_stream)
        message = stream.get_final_message()

    assert texts == ["Hello", " there", "."]
    assert message.stop_reason == "end_turn"
    assert message.usage.output_tokens == 5


def test_tools_are_translated_for_a_provider_of_another_format(client, gateway_site):
    function = {"name": "now", "arguments": "{}"}
    call = {"id": "call_1", "type": "function", "function": function}
    message = {"role": "assistant", "content": None, "tool_calls": [call]}
    choice = {"index": 0, "message": message, "finish_reason": "tool_calls"}
    gateway_site.upstreams["openai"].script = [completion(choices=[choice])]

    answer = ask(client, model="feature:chat", tools=[TOOL])

    assert (answer.content[0].name, answer.stop_reason) == ("now", "tool_use")
    assert answer.model == "openai/gpt-x"
    sent = gateway_site.upstreams["openai"].requests[0].json
    assert sent["tools"][0]["function"]["name"] == "now"


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (error(400, message="No."), anthropic.BadRequestError),
        (error(404, "not_found_error", "model: x"), anthropic.NotFoundError),
        (error(429, "rate_limit_error", retry_after="90"), anthropic.RateLimitError),
    ],
)
def test_a_providers_error_becomes_the_sdks_own(client, gateway_site, reply, kind):
    gateway_site.upstreams["anthropic"].handler = lambda received: reply

    with pytest.raises(kind) as failed:
        ask(client)

    assert failed.value.request_id


def test_errors_of_the_caller_become_the_sdks_own(gateway_site):
    tried = {
        "mh_nobody": anthropic.AuthenticationError,
        gateway_site.tokens["feedback_only"]: anthropic.PermissionDeniedError,
    }
    for token, kind in tried.items():
        with (
            anthropic.Anthropic(
                base_url=gateway_site.url, api_key=token, max_retries=0
            ) as client,
            pytest.raises(kind),
        ):
            ask(client)


def test_an_error_in_mid_stream_is_raised(client, gateway_site):
    reply = sse_reply(*opening(), text_event("a"), error_event())
    gateway_site.upstreams["anthropic"].script = [reply]

    with (
        pytest.raises(anthropic.APIStatusError) as failed,
        client.messages.stream(
            model="feature:talk", max_tokens=64, messages=HELLO
        ) as stream,
    ):
        list(stream)

    assert "Overloaded" in failed.value.message


def test_models_can_be_listed(client):
    names = [model.id for model in client.models.list()]

    assert "feature:talk" in names
    assert client.models.retrieve("anthropic/claude-x").id == "anthropic/claude-x"


def test_that_tokens_are_not_counted_is_said(client):
    with pytest.raises(anthropic.NotFoundError, match="count_tokens is not there"):
        client.messages.count_tokens(model="feature:talk", messages=HELLO)
