"""A wrong answer is sent back with what is wrong, a bounded number of times; then the
candidate has failed and the next one may be asked."""

import asyncio
from dataclasses import replace

import pytest

from modelhub.gateway.structured.json_schema import JsonSchemaValidator
from modelhub.gateway.structured.modes import Mode, Structure
from modelhub.gateway.structured.repair import (
    StructuredOutputError,
    generate_structured,
)
from modelhub.gateway.structured.templates import TemplateValidator
from modelhub.gateway.structured.xml_schema import XmlSchemaValidator
from registry.providers.errors import ModelUnavailableError
from registry.providers.messages import Image, Role, Tool, ToolCall
from registry.providers.request import ModelRequest
from registry.providers.response import FinishReason, ModelResponse
from registry.usage import Usage

SCHEMA = {
    "type": "object",
    "properties": {"a": {"type": "integer"}},
    "required": ["a"],
    "additionalProperties": False,
}
STRUCTURE = Structure(JsonSchemaValidator(SCHEMA))
REQUEST = ModelRequest(prompt="Give me a.", response_schema=SCHEMA)
GOOD = '{"a": 1}'
BAD = '{"a": "one"}'


class Candidate:
    """Answers with its `replies` in turn and keeps what it was asked."""

    def __init__(self, *replies: str | ModelResponse | Exception) -> None:
        self.replies = list(replies)
        self.asked: list[ModelRequest] = []

    async def __call__(self, request: ModelRequest) -> ModelResponse:
        self.asked.append(request)
        reply = self.replies.pop(0)
        if isinstance(reply, Exception):
            raise reply
        if isinstance(reply, str):
            return ModelResponse(content=reply, usage=Usage(output_tokens=5))
        return reply


def ask(candidate, mode=Mode.NATIVE, request=REQUEST, structure=STRUCTURE, **bound):
    return asyncio.run(
        generate_structured(candidate, request, structure, mode, **bound)
    )


def called(arguments: str, name: str = "answer") -> ModelResponse:
    return ModelResponse(
        content="",
        tool_calls=(ToolCall("call_1", name, arguments),),
        finish_reason=FinishReason.TOOL_CALLS,
    )


@pytest.mark.parametrize("mode", [Mode.NATIVE, Mode.INSTRUCTION])
def test_a_right_answer_needs_no_further_try(mode):
    candidate = Candidate(GOOD)

    response = ask(candidate, mode)

    assert response.parsed == {"a": 1}
    assert response.content == GOOD
    assert len(candidate.asked) == 1
    assert response.trace == (f"structured output: {mode.value}",)


def test_the_arguments_of_the_tool_are_the_answer():
    response = ask(Candidate(called(GOOD)), Mode.TOOL)

    assert response.parsed == {"a": 1}
    assert response.content == GOOD
    assert response.tool_calls == ()
    assert response.finish_reason is FinishReason.STOP


def test_a_model_that_ignores_the_tool_may_answer_in_its_text():
    assert ask(Candidate(f"```json\n{GOOD}\n```"), Mode.TOOL).parsed == {"a": 1}


def test_a_wrong_answer_is_sent_back_with_the_problem():
    candidate = Candidate(BAD, GOOD)

    response = ask(candidate)

    _, said, told = candidate.asked[1].turns()
    assert response.parsed == {"a": 1}
    assert (said.role, said.text) == (Role.ASSISTANT, BAD)
    assert told.role == Role.USER
    assert "At $.a: 'one' is not of type 'integer'" in told.text
    assert candidate.asked[1].response_schema == SCHEMA
    assert response.trace[1].startswith("repair 1: At $.a:")


def test_a_tool_call_is_answered_as_one():
    candidate = Candidate(called(BAD), called(GOOD))

    ask(candidate, Mode.TOOL)

    _, said, told = candidate.asked[1].turns()
    assert said.tool_calls[0].arguments == BAD
    assert (told.role, told.tool_call_id) == (Role.TOOL, "call_1")
    assert told.is_tool_error
    assert candidate.asked[1].tool_choice.name == "answer"


def test_each_repair_shows_the_last_answer_only():
    candidate = Candidate(BAD, '{"b": 1}', GOOD)

    ask(candidate)

    turns = [one.text for one in candidate.asked[2].turns()]
    assert turns[:2] == ["Give me a.", '{"b": 1}']
    assert len(turns) == 3


