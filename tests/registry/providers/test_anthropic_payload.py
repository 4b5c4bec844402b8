"""What of a request reaches Anthropic, and what is said about the rest."""

import pytest

from registry.providers.adapter import ModelTraits
from registry.providers.anthropic_payload import message_body
from registry.providers.errors import InvalidRequestError
from registry.providers.messages import (
    Image,
    Message,
    Role,
    Text,
    Tool,
    ToolCall,
    ToolChoice,
)
from registry.providers.request import ModelRequest

SCHEMA = {"type": "object", "properties": {"age": {"type": ["integer", "null"]}}}
WEATHER = Tool("get_weather", "Tells it.", {"properties": {"city": {}}})


def body_of(model_name="claude-opus-4-1", traits=None, **request):
    model = ModelTraits(model_name, **(traits or {}))
    return message_body(model, ModelRequest(**{"prompt": "Hi"} | request))


def test_system_messages_become_the_system_prompt():
    body, _ = body_of(
        system="Be brief.", messages=(Message.of("system", "In French."),)
    )

    assert body["system"] == "Be brief.\n\nIn French."
    assert [one["role"] for one in body["messages"]] == ["user"]


def test_turns_of_one_side_become_one_and_empty_texts_are_left_out():
    body, _ = body_of(
        messages=(
            Message.of("user", "One."),
            Message.of("user", "Two."),
            Message.of("assistant", ""),
        ),
        prompt="Three.",
    )

    assert body["messages"] == [
        {
            "role": "user",
            "content": [
                {"type": "text", "text": t} for t in ("One.", "Two.", "Three.")
            ],
        }
    ]


def test_tool_calls_and_their_results_keep_their_ids():
    call = ToolCall("call:1", "get_weather", '{"city": "Bern"}')
    result = Message(
        Role.TOOL, (Text("down"),), tool_call_id="call:1", is_tool_error=True
    )

    body, notes = body_of(
        messages=(
            Message.of("user", "Weather?"),
            Message(Role.ASSISTANT, tool_calls=(call,)),
            result,
        ),
        tools=(WEATHER,),
    )

    _, asked, answered = body["messages"]
    assert asked["content"] == [
        {
            "type": "tool_use",
            "id": "call_1",
            "name": "get_weather",
            "input": {"city": "Bern"},
        }
    ]
    assert answered["content"][0] == {
        "type": "tool_result",
        "tool_use_id": "call_1",
        "content": [{"type": "text", "text": "down"}],
        "is_error": True,
    }
    assert body["tools"] == [
        {
            "name": "get_weather",
            "description": "Tells it.",
            "input_schema": {"type": "object", "properties": {"city": {}}},
        }
    ]


def test_images_go_as_data_or_as_an_address():
    images = (Image(data="iVBORw0"), Image(url="https://a.example/b.jpg"))

    body, _ = body_of(images=images)

    sources = [block["source"] for block in body["messages"][0]["content"][1:]]
    assert sources == [
        {"type": "base64", "media_type": "image/png", "data": "iVBORw0"},
        {"type": "url", "url": "https://a.example/b.jpg"},
    ]


def test_a_data_url_becomes_data():
    body, _ = body_of(images=(Image(url="data:image/webp;base64,UklG"),))

    assert body["messages"][0]["content"][1]["source"] == {
        "type": "base64",
        "media_type": "image/webp",
        "data": "UklG",
    }


@pytest.mark.parametrize(
    ("limit", "sent"), [(None, 4096), (8192, 8192), (64_000, 16_384)]
)
def test_max_tokens_is_always_sent(limit, sent):
    body, notes = body_of(traits={"max_output_tokens": limit})

    assert body["max_tokens"] == sent
    assert "max_tokens" in notes[0]


def test_the_requests_own_max_tokens_needs_no_word():
    assert body_of(max_tokens=77)[0]["max_tokens"] == 77
    assert body_of(max_tokens=77)[1] == ()


def test_a_temperature_above_one_becomes_one_with_a_note():
    body, notes = body_of(temperature=1.7, max_tokens=9)

    assert body["temperature"] == 1
    assert notes == ("temperature 1.7 became 1, the highest",)


