"""What of a request reaches Gemini, and what is said about the rest."""

import pytest

from registry.providers.adapter import ModelTraits
from registry.providers.errors import InvalidRequestError
from registry.providers.google_contents import NO_SIGNATURE
from registry.providers.google_payload import content_body
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

SCHEMA = {"type": "object", "properties": {"age": {"type": "integer"}}}
WEATHER = Tool("get_weather", "Tells it.", {"type": "object"})
STRUCTURED = {"capabilities": frozenset({"structured_output"})}


def body_of(model_name="gemini-3.5-flash", traits=None, **request):
    model = ModelTraits(model_name, **(traits or {}))
    return content_body(model, ModelRequest(**{"prompt": "Hi"} | request))


def config_of(*args, **request):
    body, notes = body_of(*args, **request)
    return body.get("generationConfig", {}), notes


def test_the_system_prompt_and_the_turns_stand_apart():
    spoken = (Message.of("user", "One."), Message.of("assistant", "Two."))

    body, notes = body_of(system="Be brief.", messages=spoken, prompt="Three.")

    assert body == {
        "systemInstruction": {"parts": [{"text": "Be brief."}]},
        "contents": [
            {"role": "user", "parts": [{"text": "One."}]},
            {"role": "model", "parts": [{"text": "Two."}]},
            {"role": "user", "parts": [{"text": "Three."}]},
        ],
    }
    assert notes == ()


def test_a_model_without_system_prompt_hears_it_first():
    body, notes = body_of("gemma-3-27b-it", system="Be brief.")

    assert body["contents"][0]["parts"] == [{"text": "Be brief."}, {"text": "Hi"}]
    assert "systemInstruction" not in body
    assert len(notes) == 1


def test_numbers_go_by_their_names():
    config, notes = config_of(
        temperature=1.5, top_p=0.9, max_tokens=50, seed=3, stop=("END",)
    )

    assert config == {
        "temperature": 1.5,
        "topP": 0.9,
        "maxOutputTokens": 50,
        "seed": 3,
        "stopSequences": ["END"],
    }
    assert notes == ()


def test_penalties_go_only_to_the_generation_that_takes_them():
    penalties = {"frequency_penalty": 0.5, "presence_penalty": -0.5}

    assert config_of("gemini-2.0-flash", **penalties)[0] == {
        "frequencyPenalty": 0.5,
        "presencePenalty": -0.5,
    }
    config, notes = config_of("gemini-2.5-pro", **penalties)
    assert (config, len(notes)) == ({}, 2)


def test_no_more_stops_are_sent_than_taken():
    config, notes = config_of(stop=tuple("abcdef"))

    assert config["stopSequences"] == list("abcde")
    assert len(notes) == 1


def test_images_go_as_data_or_as_an_address():
    images = (Image(data="/9j/4AA"), Image(url="https://a.example/b.webp?x=1"))

    parts = body_of(images=images)[0]["contents"][0]["parts"]

    assert parts[1:] == [
        {"inlineData": {"mimeType": "image/jpeg", "data": "/9j/4AA"}},
        {
            "fileData": {
                "fileUri": "https://a.example/b.webp?x=1",
                "mimeType": "image/webp",
            }
        },
    ]


def tool_turns(result: str, **more):
    call = ToolCall("c1", "get_weather", '{"city": "Bern"}')
    return (
        Message.of("user", "Weather?"),
        Message(Role.ASSISTANT, tool_calls=(call,)),
        Message(Role.TOOL, (Text(result),), tool_call_id="c1", **more),
    )


@pytest.mark.parametrize(
    ("result", "more", "response"),
    [
        ('{"sky": "blue"}', {}, {"sky": "blue"}),
        ("[1, 2]", {}, {"result": [1, 2]}),
        ("blue", {}, {"result": "blue"}),
        ("down", {"is_tool_error": True}, {"error": "down"}),
    ],
)
def test_a_tool_result_is_an_object_and_names_its_tool(result, more, response):
    body, _ = body_of(messages=tool_turns(result, **more), prompt="", tools=(WEATHER,))

    assert body["contents"][2]["parts"] == [
        {"functionResponse": {"id": "c1", "name": "get_weather", "response": response}}
    ]


def test_newer_models_get_a_signature_on_the_calls_of_a_conversation():
    messages = tool_turns("blue")
    call = {"id": "c1", "name": "get_weather", "args": {"city": "Bern"}}

    newer, _ = body_of(messages=messages, prompt="")
    older, _ = body_of("gemini-2.5-flash", messages=messages, prompt="")

    assert newer["contents"][1]["parts"] == [
        {"functionCall": call, "thoughtSignature": NO_SIGNATURE}
    ]
    assert older["contents"][1]["parts"] == [{"functionCall": call}]


@pytest.mark.parametrize(
    ("choice", "sent"),
    [
        (ToolChoice("auto"), {"mode": "AUTO"}),
        (ToolChoice("none"), {"mode": "NONE"}),
        (ToolChoice("required"), {"mode": "ANY"}),
        (
            ToolChoice("tool", "get_weather"),
            {"mode": "ANY", "allowedFunctionNames": ["get_weather"]},
        ),
    ],
)
def test_tools_and_the_choice_among_them(choice, sent):
    body, _ = body_of(tools=(WEATHER,), tool_choice=choice)

    assert body["tools"] == [
        {
            "functionDeclarations": [
                {
                    "name": "get_weather",
                    "description": "Tells it.",
                    "parametersJsonSchema": {"type": "object"},
                }
            ]
        }
    ]
    assert body["toolConfig"] == {"functionCallingConfig": sent}


def test_a_schema_goes_natively_where_the_model_has_it():
    config, _ = config_of(traits=STRUCTURED, response_schema=SCHEMA)

    assert config == {
        "responseMimeType": "application/json",
        "responseJsonSchema": SCHEMA,
    }
    assert config_of(is_json=True)[0] == {"responseMimeType": "application/json"}
    assert config_of(response_schema=SCHEMA)[0] == {}


def test_older_models_take_tools_or_a_schema():
    config, notes = config_of(
        "gemini-2.5-flash", STRUCTURED, response_schema=SCHEMA, tools=(WEATHER,)
    )

    assert config == {}
    assert "tools or a schema" in notes[0]


@pytest.mark.parametrize(
    ("model_name", "effort", "thinking"),
    [
        ("gemini-3.5-flash", "none", {"thinkingLevel": "minimal"}),
        ("gemini-3.1-pro-preview", "minimal", {"thinkingLevel": "low"}),
        ("gemini-4-argon", "medium", {"thinkingLevel": "medium"}),
        ("gemini-3.5-flash", "xhigh", {"thinkingLevel": "high"}),
        ("gemini-2.5-flash", "none", {"thinkingBudget": 0}),
        ("gemini-2.5-pro", "none", {"thinkingBudget": 128}),
        ("gemini-2.5-flash", "high", {"thinkingBudget": 16_384}),
    ],
)
def test_the_effort_is_a_level_or_a_budget_by_generation(model_name, effort, thinking):
    config, _ = config_of(model_name, reasoning_effort=effort)

    is_shown = effort != "none"
    assert config["thinkingConfig"] == {"includeThoughts": is_shown} | thinking


def test_an_older_model_does_not_think():
    config, notes = config_of("gemini-2.0-flash", reasoning_effort="high")

    assert (config, len(notes)) == ({}, 1)


def test_a_conversation_of_empty_texts_is_refused():
    with pytest.raises(InvalidRequestError):
        body_of(messages=(Message.of("user", ""),), prompt="")