def test_images_and_system_prompt_stay_in_a_repair():
    request = replace(REQUEST, system="Be brief.", images=(Image(url="https://x/y"),))
    candidate = Candidate(BAD, GOOD)

    ask(candidate, Mode.INSTRUCTION, request)

    assert candidate.asked[1].has_images
    assert candidate.asked[1].system_text == candidate.asked[0].system_text


@pytest.mark.parametrize("bound", [0, 1, 2, 5])
def test_never_more_tries_than_the_bound(bound):
    candidate = Candidate(*[BAD] * 10)

    with pytest.raises(StructuredOutputError) as caught:
        ask(candidate, max_repairs=bound)

    assert len(candidate.asked) == bound + 1
    assert len(caught.value.problems) == bound + 1


def test_the_error_holds_the_last_output_and_every_problem():
    with pytest.raises(StructuredOutputError) as caught:
        ask(Candidate(BAD, "no", '{"b": 1}'))

    error = caught.value
    assert error.last_output == '{"b": 1}'
    assert "not JSON" in error.problems[1]
    assert error.tries_next
    assert not error.trips_breaker
    assert "after 3 tries" in str(error)


def test_an_empty_answer_is_not_sent_back_as_a_turn():
    candidate = Candidate("", GOOD)

    ask(candidate)

    assert [one.role for one in candidate.asked[1].turns()] == [Role.USER] * 2


def test_a_cut_answer_is_called_cut():
    cut = ModelResponse(content='{"a": 1', finish_reason=FinishReason.LENGTH)
    candidate = Candidate(cut, GOOD)

    response = ask(candidate)

    assert "cut off at its token limit" in candidate.asked[1].messages[-1].text
    assert response.parsed == {"a": 1}


def test_a_whole_answer_at_the_limit_is_right():
    whole = ModelResponse(content=GOOD, finish_reason=FinishReason.LENGTH)

    assert ask(Candidate(whole)).parsed == {"a": 1}


def test_a_filtered_answer_is_not_asked_for_again():
    filtered = ModelResponse(content="", finish_reason=FinishReason.CONTENT_FILTER)
    candidate = Candidate(filtered, GOOD)

    with pytest.raises(StructuredOutputError):
        ask(candidate)

    assert len(candidate.asked) == 1


def test_calls_of_the_requests_own_tools_pass_unchecked():
    request = replace(REQUEST, tools=(Tool("search"),))
    response = ask(Candidate(called("{}", "search")), Mode.NATIVE, request)

    assert response.tool_calls[0].name == "search"
    assert response.parsed is None


def test_an_error_of_the_provider_is_not_repaired():
    candidate = Candidate(BAD, ModelUnavailableError("down"))

    with pytest.raises(ModelUnavailableError):
        ask(candidate)


def test_a_mended_reading_is_noted_in_the_trace():
    response = ask(Candidate(f"Here you are: {GOOD}"))

    assert response.content == GOOD
    assert any("taken out of the text" in line for line in response.trace)


def test_a_long_answer_is_checked_beside_the_event_loop():
    long = '{"a": 1' + " " * 60_000 + "}"

    assert ask(Candidate(long)).parsed == {"a": 1}


def test_the_same_schema_holds_for_every_candidate_in_turn():
    """As the engine does it: the next candidate, in the mode that it can take."""
    first, second = Candidate(BAD, BAD, BAD), Candidate(called(BAD), called(GOOD))

    async def through_the_chain():
        for candidate, mode in ((first, Mode.NATIVE), (second, Mode.TOOL)):
            try:
                return await generate_structured(candidate, REQUEST, STRUCTURE, mode)
            except StructuredOutputError as error:
                failed = error
        raise failed

    response = asyncio.run(through_the_chain())

    assert response.parsed == {"a": 1}
    assert len(first.asked) == 3
    assert second.asked[0].response_schema is None
    assert [one.text for one in second.asked[0].turns()] == ["Give me a."]


@pytest.mark.parametrize(
    ("validator", "bad", "good", "value"),
    [
        (
            XmlSchemaValidator(
                '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">'
                '<xs:element name="a" type="xs:int"/></xs:schema>'
            ),
            "<a>one</a>",
            "<a>1</a>",
            1,
        ),
        (TemplateValidator("A: {{a:int}}"), "A: one", "A: 1", {"a": 1}),
    ],
)
def test_xml_and_templates_are_repaired_as_well(validator, bad, good, value):
    candidate = Candidate(bad, good)

    response = ask(
        candidate,
        Mode.INSTRUCTION,
        ModelRequest(prompt="Give me a."),
        Structure(validator),
    )

    assert response.parsed == value
    assert validator.instruction in candidate.asked[0].system_text