def test_of_temperature_and_top_p_newer_models_get_one():
    body, notes = body_of(temperature=0.2, top_p=0.9, max_tokens=9)

    assert (body["temperature"], "top_p" in body, len(notes)) == (0.2, False, 1)
    assert "top_p" in body_of("claude-3-5-haiku-20241022", temperature=0, top_p=1)[0]


@pytest.mark.parametrize("name", ["claude-opus-4-7", "claude-sonnet-5", "claude-next"])
def test_the_newest_models_get_no_sampling_parameter(name):
    body, notes = body_of(name, temperature=0, top_p=0.5, max_tokens=9)

    assert not {"temperature", "top_p"} & body.keys()
    assert "temperature and top_p dropped" in notes[0]


def test_seed_and_penalties_are_dropped_with_a_note():
    body, notes = body_of(
        seed=1, frequency_penalty=0.5, presence_penalty=0.5, max_tokens=9
    )

    assert body.keys() == {"model", "messages", "max_tokens"}
    assert [note.split()[0] for note in notes] == [
        "seed",
        "frequency_penalty",
        "presence_penalty",
    ]


@pytest.mark.parametrize(
    ("choice", "sent"),
    [
        (ToolChoice("auto"), {"type": "auto"}),
        (ToolChoice("none"), {"type": "none"}),
        (ToolChoice("required"), {"type": "any"}),
        (ToolChoice("tool", "get_weather"), {"type": "tool", "name": "get_weather"}),
    ],
)
def test_the_tool_choice_is_translated(choice, sent):
    assert body_of(tools=(WEATHER,), tool_choice=choice)[0]["tool_choice"] == sent


def test_one_tool_at_a_time_is_said_in_the_tool_choice():
    body, _ = body_of(tools=(WEATHER,), parallel_tool_calls=False)

    assert body["tool_choice"] == {"type": "auto", "disable_parallel_tool_use": True}


def test_a_model_that_cannot_be_forced_to_call_a_tool_is_not_asked_to():
    with pytest.raises(InvalidRequestError, match="cannot be forced"):
        body_of(
            "claude-fable-5-1", tools=(WEATHER,), tool_choice=ToolChoice("required")
        )


def test_a_schema_goes_natively_where_the_model_has_it():
    traits = {"capabilities": frozenset({"structured_output"})}

    body, _ = body_of(traits=traits, response_schema=SCHEMA, max_tokens=9)

    sent = body["output_config"]["format"]
    assert sent["type"] == "json_schema"
    assert sent["schema"]["properties"]["age"]["anyOf"] == [
        {"type": "integer"},
        {"type": "null"},
    ]
    assert sent["schema"]["additionalProperties"] is False


def test_a_schema_is_not_sent_where_the_model_has_none():
    body, notes = body_of(response_schema=SCHEMA, max_tokens=9)

    assert "output_config" not in body
    assert "schema was not sent" in notes[0]


def test_a_schema_that_the_sdk_cannot_translate_becomes_an_instruction():
    traits = {"capabilities": frozenset({"structured_output"})}

    body, notes = body_of(
        traits=traits, response_schema={"properties": {}}, max_tokens=9
    )

    assert '{"properties": {}}' in body["system"]
    assert "instruction" in notes[0]


def test_stops_of_white_space_are_dropped():
    body, notes = body_of(stop=("END", "\n"), max_tokens=9)

    assert body["stop_sequences"] == ["END"]
    assert len(notes) == 1


def test_a_conversation_that_the_assistant_begins_gets_a_user_turn_first():
    body, notes = body_of(
        messages=(Message.of("assistant", "Welcome."),), prompt="Hi", max_tokens=9
    )

    assert [one["role"] for one in body["messages"]] == ["user", "assistant", "user"]
    assert len(notes) == 1


def test_the_beginning_of_an_answer_does_not_end_in_white_space():
    body, _ = body_of(
        messages=(Message.of("user", "Go on."), Message.of("assistant", "It was \n")),
        prompt="",
    )

    assert body["messages"][-1]["content"][-1]["text"] == "It was"


def test_newer_models_do_not_continue_an_answer_that_was_begun():
    begun = (Message.of("user", "Go on."), Message.of("assistant", "It was"))

    with pytest.raises(InvalidRequestError) as caught:
        body_of("claude-opus-4-6", messages=begun, prompt="")

    assert caught.value.code == "prefill"
