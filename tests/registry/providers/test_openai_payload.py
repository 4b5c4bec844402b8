"""What is sent to OpenAI and to those who speak its interface."""

import pytest

from registry.providers.adapter import Endpoint
from registry.providers.messages import (
    Image,
    Message,
    Role,
    Text,
    Tool,
    ToolCall,
    ToolChoice,
)
from registry.providers.openai_payload import chat_body
from registry.providers.openai_responses import needs_responses, responses_body
from registry.providers.request import ModelRequest
from registry.providers.table import row_for

PICTURE = Image(data="aGk=", media_type="image/png", detail="low")
WEATHER = Tool("weather", "Tells it.", {"type": "object", "properties": {}})
CLOSED = {
    "type": "object",
    "properties": {"x": {"type": "integer"}},
    "required": ["x"],
    "additionalProperties": False,
}
TALK = (
    Message.of("user", "Weather?"),
    Message(Role.ASSISTANT, (), (ToolCall("call_1", "weather", "{}"),)),
    Message(Role.TOOL, (Text("Rain."), PICTURE), tool_call_id="call_1"),
)


def endpoint(slug="openai") -> Endpoint:
    row = row_for(slug)
    return Endpoint(slug, row.dialect, "http://127.0.0.1", quirks=row.quirks)


def chat(request, model="gpt-x", slug="openai"):
    return chat_body(request, model, endpoint(slug))


def test_a_plain_request_is_a_plain_body():
    body, notes = chat(ModelRequest(prompt="Hi", system="Be brief.", temperature=0.2))

    assert body == {
        "model": "gpt-x",
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "Hi"},
        ],
        "temperature": 0.2,
    }
    assert notes == []


def test_a_reasoning_model_hears_a_developer():
    request = ModelRequest(prompt="Hi", system="Be brief.")

    assert chat(request, "gpt-5")[0]["messages"][0]["role"] == "developer"
    assert chat(request, "gpt-5", "openrouter")[0]["messages"][0]["role"] == "system"


@pytest.mark.parametrize(
    ("slug", "limit", "seed"),
    [
        ("openai", "max_completion_tokens", "seed"),
        ("acme", "max_tokens", "seed"),
        ("mistral", "max_tokens", "random_seed"),
    ],
)
def test_parameters_go_by_the_names_of_the_provider(slug, limit, seed):
    body, _ = chat(ModelRequest(prompt="Hi", max_tokens=9, seed=7), slug=slug)

    assert (body[limit], body[seed]) == (9, 7)


def test_images_go_as_parts():
    body, _ = chat(ModelRequest(prompt="What is it?", images=(PICTURE,)))

    assert body["messages"][0]["content"] == [
        {"type": "text", "text": "What is it?"},
        {
            "type": "image_url",
            "image_url": {"url": "data:image/png;base64,aGk=", "detail": "low"},
        },
    ]


def test_tools_their_choice_and_their_answers_go_along():
    request = ModelRequest(
        messages=TALK,
        tools=(WEATHER,),
        tool_choice=ToolChoice("tool", "weather"),
        parallel_tool_calls=False,
    )

    body, notes = chat(request)

    assert body["tools"][0]["function"]["name"] == "weather"
    assert body["tool_choice"] == {"type": "function", "function": {"name": "weather"}}
    assert body["parallel_tool_calls"] is False
    asked, told, shown = body["messages"][1:]
    assert asked["tool_calls"][0]["function"]["arguments"] == "{}"
    assert told == {"role": "tool", "tool_call_id": "call_1", "content": "Rain."}
    assert shown["content"][0]["type"] == "image_url"
    assert notes == ["Images of a tool's answer were sent as a user message."]


def test_ids_of_tool_calls_are_short_where_they_must_be():
    body, _ = chat(ModelRequest(messages=TALK, tools=(WEATHER,)), slug="mistral")

    called, told = body["messages"][1]["tool_calls"][0]["id"], body["messages"][2]
    assert called == told["tool_call_id"]
    assert len(called) == 9


def test_a_closed_schema_is_kept_strictly_and_an_open_one_guides():
    strict, _ = chat(ModelRequest(prompt="Hi", response_schema=CLOSED))
    loose, notes = chat(
        ModelRequest(prompt="Hi", response_schema=CLOSED | {"required": []})
    )

    assert strict["response_format"]["json_schema"]["strict"] is True
    assert loose["response_format"]["json_schema"]["strict"] is False
    assert "not strict" in notes[0]


def test_a_schema_becomes_an_instruction_where_it_is_not_taken():
    request = ModelRequest(prompt="Hi", response_schema=CLOSED)

    body, _ = chat(request, slug="deepseek")

    assert body["response_format"] == {"type": "json_object"}
    assert '"additionalProperties": false' in body["messages"][0]["content"]


def test_json_mode_comes_with_the_word_that_it_needs():
    body, _ = chat(ModelRequest(prompt="Hi", is_json=True))
    spoken, notes = chat(ModelRequest(prompt="Answer in JSON.", is_json=True))

    assert "JSON" in body["messages"][0]["content"]
    assert len(spoken["messages"]) == 1
    assert notes == []


@pytest.mark.parametrize(
    ("model", "changes", "slug", "needed"),
    [
        ("gpt-5-pro", {}, "openai", True),
        ("o3-deep-research", {}, "openai", True),
        ("gpt-5.1-codex-mini", {}, "openai", True),
        ("gpt-5.6-sol", {"tools": (WEATHER,)}, "openai", True),
        ("gpt-5.6-sol", {"tools": (WEATHER,), "reasoning_effort": "none"}, "azure", 0),
        ("gpt-5.6-sol", {}, "openai", False),
        ("gpt-5", {"tools": (WEATHER,)}, "openai", False),
        ("gpt-5-pro", {}, "openrouter", False),
    ],
)
def test_responses_is_used_only_where_it_must_be(model, changes, slug, needed):
    request = ModelRequest(prompt="Hi", **changes)

    assert needs_responses(request, model, endpoint(slug)) == bool(needed)


def test_a_request_to_the_responses_api():
    request = ModelRequest(
        messages=TALK,
        system="Be brief.",
        tools=(WEATHER,),
        response_schema=CLOSED,
        max_tokens=3,
        reasoning_effort="high",
        seed=7,
    )

    body, notes = responses_body(request, "gpt-5-pro")

    assert body["instructions"] == "Be brief."
    assert [item.get("type", item.get("role")) for item in body["input"]] == [
        "user",
        "function_call",
        "function_call_output",
    ]
    assert body["text"]["format"]["strict"] is True
    assert (body["max_output_tokens"], body["store"]) == (16, False)
    assert body["reasoning"] == {"effort": "high"}
    assert notes == [
        "Sent through the Responses API.",
        "max_tokens 3 raised to 16, the least.",
        "seed dropped: the Responses API takes none",
    ]


def test_deep_research_is_given_something_to_search():
    body, _ = responses_body(ModelRequest(prompt="Hi"), "o4-mini-deep-research")

    assert body["tools"] == [{"type": "web_search_preview"}]
