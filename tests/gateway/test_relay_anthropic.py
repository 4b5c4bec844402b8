"""Anthropic's format relayed."""

import json

import pytest

from registry.providers.errors import ModelUnavailableError
from registry.providers.response import FinishReason
from tests.gateway.relaying import (
    candidate,
    relayed,
    sent_to_client,
    streamed,
    usage_of,
)
from tests.upstream.anthropic_wire import completion, error_event, opening, stream
from tests.upstream.replies import sse_reply

ASKED = {
    "model": "feature:chat",
    "max_tokens": 64,
    "messages": [{"role": "user", "content": "Hi"}],
}


def claude(url: str, **more):
    return candidate(url, dialect="anthropic", model="claude-x", **more)


def test_only_model_and_key_are_exchanged(claude_upstream):
    body = json.dumps(ASKED | {"new_parameter": {"a": [1]}}).encode()

    relayed(claude(claude_upstream.url), body, anthropic_beta="context-1m")

    received = claude_upstream.requests[0]
    assert received.path == "/v1/messages"
    assert received.json == ASKED | {"model": "claude-x", "new_parameter": {"a": [1]}}
    assert received.headers["x-api-key"] == "sk-secret"
    assert received.headers["anthropic-version"] == "2023-06-01"
    assert received.headers["anthropic-beta"] == "context-1m"
    assert "authorization" not in received.headers


def test_the_assignment_speaks_their_words(claude_upstream):
    parameters = {"stop": ["END"], "temperature": 0.2, "presence_penalty": 1}
    asked = {name: value for name, value in ASKED.items() if name != "max_tokens"}

    answer = relayed(claude(claude_upstream.url, parameters=parameters), asked)

    sent = claude_upstream.requests[0].json
    assert sent["stop_sequences"] == ["END"]
    assert sent["max_tokens"] == 4096
    assert "presence_penalty" not in sent
    assert answer.trace == ("presence_penalty dropped: the interface has none",)


def test_an_answer_is_read_and_passed_on(claude_upstream):
    answer = relayed(claude(claude_upstream.url), ASKED)

    assert answer.payload == completion(model="claude-x").pieces[0]
    assert answer.text == "Hello there."
    assert answer.finish_reason is FinishReason.STOP
    assert (answer.usage.input_tokens, answer.usage.cache_read_tokens) == (12, 4)


def test_a_stream_passes_event_by_event(claude_upstream):
    pieces = streamed(claude(claude_upstream.url), ASKED | {"stream": True})

    events = [line for line in sent_to_client(pieces).split(b"\n") if line]
    assert events[0] == b"event: message_start"
    assert events[-1] == b'data: {"type":"message_stop"}'
    assert "".join(piece.text for piece in pieces) == "Hello there."
    assert usage_of(pieces).output_tokens == 5
    assert pieces[-1].is_last


def test_a_stream_without_its_last_event_is_complete(claude_upstream):
    claude_upstream.script = [stream(has_done=False)]

    pieces = streamed(claude(claude_upstream.url), ASKED | {"stream": True})

    assert pieces[-1].is_last
    assert b"message_stop" in pieces[-1].payload


def test_an_error_event_is_an_error(claude_upstream):
    claude_upstream.script = [sse_reply(*opening(), error_event())]

    with pytest.raises(ModelUnavailableError) as failed:
        streamed(claude(claude_upstream.url), ASKED | {"stream": True})

    assert failed.value.code == "overloaded"
