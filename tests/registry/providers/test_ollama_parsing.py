"""What Ollama's answers mean."""

import pytest

from registry.providers.messages import ToolCall
from registry.providers.ollama_parsing import (
    CACHED_PROMPT,
    ChatStream,
    chat_response,
    offered_model,
    usage_of,
)
from registry.providers.response import FinishReason, ToolCallPiece
from registry.usage import Usage
from tests.registry.providers.fixtures import canned

TAG = {"name": "gemma3:4b", "model": "gemma3:4b", "size": 3_338_801_804}


def read_all(events):
    stream = ChatStream(lambda event: pytest.fail(f"{event}"))
    return stream, [chunk for event in events if (chunk := stream.read(event))]


def test_a_whole_answer_is_read_with_its_tool_calls():
    answer = chat_response(canned("ollama/answer.json"))

    assert answer.content == "Let me look."
    assert answer.reasoning == "The weather tool knows."
    assert answer.tool_calls[0].arguments == '{"city": "Zürich"}'
    assert answer.tool_calls[0].id.startswith("call_")
    assert answer.finish_reason == FinishReason.TOOL_CALLS
    assert answer.usage == Usage(input_tokens=26, output_tokens=290)


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ({"done": True, "done_reason": "stop"}, FinishReason.STOP),
        ({"done": True}, FinishReason.STOP),
        ({"done": True, "done_reason": "length"}, FinishReason.LENGTH),
        ({"done": True, "done_reason": "unload"}, FinishReason.OTHER),
        ({"done": False}, FinishReason.OTHER),
    ],
)
def test_done_reasons_become_ours(document, reason):
    assert chat_response(document).finish_reason == reason


def test_a_prompt_in_the_cache_is_said_not_to_be_counted():
    usage, notes = usage_of({"eval_count": 5})

    assert usage == Usage(output_tokens=5)
    assert notes == (CACHED_PROMPT,)


@pytest.mark.parametrize("wrong", [-1, "12", 1.5, []])
def test_wrong_counts_do_not_break_an_answer(wrong):
    assert usage_of({"prompt_eval_count": wrong, "eval_count": 5})[0] is None


def test_arguments_may_come_as_text():
    function = {"name": "a", "arguments": '{"b": 1}'}
    message = {"tool_calls": [{"id": "c", "function": function}]}

    answer = chat_response({"message": message, "done": True})

    assert answer.tool_calls == (ToolCall("c", "a", '{"b": 1}'),)


def test_a_stream_says_the_same_as_a_whole_answer():
    stream, chunks = read_all(canned("ollama/stream.jsonl"))

    assert "".join(chunk.text for chunk in chunks) == "Let me look."
    assert "".join(chunk.reasoning for chunk in chunks) == "Two cities."
    assert [piece for chunk in chunks for piece in chunk.tool_calls] == [
        ToolCallPiece(0, "call_9", "get_weather", '{"city": "Bern"}')
    ]
    assert stream.is_closed
    assert stream.finish_reason == FinishReason.TOOL_CALLS
    assert stream.usage()[0] == Usage(input_tokens=10, output_tokens=14)


def test_an_installed_model_is_described():
    model = offered_model(TAG, canned("ollama/show.json"), None)

    assert model.model_name == "gemma3:4b"
    assert model.context_window == 131_072
    assert model.parameter_count_billions == 4.3
    assert model.quantisation == "Q4_K_M"
    assert model.family == "gemma3"
    assert model.size_bytes == 3_338_801_804
    assert model.capabilities == {
        "text_generation",
        "streaming",
        "structured_output",
        "image_analysis",
    }
    assert model.input_modalities == ("text", "image")
    assert model.is_loaded is False


def test_the_memory_of_a_model_is_estimated_and_of_a_loaded_one_measured():
    shown = canned("ollama/show.json")

    # 3.34 weights + 34 layers × 4 heads × 512 × 2 bytes × 8,192 tokens + 0.83
    assert offered_model(TAG, shown, None).memory_gb == 5.3
    loaded = offered_model(TAG, shown, {"size": 6_100_000_000})
    assert (loaded.memory_gb, loaded.is_loaded) == (6.1, True)


def test_a_model_that_runs_elsewhere_takes_no_memory_here():
    row = TAG | {"remote_host": "https://ollama.com:443"}

    assert offered_model(row, canned("ollama/show.json"), None).memory_gb is None


def test_a_model_of_which_only_the_tag_is_known_is_listed_all_the_same():
    details = {"parameter_size": "494.03M", "quantization_level": "Q8_0"}

    model = offered_model(TAG | {"details": details}, {}, None)

    assert model.capabilities is None
    assert model.context_window is None
    assert model.parameter_count_billions == 0.494
