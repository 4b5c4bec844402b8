"""What is Anthropic's own about its calls."""

import pytest

from registry.providers.errors import ModelUnavailableError
from registry.providers.request import ModelRequest
from tests.registry.providers.dialects import HELLO, PATIENT, text_of
from tests.upstream import anthropic_wire as wire
from tests.upstream.replies import sse_reply


def test_the_key_goes_in_the_header_of_the_endpoint_and_nowhere_else(anthropic_calls):
    anthropic_calls.generate(key_header="x-api-key", key_prefix="")

    headers = anthropic_calls.upstream.requests[0].headers
    assert headers["x-api-key"] == "key-of-test"
    assert "authorization" not in headers


def test_a_key_of_the_environment_is_not_used(anthropic_calls, monkeypatch):
    monkeypatch.setenv("ANTHROPIC_API_KEY", "key-of-somebody")

    anthropic_calls.generate(api_key="")

    headers = anthropic_calls.upstream.requests[0].headers
    assert "key-of-somebody" not in str(headers)
    assert "authorization" not in headers


@pytest.mark.parametrize("suffix", ["", "/", "/v1", "/v1/"])
def test_the_address_may_name_the_version(anthropic_calls, suffix):
    url = anthropic_calls.upstream.url

    anthropic_calls.generate(base_url=f"{url}{suffix}")

    assert anthropic_calls.upstream.requests[0].path == "/v1/messages"


def test_sampling_reaches_a_model_that_takes_it(anthropic_calls):
    anthropic_calls.generate(ModelRequest(prompt="Hi", temperature=0, max_tokens=9))

    assert anthropic_calls.upstream.requests[0].json["temperature"] == 0


def test_every_page_of_the_list_is_read(anthropic_calls):
    upstream = anthropic_calls.upstream
    upstream.script += [wire.models("a", "b", has_more=True), wire.models("c")]

    models = anthropic_calls.run(lambda adapter: adapter.list_models(PATIENT))

    assert [model.model_name for model in models] == ["a", "b", "c"]
    assert "after_id=b" in upstream.requests[1].path


def test_one_model_is_described(anthropic_calls):
    model = anthropic_calls.run(lambda adapter: adapter.model_info("claude-x", PATIENT))

    assert model.context_window == 200_000


def test_pings_are_no_content(anthropic_calls):
    events = [*wire.opening(), *[wire.event("ping")] * 5, wire.text_event("Hi")]
    finish = wire.event("message_delta", delta={"stop_reason": "end_turn"}, usage={})
    reply = sse_reply(*events, finish, wire.event("message_stop"))
    anthropic_calls.upstream.script.append(reply)

    chunks = anthropic_calls.stream()

    assert text_of(chunks) == "Hi"
    assert sum(chunk.has_content for chunk in chunks) == 1


@pytest.mark.parametrize(
    ("code", "expected"),
    [("overloaded_error", "overloaded"), ("api_error", "server_error")],
)
def test_an_error_event_is_told_by_its_type(anthropic_calls, code, expected):
    events = [*wire.opening(), wire.text_event("Hi"), wire.error_event(code)]
    anthropic_calls.upstream.script.append(sse_reply(*events, request_id="req_7"))

    with pytest.raises(ModelUnavailableError) as caught:
        anthropic_calls.stream(HELLO)

    assert caught.value.code == expected
    assert caught.value.provider_request_id == "req_7"
    assert caught.value.usage.input_tokens == 12
