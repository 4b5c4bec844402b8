"""What of a request reaches Ollama, and what is said about the rest."""

import pytest

from registry.providers.adapter import ModelTraits
from registry.providers.errors import ContextLengthError, InvalidRequestError
from registry.providers.messages import (
    Image,
    Message,
    Role,
    Text,
    Tool,
    ToolCall,
    ToolChoice,
)
from registry.providers.ollama_payload import chat_body
from registry.providers.request import ModelRequest

SCHEMA = {"type": "object", "properties": {"age": {"type": "integer"}}}
WEATHER = Tool("get_weather", "Tells it.", {"properties": {"city": {}}})
THINKS = frozenset({"reasoning"})


def body_of(model_name="qwen3:8b", traits=None, **request):
    model = ModelTraits(model_name, **(traits or {}))
    return chat_body(model, ModelRequest(**{"prompt": "Hi"} | request))


def test_parameters_are_options():
    body, notes = body_of(
        system="Be brief.", temperature=1.5, max_tokens=50, seed=3, stop=("END",)
    )

    assert body == {
        "model": "qwen3:8b",
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "Hi"},
        ],
        "stream": False,
        "options": {"temperature": 1.5, "num_predict": 50, "seed": 3, "stop": ["END"]},
    }
    assert notes == ()


def test_a_schema_is_the_format():
    assert body_of(response_schema=SCHEMA)[0]["format"] == SCHEMA
    assert body_of(is_json=True)[0]["format"] == "json"


def test_images_go_as_bare_base64():
    body, _ = body_of(
        images=(Image(data="iVBOR"), Image(url="data:image/png;base64,R0lG"))
    )

    assert body["messages"] == [
        {"role": "user", "content": "Hi", "images": ["iVBOR", "R0lG"]}
    ]


def test_an_image_at_an_address_is_refused_for_nobody_would_fetch_it():
    with pytest.raises(InvalidRequestError, match="address"):
        body_of(images=(Image(url="https://a.example/b.png"),))


def test_tools_their_calls_and_their_results():
    call = ToolCall("c1", "get_weather", '{"city": "Bern"}')
    messages = (
        Message(Role.ASSISTANT, tool_calls=(call,)),
        Message(Role.TOOL, (Text("down"),), tool_call_id="c1", is_tool_error=True),
    )

    body, _ = body_of(messages=messages, tools=(WEATHER,))

    function = {"name": "get_weather", "arguments": {"city": "Bern"}}
    assert body["messages"][:2] == [
        {"role": "assistant", "content": "", "tool_calls": [{"function": function}]},
        {"role": "tool", "tool_name": "get_weather", "content": "Error: down"},
    ]
    assert body["tools"][0]["function"]["parameters"] == {
        "type": "object",
        "properties": {"city": {}},
    }


def test_a_tool_cannot_be_forced_but_forbidden():
    with pytest.raises(InvalidRequestError, match="force"):
        body_of(tools=(WEATHER,), tool_choice=ToolChoice("required"))
    body, notes = body_of(tools=(WEATHER,), tool_choice=ToolChoice("none"))
    assert "tools" not in body
    assert len(notes) == 1


@pytest.mark.parametrize(
    ("model_name", "effort", "think"),
    [
        ("qwen3:8b", "none", False),
        ("qwen3:8b", "high", True),
        ("gpt-oss:20b", "minimal", "low"),
        ("gpt-oss:20b", "high", "high"),
    ],
)
def test_the_effort_is_on_and_off_or_a_level(model_name, effort, think):
    traits = {"capabilities": THINKS}

    assert body_of(model_name, traits, reasoning_effort=effort)[0]["think"] == think


def test_thinking_is_not_asked_of_a_model_that_is_not_known_to():
    body, notes = body_of(reasoning_effort="high")

    assert "think" not in body
    assert len(notes) == 1


def test_a_short_prompt_leaves_the_context_to_the_server():
    assert "options" not in body_of()[0]


def test_a_long_prompt_gets_a_context_that_holds_it():
    body, notes = body_of(prompt="x" * 30_000)

    assert body["options"] == {"num_ctx": 16_384}
    assert "num_ctx" in notes[0]


def test_the_context_is_never_larger_than_the_models_window():
    body, _ = body_of(traits={"context_window": 10_000}, prompt="x" * 30_000)

    assert body["options"] == {"num_ctx": 10_000}


def test_a_prompt_that_cannot_fit_is_refused_rather_than_cut_off():
    with pytest.raises(ContextLengthError):
        body_of(traits={"context_window": 1000}, prompt="x" * 30_000)
