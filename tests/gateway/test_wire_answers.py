"""Our answers in the words of both interfaces, whole and as streams."""

import json

import pytest

from modelhub.gateway.relay.dialect import Sent
from modelhub.gateway.wire.formats import ANTHROPIC, OPENAI
from registry.providers.messages import ToolCall
from registry.providers.response import (
    FinishReason,
    ModelResponse,
    StreamChunk,
    ToolCallPiece,
)
from registry.usage import Usage

USAGE = Usage(input_tokens=12, cache_read_tokens=4, output_tokens=5, reasoning_tokens=2)
ANSWER = ModelResponse(
    content="Hello.",
    tool_calls=(ToolCall("call_1", "now", '{"a": 1}'),),
    usage=USAGE,
    finish_reason=FinishReason.TOOL_CALLS,
)
CHUNKS = (
    StreamChunk(text="Hel"),
    StreamChunk(text="lo."),
    StreamChunk(tool_calls=(ToolCallPiece(0, "call_1", "now"),)),
    StreamChunk(tool_calls=(ToolCallPiece(0, arguments='{"a": 1}'),)),
    StreamChunk(finish_reason=FinishReason.TOOL_CALLS),
    StreamChunk(usage=USAGE, is_last=True),
)


def events(wire, chunks, sent=None, tells_usage=False):
    writer = wire.writer(sent or Sent("id_1", "google/gem"), tells_usage)
    text = b"".join(writer.write(chunk) for chunk in chunks).decode()
    data = [line[6:] for line in text.splitlines() if line.startswith("data: ")]
    return [one if one == "[DONE]" else json.loads(one) for one in data]


def test_an_answer_as_a_chat_completion():
    document = json.loads(OPENAI.whole(ANSWER, "chatcmpl-1", "google/gem"))

    choice = document["choices"][0]
    assert (document["id"], document["model"]) == ("chatcmpl-1", "google/gem")
    assert choice["message"]["content"] == "Hello."
    assert choice["message"]["tool_calls"][0]["function"]["arguments"] == '{"a": 1}'
    assert choice["finish_reason"] == "tool_calls"
    assert document["usage"]["prompt_tokens"] == 12
    assert document["usage"]["total_tokens"] == 17
    assert document["usage"]["prompt_tokens_details"]["cached_tokens"] == 4


def test_an_answer_as_a_message():
    document = json.loads(ANTHROPIC.whole(ANSWER, "msg_1", "google/gem"))

    text, call = document["content"]
    assert text == {"type": "text", "text": "Hello."}
    assert (call["type"], call["input"]) == ("tool_use", {"a": 1})
    assert document["stop_reason"] == "tool_use"
    assert document["usage"]["input_tokens"] == 8
    assert document["usage"]["cache_read_input_tokens"] == 4


def test_usage_that_nobody_reported_is_not_made_up():
    silent = ModelResponse(content="x")

    assert json.loads(OPENAI.whole(silent, "i", "m"))["usage"] is None


def test_a_stream_of_chat_chunks():
    found = events(OPENAI, CHUNKS)

    assert found[-1] == "[DONE]"
    deltas = [one["choices"][0]["delta"] for one in found[:-1]]
    assert deltas[0] == {"role": "assistant", "content": ""}
    assert "".join(delta.get("content", "") for delta in deltas) == "Hello."
    assert deltas[3]["tool_calls"][0]["function"]["name"] == "now"
    assert found[-2]["choices"][0]["finish_reason"] == "tool_calls"
    assert {one["id"] for one in found[:-1]} == {"id_1"}


@pytest.mark.parametrize("tells_usage", [True, False])
def test_usage_comes_where_it_was_asked_for(tells_usage):
    found = events(OPENAI, CHUNKS, tells_usage=tells_usage)

    assert any(one.get("usage") for one in found[:-1]) is tells_usage


def test_a_stream_of_message_events():
    found = events(ANTHROPIC, CHUNKS)

    assert [one["type"] for one in found] == [
        "message_start",
        "content_block_start",
        "content_block_delta",
        "content_block_delta",
        "content_block_stop",
        "content_block_start",
        "content_block_delta",
        "content_block_stop",
        "message_delta",
        "message_stop",
    ]
    assert [one["index"] for one in found if "index" in one] == [0, 0, 0, 0, 1, 1, 1]
    assert found[-2]["delta"]["stop_reason"] == "tool_use"
    assert found[-2]["usage"]["output_tokens"] == 5


def test_another_model_goes_on_in_the_same_chat_message():
    sent = Sent("chatcmpl-first", "gpt-x", 1760000000, has_begun=True)

    found = events(OPENAI, (StreamChunk(text=" more"),), sent)

    assert [one["choices"][0]["delta"] for one in found] == [{"content": " more"}]
    assert (found[0]["id"], found[0]["model"]) == ("chatcmpl-first", "gpt-x")


def test_another_model_goes_on_in_the_same_open_block():
    sent = Sent("msg_1", "claude-x", has_begun=True, block_index=1, block_type="text")

    found = events(ANTHROPIC, (StreamChunk(text=" more"), CHUNKS[-1]), sent)

    assert [one["type"] for one in found] == [
        "content_block_delta",
        "content_block_stop",
        "message_delta",
        "message_stop",
    ]
    assert found[0]["index"] == 1
