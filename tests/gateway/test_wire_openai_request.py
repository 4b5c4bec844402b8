"""OpenAI's requests as our own: nothing changes its meaning on the way."""

import pytest

from modelhub.gateway.wire.openai_request import request_from_chat
from registry.providers.errors import InvalidRequestError
from registry.providers.messages import Image, Role, Text, Tool, ToolCall, ToolChoice

HELLO = [{"role": "user", "content": "Hi"}]


def parsed(**fields):
    return request_from_chat({"model": "m", "messages": HELLO} | fields)[0]


def test_messages_keep_roles_texts_and_pictures():
    picture = {"type": "image_url", "image_url": {"url": "data:image/png;base64,QUJD"}}
    linked = {
        "type": "image_url",
        "image_url": {"url": "https://a.b/c", "detail": "low"},
    }
    request = parsed(
        messages=[
            {"role": "developer", "content": "Be brief."},
            {
                "role": "user",
                "content": [{"type": "text", "text": "x"}, picture, linked],
            },
            {"role": "assistant", "content": "y"},
        ]
    )

    assert request.system_text == "Be brief."
    user, assistant = request.turns()
    assert user.content == (
        Text("x"),
        Image(data="QUJD", media_type="image/png"),
        Image(url="https://a.b/c", detail="low"),
    )
    assert (assistant.role, assistant.text) == (Role.ASSISTANT, "y")


def test_tools_their_calls_and_their_answers_are_kept():
    schema = {"type": "object", "properties": {"city": {"type": "string"}}}
    function = {"name": "weather", "parameters": schema, "strict": True}
    call = {
        "id": "call_1",
        "type": "function",
        "function": {"name": "weather", "arguments": '{"city": "Ulm"}'},
    }
    request = parsed(
        messages=[
            *HELLO,
            {"role": "assistant", "content": None, "tool_calls": [call]},
            {"role": "tool", "tool_call_id": "call_1", "content": "rain"},
        ],
        tools=[{"type": "function", "function": function}],
        tool_choice={"type": "function", "function": {"name": "weather"}},
        parallel_tool_calls=False,
    )

    assert request.tools == (Tool("weather", "", schema, is_strict=True),)
    assert request.tool_choice == ToolChoice("tool", "weather")
    assert request.parallel_tool_calls is False
    _, asked, answered = request.turns()
    assert asked.tool_calls == (ToolCall("call_1", "weather", '{"city": "Ulm"}'),)
    assert (answered.tool_call_id, answered.text) == ("call_1", "rain")


def test_parameters_are_kept():
    request = parsed(
        temperature=0.5,
        top_p=0.9,
        max_tokens=5,
        max_completion_tokens=7,
        stop="END",
        seed=3,
        frequency_penalty=1,
        presence_penalty=-1,
        reasoning_effort="low",
    )

    assert (request.temperature, request.top_p, request.max_tokens) == (0.5, 0.9, 7)
    assert (request.stop, request.seed) == (("END",), 3)
    assert (request.frequency_penalty, request.presence_penalty) == (1, -1)
    assert request.reasoning_effort == "low"


def test_a_schema_is_kept_with_its_name():
    schema = {"type": "object"}
    form = {"type": "json_schema", "json_schema": {"name": "city", "schema": schema}}

    request = parsed(response_format=form)

    assert (request.response_schema, request.response_schema_name) == (schema, "city")
    assert parsed(response_format={"type": "json_object"}).is_json


def test_what_means_nothing_elsewhere_is_left_out_with_a_note():
    _, notes = request_from_chat({"model": "m", "messages": HELLO, "user": "u1"})

    assert notes == ("user was left out: it cannot be translated for this model.",)


@pytest.mark.parametrize(
    "fields",
    [
        {"n": 2},
        {"logprobs": True},
        {"logit_bias": {"1": -100}},
        {"modalities": ["text", "audio"]},
        {"parameter_of_tomorrow": 1},
        {"tools": [{"type": "custom", "custom": {"name": "x"}}]},
        {"messages": [{"role": "user", "content": [{"type": "input_audio"}]}]},
    ],
)
def test_what_would_mean_something_else_is_refused(fields):
    with pytest.raises(InvalidRequestError) as refused:
        parsed(**fields)

    assert refused.value.code == "unsupported"


@pytest.mark.parametrize(
    "fields",
    [
        {"messages": "Hi"},
        {"messages": []},
        {"messages": [{"role": "wizard", "content": "Hi"}]},
        {"messages": [{"role": "tool", "content": "x"}]},
        {"temperature": "hot"},
        {"temperature": 3},
        {"max_tokens": 0},
        {"tool_choice": "perhaps"},
        {"response_format": {"type": "yaml"}},
        {"stop": [1]},
    ],
)
def test_a_wrong_field_is_told(fields):
    with pytest.raises(InvalidRequestError):
        parsed(**fields)
