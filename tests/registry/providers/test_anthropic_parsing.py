"""What Anthropic's answers mean."""

import datetime

import pytest

from registry.providers.anthropic_parsing import (
    MessageStream,
    message_response,
    offered_model,
    usage_of,
)
from registry.providers.messages import ToolCall
from registry.providers.response import FinishReason, ToolCallPiece
from registry.usage import Usage
from tests.registry.providers.fixtures import canned


def read_all(events):
    stream = MessageStream(lambda event: pytest.fail(f"{event}"))
    chunks = [chunk for event in events if (chunk := stream.read(event))]
    return stream, chunks


def test_a_whole_answer_is_read_with_its_tool_calls():
    answer = message_response(canned("anthropic/tool_use.json"))

    assert answer.content == "Let me look."
    assert answer.reasoning == "The weather tool knows."
    assert answer.tool_calls == (
        ToolCall("toolu_01A09q90qw90lq917835lq9", "get_weather", '{"city": "Zürich"}'),
    )
    assert answer.finish_reason == FinishReason.TOOL_CALLS
    assert answer.model_name == "claude-opus-5-5"


def test_cached_tokens_are_part_of_our_input_though_not_of_theirs():
    answer = message_response(canned("anthropic/tool_use.json"))

    assert answer.usage == Usage(
        input_tokens=2400,
        output_tokens=90,
        cache_read_tokens=2000,
        cache_write_tokens=300,
        cache_write_1h_tokens=200,
        reasoning_tokens=40,
        web_searches=2,
    )


def test_wrong_counts_do_not_break_an_answer():
    assert usage_of({"input_tokens": -3, "output_tokens": 5})[0] is None
    assert usage_of({"input_tokens": "3", "output_tokens": 5})[0] is None
    assert usage_of({}) == (None, ())


@pytest.mark.parametrize(
    ("word", "reason"),
    [
        ("end_turn", FinishReason.STOP),
        ("stop_sequence", FinishReason.STOP),
        ("max_tokens", FinishReason.LENGTH),
        ("model_context_window_exceeded", FinishReason.LENGTH),
        ("refusal", FinishReason.CONTENT_FILTER),
        ("pause_turn", FinishReason.OTHER),
        ("a_new_word", FinishReason.OTHER),
        (None, FinishReason.OTHER),
    ],
)
def test_stop_reasons_become_ours(word, reason):
    assert message_response({"stop_reason": word}).finish_reason == reason


@pytest.mark.parametrize("content", [None, "text", [None, 3, {"type": "text"}]])
def test_content_of_another_shape_does_not_break_the_reading(content):
    assert message_response({"content": content}).content == ""


def test_a_stream_says_the_same_as_a_whole_answer():
    stream, chunks = read_all(canned("anthropic/stream.jsonl"))

    assert "".join(chunk.text for chunk in chunks) == "Let me look."
    assert "".join(chunk.reasoning for chunk in chunks) == "Two cities."
    assert [piece for chunk in chunks for piece in chunk.tool_calls] == [
        ToolCallPiece(0, "toolu_1", "get_weather"),
        ToolCallPiece(0, arguments='{"city": "Bern'),
        ToolCallPiece(0, arguments='"}'),
    ]
    assert stream.finish_reason == FinishReason.TOOL_CALLS
    assert stream.is_closed


def test_the_counts_of_a_stream_are_cumulative():
    events = canned("anthropic/stream.jsonl")

    assert read_all(events[:5])[0].usage()[0] == Usage(
        input_tokens=150, output_tokens=1, cache_read_tokens=50
    )
    assert read_all(events)[0].usage()[0] == Usage(
        input_tokens=150, output_tokens=42, cache_read_tokens=50, reasoning_tokens=10
    )


def test_a_listed_model_says_what_it_can_do():
    known, unknown = map(offered_model, canned("anthropic/models.json")["data"])

    assert known.capabilities == {
        "text_generation",
        "tools",
        "streaming",
        "caching",
        "image_analysis",
        "structured_output",
        "reasoning",
        "batch",
        "web_search",
        "long_context",
    }
    assert known.context_window == 1_000_000
    assert known.max_output_tokens == 128_000
    assert known.input_modalities == ("text", "image")
    assert known.released_on == datetime.date(2026, 10, 1)
    assert unknown.capabilities is None
    assert unknown.released_on is None
