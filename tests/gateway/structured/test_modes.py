"""How a structure reaches a model."""

import pytest

from modelhub.gateway.structured.modes import (
    Mode,
    Structure,
    mode_for,
    prepared,
    structure_of,
)
from registry.providers.adapter import ModelTraits
from registry.providers.messages import Message, Tool
from registry.providers.request import ModelRequest
from registry.structured.checked import InvalidStructureError
from registry.structured.json_schema import JsonSchemaValidator
from registry.structured.templates import TemplateValidator

SCHEMA = {"type": "object", "properties": {"a": {"type": "integer"}}}
STRUCTURE = Structure(JsonSchemaValidator(SCHEMA), "my answer")
REQUEST = ModelRequest(prompt="Give me a.", system="Be brief.")


def traits(*capabilities: str) -> ModelTraits:
    return ModelTraits("m", frozenset(capabilities))


@pytest.mark.parametrize(
    ("capabilities", "mode"),
    [
        (("structured_output", "tools"), Mode.NATIVE),
        (("tools",), Mode.TOOL),
        (("text_generation",), Mode.INSTRUCTION),
        ((), Mode.INSTRUCTION),
    ],
)
def test_the_surest_way_that_is_known_is_taken(capabilities, mode):
    assert mode_for(traits(*capabilities), REQUEST, STRUCTURE) is mode


def test_a_request_with_tools_of_its_own_keeps_them():
    request = ModelRequest(prompt="x", tools=(Tool("search"),))

    mode = mode_for(traits("tools"), request, STRUCTURE)

    assert mode is Mode.INSTRUCTION
    assert prepared(request, mode, STRUCTURE).tools == request.tools


def test_a_list_cannot_be_the_arguments_of_a_tool():
    listed = Structure(JsonSchemaValidator({"type": "array"}))

    assert mode_for(traits("tools"), REQUEST, listed) is Mode.INSTRUCTION


def test_what_is_no_json_schema_is_always_told_in_words():
    template = Structure(TemplateValidator("Name: {{name}}"))

    assert mode_for(traits("structured_output"), REQUEST, template) is Mode.INSTRUCTION


def test_native_hands_the_schema_on():
    request = prepared(REQUEST, Mode.NATIVE, STRUCTURE)

    assert request.response_schema == SCHEMA
    assert request.response_schema_name == "my_answer"
    assert request.system == "Be brief."


def test_a_tool_is_named_like_the_schema_and_forced():
    request = prepared(REQUEST, Mode.TOOL, STRUCTURE)

    assert request.response_schema is None
    assert request.tools[0].parameters == SCHEMA
    assert request.tool_choice.name == request.tools[0].name == "my_answer"
    assert request.parallel_tool_calls is False


def test_an_instruction_follows_the_system_prompt():
    spoken = ModelRequest(
        messages=(Message.of("system", "Be kind."), Message.of("user", "Hi")),
        system="Be brief.",
    )

    request = prepared(spoken, Mode.INSTRUCTION, STRUCTURE)

    assert request.response_schema is None
    assert request.system_text.startswith(
        "Be brief.\n\nBe kind.\n\nAnswer with one JSON"
    )
    assert '"properties": {"a": {"type": "integer"}}' in request.system_text
    assert [one.text for one in request.turns()] == ["Hi"]
    assert request.is_json


def test_the_structure_of_a_request_is_its_schema():
    asked = ModelRequest(prompt="x", response_schema=SCHEMA, response_schema_name="s")

    assert structure_of(asked).schema.schema == SCHEMA
    assert structure_of(asked).name == "s"
    assert structure_of(REQUEST) is None
    with pytest.raises(InvalidStructureError):
        structure_of(ModelRequest(prompt="x", response_schema={"type": "odd"}))
