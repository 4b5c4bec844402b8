"""A wrong answer is sent back with what is wrong, a bounded number of times; then the
candidate has failed and the next one may be asked."""

import asyncio
from dataclasses import dataclass, field, replace

import pytest

from modelhub.gateway.call import GatewayError
from modelhub.gateway.requests import ways_for
from modelhub.gateway.structured.modes import Mode, Structure
from registry.providers.adapter import ModelTraits
from registry.providers.errors import ModelUnavailableError
from registry.providers.messages import Image, Role, Tool, ToolCall
from registry.providers.request import ModelRequest
from registry.providers.response import FinishReason, ModelResponse
from registry.resolution.plan import Candidate
from registry.structured.json_schema import JsonSchemaValidator
from registry.structured.templates import TemplateValidator
from registry.structured.xml_schema import XmlSchemaValidator
from registry.usage import Usage
from tests.gateway.engine_kit import call, candidate, kit

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


@dataclass
class Model:
    """An adapter that answers with its `replies` in turn and keeps what it was
    asked."""

    replies: list[str | ModelResponse | Exception]
    asked: list[ModelRequest] = field(default_factory=list)

    async def generate(self, model, request, timeouts) -> ModelResponse:
        self.asked.append(request)
        reply = self.replies.pop(0)
        if isinstance(reply, Exception):
            raise reply
        if isinstance(reply, str):
            return ModelResponse(content=reply, usage=Usage(output_tokens=5))
        return reply


def model(*replies) -> Model:
    return Model(list(replies))


CAPABLE = {
    Mode.NATIVE: frozenset({"structured_output", "tools"}),
    Mode.TOOL: frozenset({"tools"}),
    Mode.INSTRUCTION: frozenset({"text_generation"}),
}


def chain_of(*modes: Mode) -> list[Candidate]:
    """Candidates that can be told of a structure in these modes."""
    return [
        replace(
            one, model=replace(one.model, traits=ModelTraits("m", CAPABLE[mode], 9999))
        )
        for one, mode in (
            (candidate(number), mode) for number, mode in enumerate(modes, start=1)
        )
    ]


def ask(
    *models: Model,
    mode=Mode.NATIVE,
    request=REQUEST,
    structure=STRUCTURE,
    rows=None,
    **bound,
):
    """The answer of the gateway; what it records goes to `rows`."""
    modes = mode if isinstance(mode, list) else [mode] * len(models)
    tried = kit(*[[]] * len(models), candidates=chain_of(*modes))
    tried.rows = [] if rows is None else rows
    by_endpoint = {
        id(one.connection.endpoint): asked
        for one, asked in zip(tried.candidates, models, strict=True)
    }
    ways = ways_for(request, lambda found: by_endpoint[id(found)], None, structure)
    result = asyncio.run(tried.gateway.answer(call(**bound), ways))
    return result.answer.payload


def called(arguments: str, name: str = "answer") -> ModelResponse:
    return ModelResponse(
        content="",
        tool_calls=(ToolCall("call_1", name, arguments),),
        finish_reason=FinishReason.TOOL_CALLS,
    )


@pytest.mark.parametrize("mode", [Mode.NATIVE, Mode.INSTRUCTION])
def test_a_right_answer_needs_no_further_try(mode):
    asked = model(GOOD)

    response = ask(asked, mode=mode)

    assert response.parsed == {"a": 1}
    assert response.content == GOOD
    assert len(asked.asked) == 1
    assert f"Structured output: {mode.value}." in response.trace


def test_the_arguments_of_the_tool_are_the_answer():
    response = ask(model(called(GOOD)), mode=Mode.TOOL)

    assert response.parsed == {"a": 1}
    assert response.content == GOOD
    assert response.tool_calls == ()
    assert response.finish_reason is FinishReason.STOP


def test_a_model_that_ignores_the_tool_may_answer_in_its_text():
    assert ask(model(f"```json\n{GOOD}\n```"), mode=Mode.TOOL).parsed == {"a": 1}


def test_a_wrong_answer_is_sent_back_with_the_problem():
    asked = model(BAD, GOOD)

    response = ask(asked)

    _, said, told = asked.asked[1].turns()
    assert response.parsed == {"a": 1}
    assert (said.role, said.text) == (Role.ASSISTANT, BAD)
    assert told.role == Role.USER
    assert "At $.a: 'one' is not of type 'integer'" in told.text
    assert asked.asked[1].response_schema == SCHEMA


