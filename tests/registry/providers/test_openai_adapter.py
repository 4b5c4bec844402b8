"""What only OpenAI's interface has: tools in pieces, odd providers, Responses."""

import pytest

from registry.providers.adapter import ModelTraits
from registry.providers.errors import (
    ContentFilterError,
    ModelUnavailableError,
)
from registry.providers.messages import Tool, ToolCall
from registry.providers.request import ModelRequest
from registry.providers.response import FinishReason
from registry.usage import Usage
from tests.registry.providers.dialects import text_of
from tests.upstream import openai_wire as wire
from tests.upstream.replies import json_reply, sse_reply

PRO = ModelTraits("gpt-5-pro")
RESPONSES = {"quirks": frozenset({"has_responses"})}
TOOLS = ModelRequest(prompt="Weather?", tools=(Tool("weather"),))


def choice(finish="stop", **message) -> list[dict]:
    return [{"index": 0, "message": message, "finish_reason": finish}]


def test_tool_calls_are_read_whole_and_in_pieces(openai_calls):
    openai_calls.upstream.script += [
        wire.tool_completion(wire.tool_call("weather", '{"in": "Rome"}')),
        wire.tool_stream("weather", '{"in": ', '"Rome"}'),
    ]

    answer = openai_calls.generate(TOOLS)
    chunks = openai_calls.stream(TOOLS)

    assert answer.tool_calls == (ToolCall("call_1", "weather", '{"in": "Rome"}'),)
    assert answer.finish_reason == FinishReason.TOOL_CALLS
    pieces = [piece for chunk in chunks for piece in chunk.tool_calls]
    assert (pieces[0].id, pieces[0].name) == ("call_1", "weather")
    assert "".join(piece.arguments for piece in pieces) == '{"in": "Rome"}'


@pytest.mark.parametrize("field", ["reasoning_content", "reasoning"])
def test_reasoning_is_read_by_either_name(openai_calls, field):
    message = {"content": "Yes.", field: "Hm."}
    delta = wire.chunk(delta={field: "Hm."})
    openai_calls.upstream.script += [
        wire.completion(choices=choice(**message)),
        sse_reply(delta, wire.chunk(delta={"content": "Yes."}, finish="stop")),
    ]

    assert openai_calls.generate().reasoning == "Hm."
    assert openai_calls.stream()[0].reasoning == "Hm."


def test_content_may_come_as_parts(openai_calls):
    thinking = {"type": "thinking", "thinking": [{"type": "text", "text": "Hm."}]}
    parts = [thinking, {"type": "text", "text": "Yes."}]
    openai_calls.upstream.script.append(wire.completion(choices=choice(content=parts)))

    answer = openai_calls.generate()

    assert (answer.reasoning, answer.content) == ("Hm.", "Yes.")


def test_an_empty_text_is_an_answer_but_no_choice_is_none(openai_calls):
    openai_calls.upstream.script += [
        wire.completion(""),
        wire.completion(choices=[]),
        sse_reply("data: [DONE]"),
    ]

    assert openai_calls.generate().content == ""
    for way in (openai_calls.generate, openai_calls.stream):
        with pytest.raises(ModelUnavailableError) as caught:
            way()
        assert caught.value.code == "empty"


def test_a_refusal_is_a_filtered_answer(openai_calls):
    message = {"content": None, "refusal": "I will not."}
    openai_calls.upstream.script.append(wire.completion(choices=choice(**message)))

    answer = openai_calls.generate()

    assert (answer.content, answer.finish_reason) == ("I will not.", "content_filter")


def test_a_finish_reason_that_nobody_knows_is_other(openai_calls):
    odd = wire.completion(choices=choice("because", content="Yes."))
    openai_calls.upstream.script.append(odd)

    assert openai_calls.generate().finish_reason == FinishReason.OTHER


def test_an_error_inside_a_200_is_an_error(openai_calls):
    body = {"error": {"message": "No.", "code": "content_filter"}}
    openai_calls.upstream.script += [json_reply(body), json_reply(body)]

    for way in (openai_calls.generate, openai_calls.stream):
        with pytest.raises(ContentFilterError):
            way()


def test_a_server_that_cannot_stream_is_understood(openai_calls):
    openai_calls.upstream.script.append(wire.completion())

    chunks = openai_calls.stream()

    assert text_of(chunks) == "Hello there."
    assert chunks[-1].is_last
    assert chunks[-1].usage == openai_calls.dialect.usage


def test_a_stream_without_usage_has_none(openai_calls):
    openai_calls.upstream.script.append(wire.stream(usage=None))

    assert openai_calls.stream()[-1].usage is None


def test_a_truncated_stream_tells_what_it_used(openai_calls):
    started = wire.chunk(delta={"content": "Hi"}, usage={"prompt_tokens": 9})
    openai_calls.upstream.script.append(sse_reply(started))

    with pytest.raises(Exception, match="middle of the answer") as caught:
        openai_calls.stream()

    assert caught.value.usage == Usage(input_tokens=9)


def test_usage_is_asked_for_unless_the_provider_refuses(openai_calls):
    openai_calls.stream()
    openai_calls.stream(quirks=frozenset({"no_stream_options"}))

    asked, bare = (one.json for one in openai_calls.upstream.requests)
    assert asked["stream_options"] == {"include_usage": True}
    assert "stream_options" not in bare


def test_what_was_done_to_a_request_stands_in_the_trace(openai_calls):
    request = ModelRequest(prompt="Hi", temperature=0.2)
    model = ModelTraits("o4-mini")

    note = "temperature 0.2 dropped: o4-mini takes none"
    assert openai_calls.generate(request, model=model).trace == (note,)
    assert openai_calls.stream(request, model=model)[-1].trace == (note,)


def test_the_key_goes_where_the_row_says_and_nothing_else_goes(
    openai_calls, monkeypatch
):
    monkeypatch.setenv("OPENAI_API_KEY", "key-of-machine")
    monkeypatch.setenv("OPENAI_ORG_ID", "org-of-machine")

    openai_calls.generate(key_header="api-key", key_prefix="")
    openai_calls.generate(api_key="")

    named, bare = (one.headers for one in openai_calls.upstream.requests)
    assert named["api-key"] == "key-of-test"
    assert "authorization" not in named
    assert "machine" not in f"{named}{bare}"
    assert "authorization" not in bare
