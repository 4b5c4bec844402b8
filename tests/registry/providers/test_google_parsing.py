"""What Gemini's answers mean."""

import pytest

from registry.providers.errors import ContentFilterError
from registry.providers.google_parsing import (
    ContentStream,
    content_response,
    offered_model,
    usage_of,
)
from registry.providers.response import FinishReason
from registry.usage import Usage
from tests.registry.providers.fixtures import canned


def read_all(events):
    stream = ContentStream(lambda event: pytest.fail(f"{event}"))
    return stream, [chunk for event in events if (chunk := stream.read(event))]


def test_a_whole_answer_is_read_with_its_function_calls():
    answer = content_response(canned("google/answer.json"))

    assert answer.content == "Let me look."
    assert answer.reasoning == "The weather tool knows."
    first, second = answer.tool_calls
    assert (first.id, first.arguments) == ("fc-1", '{"city": "Zürich"}')
    assert second.id.startswith("call_")
    assert answer.finish_reason == FinishReason.TOOL_CALLS
    assert answer.model_name == "gemini-3.5-flash"
    assert answer.provider_request_id == "mAitaLmkHPPlz7IPvtfUqQ4"


def test_thoughts_are_part_of_our_output_though_not_of_theirs():
    answer = content_response(canned("google/answer.json"))

    assert answer.usage == Usage(
        input_tokens=2500,
        output_tokens=90,
        cache_read_tokens=2000,
        reasoning_tokens=40,
        input_image_tokens=258,
        input_audio_tokens=300,
        cache_audio_read_tokens=100,
    )


@pytest.mark.parametrize("wrong", [-1, "12", 1.5, [], {}])
def test_wrong_counts_do_not_break_an_answer(wrong):
    usage, notes = usage_of({"promptTokenCount": wrong, "candidatesTokenCount": 5})

    assert usage is None
    assert len(notes) == 1


def test_wrong_details_do_not_break_an_answer():
    details = [{"modality": 3, "tokenCount": "x"}, None, "IMAGE"]

    usage, _ = usage_of(
        {
            "promptTokenCount": 5,
            "candidatesTokenCount": 1,
            "promptTokensDetails": details,
        }
    )

    assert usage == Usage(input_tokens=5, output_tokens=1)


@pytest.mark.parametrize(
    ("word", "reason"),
    [
        ("STOP", FinishReason.STOP),
        ("MAX_TOKENS", FinishReason.LENGTH),
        ("SAFETY", FinishReason.CONTENT_FILTER),
        ("RECITATION", FinishReason.CONTENT_FILTER),
        ("PROHIBITED_CONTENT", FinishReason.CONTENT_FILTER),
        ("MALFORMED_FUNCTION_CALL", FinishReason.OTHER),
        ("A_NEW_WORD", FinishReason.OTHER),
        (None, FinishReason.OTHER),
    ],
)
def test_finish_reasons_become_ours(word, reason):
    answer = content_response({"candidates": [{"finishReason": word}]})

    assert answer.finish_reason == reason


def test_a_refused_prompt_is_a_content_filter_error_with_its_usage():
    with pytest.raises(ContentFilterError) as caught:
        content_response(canned("google/blocked.json"))

    assert "PROHIBITED_CONTENT" in caught.value.message
    assert caught.value.usage == Usage(input_tokens=7)


def test_a_prompt_refused_in_a_stream_is_one_too():
    with pytest.raises(ContentFilterError):
        read_all([canned("google/blocked.json")])


@pytest.mark.parametrize("document", [{}, {"candidates": None}, {"candidates": [3]}])
def test_an_answer_of_another_shape_does_not_break_the_reading(document):
    assert content_response(document).content == ""


def test_a_stream_says_the_same_as_a_whole_answer():
    stream, chunks = read_all(canned("google/stream.jsonl"))

    assert "".join(chunk.text for chunk in chunks) == "Let me look."
    assert "".join(chunk.reasoning for chunk in chunks) == "Two cities."
    (piece,) = [piece for chunk in chunks for piece in chunk.tool_calls]
    assert (piece.name, piece.arguments) == ("get_weather", '{"city": "Bern"}')
    assert [chunk.model_name for chunk in chunks if chunk.model_name] == [
        "gemini-3.5-flash"
    ]
    assert stream.finish_reason == FinishReason.TOOL_CALLS
    assert stream.usage()[0] == Usage(
        input_tokens=10, output_tokens=14, reasoning_tokens=5
    )


def test_a_listed_model_says_what_it_can_do():
    plain, picture, embedding = map(
        offered_model, canned("google/models.json")["models"]
    )

    assert plain.model_name == "gemini-3.5-flash"
    assert (plain.context_window, plain.max_output_tokens) == (1_048_576, 65_536)
    assert plain.capabilities >= {
        "tools",
        "structured_output",
        "image_analysis",
        "reasoning",
        "batch",
        "caching",
        "long_context",
    }
    assert picture.capabilities is None
    assert embedding.capabilities == {"embedding"}
