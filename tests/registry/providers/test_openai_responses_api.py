"""The Responses API, for models that need it."""

import pytest

from registry.providers.adapter import ModelTraits
from registry.providers.errors import ModelUnavailableError
from registry.providers.messages import Tool, ToolCall
from registry.providers.request import ModelRequest
from registry.providers.response import FinishReason
from tests.registry.providers.dialects import text_of
from tests.upstream import openai_wire as wire

PRO = ModelTraits("gpt-5-pro")
RESPONSES = {"quirks": frozenset({"has_responses"})}
TOOLS = ModelRequest(prompt="Weather?", tools=(Tool("weather"),))


def test_the_responses_api_answers_whole_and_in_pieces(openai_calls):
    delta = wire.response_event("response.output_text.delta", delta="Hello there.")
    openai_calls.upstream.script += [wire.response(), wire.response_stream(delta)]

    answer = openai_calls.generate(model=PRO, **RESPONSES)
    chunks = openai_calls.stream(model=PRO, **RESPONSES)

    assert openai_calls.upstream.requests[0].path == "/v1/responses"
    assert answer.content == text_of(chunks) == "Hello there."
    assert answer.usage == chunks[-1].usage == openai_calls.dialect.usage
    assert answer.finish_reason == FinishReason.STOP
    assert [one.is_last for one in chunks][-1]


def test_tool_calls_of_the_responses_api(openai_calls):
    item = wire.call_item("weather")
    kind = "response.function_call_arguments.delta"
    openai_calls.upstream.script += [
        wire.response(wire.call_item("weather", '{"in": "Rome"}')),
        wire.response_stream(
            wire.response_event(
                "response.output_item.added", output_index=1, item=item
            ),
            wire.response_event(kind, output_index=1, delta='{"in": '),
            wire.response_event(kind, output_index=1, delta='"Rome"}'),
        ),
    ]

    answer = openai_calls.generate(TOOLS, model=PRO, **RESPONSES)
    chunks = openai_calls.stream(TOOLS, model=PRO, **RESPONSES)

    assert answer.tool_calls == (ToolCall("call_1", "weather", '{"in": "Rome"}'),)
    pieces = [piece for chunk in chunks for piece in chunk.tool_calls]
    assert "".join(piece.arguments for piece in pieces) == '{"in": "Rome"}'
    assert FinishReason.TOOL_CALLS in [one.finish_reason for one in chunks]


def test_a_response_that_is_cut_short_or_fails_says_so(openai_calls):
    details = {"reason": "max_output_tokens"}
    failure = {"code": "server_error", "message": "It broke."}
    openai_calls.upstream.script += [
        wire.response(status="incomplete", incomplete_details=details),
        wire.response(status="failed", error=failure),
        wire.response_stream(last="response.failed", status="failed", error=failure),
    ]

    answer = openai_calls.generate(model=PRO, **RESPONSES)
    assert answer.finish_reason == FinishReason.LENGTH
    for way in (openai_calls.generate, openai_calls.stream):
        with pytest.raises(ModelUnavailableError, match="It broke"):
            way(model=PRO, **RESPONSES)