def test_a_tool_call_is_answered_as_one():
    asked = model(called(BAD), called(GOOD))

    ask(asked, mode=Mode.TOOL)

    _, said, told = asked.asked[1].turns()
    assert said.tool_calls[0].arguments == BAD
    assert (told.role, told.tool_call_id) == (Role.TOOL, "call_1")
    assert told.is_tool_error
    assert asked.asked[1].tool_choice.name == "answer"


def test_each_repair_shows_the_last_answer_only():
    asked = model(BAD, '{"b": 1}', GOOD)

    ask(asked)

    turns = [one.text for one in asked.asked[2].turns()]
    assert turns[:2] == ["Give me a.", '{"b": 1}']
    assert len(turns) == 3


def test_images_and_system_prompt_stay_in_a_repair():
    request = replace(REQUEST, system="Be brief.", images=(Image(url="https://x/y"),))
    asked = model(BAD, GOOD)

    ask(asked, mode=Mode.INSTRUCTION, request=request)

    assert asked.asked[1].has_images
    assert asked.asked[1].system_text == asked.asked[0].system_text


@pytest.mark.parametrize("bound", [0, 1, 2, 5])
def test_never_more_tries_than_the_bound(bound):
    asked = model(*[BAD] * 10)

    with pytest.raises(GatewayError) as caught:
        ask(asked, max_repairs=bound)

    assert len(asked.asked) == bound + 1
    assert len(caught.value.attempts) == bound + 1


def test_the_error_holds_the_last_output_and_every_problem():
    with pytest.raises(GatewayError) as caught:
        ask(model(BAD, "no", '{"b": 1}'))

    error = caught.value
    assert (error.status, error.code) == (502, "schema_mismatch")
    assert not error.is_retryable
    assert error.cause.last_output == '{"b": 1}'
    assert "not JSON" in error.attempts[1].error.problem
    assert "3 attempts" in error.message


def test_every_try_is_recorded_with_what_it_used():
    rows = []
    ask(model(BAD, GOOD), rows=rows)

    assert [(row.outcome, row.error_kind) for row in rows] == [
        ("error", "schema_mismatch"),
        ("ok", ""),
    ]
    assert all(row.usage.output_tokens == 5 for row in rows)
    assert all(row.cost.total_usd for row in rows)


def test_an_empty_answer_is_not_sent_back_as_a_turn():
    asked = model("", GOOD)

    ask(asked)

    assert [one.role for one in asked.asked[1].turns()] == [Role.USER] * 2


def test_a_cut_answer_is_called_cut():
    cut = ModelResponse(content='{"a": 1', finish_reason=FinishReason.LENGTH)
    asked = model(cut, GOOD)

    response = ask(asked)

    assert "cut off at its token limit" in asked.asked[1].messages[-1].text
    assert response.parsed == {"a": 1}


def test_a_whole_answer_at_the_limit_is_right():
    whole = ModelResponse(content=GOOD, finish_reason=FinishReason.LENGTH)

    assert ask(model(whole)).parsed == {"a": 1}


def test_a_filtered_answer_is_not_asked_for_again():
    filtered = ModelResponse(content="", finish_reason=FinishReason.CONTENT_FILTER)
    asked = model(filtered, GOOD)

    with pytest.raises(GatewayError):
        ask(asked)

    assert len(asked.asked) == 1


def test_calls_of_the_requests_own_tools_pass_unchecked():
    request = replace(REQUEST, tools=(Tool("search"),))
    response = ask(model(called("{}", "search")), request=request)

    assert response.tool_calls[0].name == "search"
    assert response.parsed is None


def test_an_error_of_the_provider_is_not_repaired():
    asked = model(BAD, ModelUnavailableError("down", code="not_found"))

    with pytest.raises(GatewayError):
        ask(asked)

    assert len(asked.asked) == 2


def test_a_mended_reading_is_noted_in_the_trace():
    response = ask(model(f"Here you are: {GOOD}"))

    assert response.content == GOOD
    assert any("taken out of the text" in line for line in response.trace)


def test_a_long_answer_is_checked_beside_the_event_loop():
    long = '{"a": 1' + " " * 60_000 + "}"

    assert ask(model(long)).parsed == {"a": 1}


def test_the_same_schema_holds_for_every_candidate_in_turn():
    first, second = model(BAD, BAD, BAD), model(called(BAD), called(GOOD))

    response = ask(first, second, mode=[Mode.NATIVE, Mode.TOOL])

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
    asked = model(bad, good)

    response = ask(
        asked,
        mode=Mode.INSTRUCTION,
        request=ModelRequest(prompt="Give me a."),
        structure=Structure(validator),
    )

    assert response.parsed == value
    assert validator.instruction in asked.asked[0].system_text
