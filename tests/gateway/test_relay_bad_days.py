"""What providers do on bad days, seen from the relay."""

import asyncio
import json
from contextlib import aclosing

import pytest

from registry.providers.errors import (
    AuthenticationError,
    ContextLengthError,
    ModelUnavailableError,
    NetworkError,
    RateLimitError,
    TruncatedStreamError,
)
from tests.gateway.relaying import (
    SHORT,
    a_way,
    candidate,
    relayed,
    sent_to_client,
    streamed,
    with_client,
)
from tests.upstream.openai_wire import USAGE, chunk, completion, error, stream
from tests.upstream.replies import HTML, RESET, SILENCE, json_reply, sse_reply

ASKED = {"model": "m", "messages": [{"role": "user", "content": "Hi"}]}
STREAMED = ASKED | {"stream": True}


@pytest.mark.parametrize(
    ("reply", "kind", "code"),
    [
        (error(401, "invalid_api_key"), AuthenticationError, "invalid_key"),
        (error(429, retry_after="7"), RateLimitError, "rate_limit"),
        (error(400, "context_length_exceeded"), ContextLengthError, "context_length"),
        (error(404, "model_not_found"), ModelUnavailableError, "not_found"),
        (error(500), ModelUnavailableError, "server_error"),
        (error(529), ModelUnavailableError, "overloaded"),
        (HTML, ModelUnavailableError, "malformed"),
        (json_reply({"error": {"message": "no"}}), ModelUnavailableError, None),
        (completion(choices=[]), ModelUnavailableError, "empty"),
        (completion().but(pieces=(b'{"id": "ch',)), ModelUnavailableError, "malformed"),
        (completion().but(pieces=(b"",)), ModelUnavailableError, "malformed"),
        (RESET, NetworkError, "reset"),
    ],
)
@pytest.mark.parametrize("asked", [ASKED, STREAMED], ids=["whole", "stream"])
def test_a_failure_before_the_answer_is_the_right_error(
    upstream, reply, kind, code, asked
):
    upstream.script = [reply]
    call = streamed if asked is STREAMED else relayed

    with pytest.raises(kind) as failed:
        call(candidate(upstream.url), asked)

    # In place of a stream, what is no stream is malformed, whatever it says.
    assert code in (None, failed.value.code) or failed.value.code == "malformed"
    assert "sk-secret" not in str(failed.value)


def test_retry_after_is_heard(upstream):
    upstream.script = [error(429, retry_after="7")]

    with pytest.raises(RateLimitError) as failed:
        relayed(candidate(upstream.url), ASKED)

    assert failed.value.retry_after_s == 7


@pytest.mark.parametrize("asked", [ASKED, STREAMED], ids=["whole", "stream"])
def test_silence_before_headers_is_told_as_such(upstream, asked):
    upstream.script = [SILENCE]
    brief = SHORT.__class__(connect=1, total=0.1, first_token=0.1, idle=0.1)
    call = streamed if asked is STREAMED else relayed

    with pytest.raises(NetworkError) as failed:
        call(candidate(upstream.url), asked, brief)

    assert failed.value.code == "silence"


def test_silence_in_mid_stream_is_idle(upstream):
    upstream.script = [stream("a", "b").but(silent_after=2)]
    brief = SHORT.__class__(connect=1, total=1, first_token=1, idle=0.1)

    with pytest.raises(NetworkError) as failed:
        streamed(candidate(upstream.url), STREAMED, brief)

    assert failed.value.code == "idle"


def test_headers_without_content_end_at_the_first_token_timer(upstream):
    upstream.script = [stream("a").but(silent_after=1)]
    brief = SHORT.__class__(connect=1, total=1, first_token=0.1, idle=1)

    with pytest.raises(NetworkError) as failed:
        streamed(candidate(upstream.url), STREAMED, brief)

    assert failed.value.code == "first_token"


@pytest.mark.parametrize(
    "reply",
    [
        stream("a", "b", "c").but(cut_after=3),
        stream("a", is_finished=False, usage=None).but(
            pieces=stream("a", is_finished=False, usage=None).pieces[:-1]
        ),
    ],
    ids=["reset", "ended"],
)
def test_a_cut_stream_never_ends_as_if_it_were_complete(upstream, reply):
    upstream.script = [reply]
    pieces = []

    with pytest.raises(TruncatedStreamError):
        streamed(candidate(upstream.url), STREAMED, pieces=pieces)

    assert b"[DONE]" not in sent_to_client(pieces)
    assert not any(piece.is_last for piece in pieces)


@pytest.mark.parametrize(
    "reply",
    [
        stream(has_done=False),
        stream(has_done=False, usage=None).but(silent_after=5),
        stream(has_done=False, usage=None).but(cut_after=5),
    ],
    ids=["ended", "silent", "reset"],
)
def test_a_finish_reason_without_the_closing_event_is_a_complete_answer(
    upstream, reply
):
    upstream.script = [reply]

    pieces = streamed(candidate(upstream.url), STREAMED)

    assert pieces[-1].is_last
    assert sent_to_client(pieces).endswith(b"data: [DONE]\n\n")


def test_an_event_that_is_no_json_is_skipped(upstream):
    events = [chunk(delta={"content": "a"}), "data: {half", chunk(finish="stop")]
    upstream.script = [sse_reply(*events, "data: [DONE]")]

    pieces = streamed(candidate(upstream.url), STREAMED)

    assert b"half" not in sent_to_client(pieces)
    assert pieces[-1].is_last


def test_an_error_event_after_a_200_is_an_error(upstream):
    told = json.dumps({"error": {"message": "too busy", "code": "rate_limit_exceeded"}})
    upstream.script = [sse_reply(chunk(delta={"content": "a"}), f"data: {told}")]

    with pytest.raises(RateLimitError):
        streamed(candidate(upstream.url), STREAMED)


@pytest.mark.parametrize("count", [-5, "many", 10**18])
def test_absurd_usage_breaks_no_answer(upstream, count):
    upstream.script = [completion(usage=USAGE | {"completion_tokens": count})]

    answer = relayed(candidate(upstream.url), ASKED)

    assert answer.text == "Hello there."
    assert answer.usage is None


def test_a_stream_closed_early_ends_the_call_upstream(upstream):
    upstream.script = [stream(*["word"] * 100).but(pause_s=0.01)]

    async def use(client) -> None:
        way = a_way(client, STREAMED)
        async with aclosing(way.stream(candidate(upstream.url), SHORT)) as pieces:
            async for piece in pieces:
                if piece.has_content:
                    break
        for _ in range(100):
            if upstream.requests[0].was_cut:
                return
            await asyncio.sleep(0.01)

    with_client(use)

    assert upstream.requests[0].was_cut
