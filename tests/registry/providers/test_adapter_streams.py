"""How every adapter ends a stream: honestly, and in bounded time."""

import asyncio
import time

import pytest

from registry.providers.errors import (
    ModelUnavailableError,
    NetworkError,
    TruncatedStreamError,
)
from tests.registry.providers.dialects import (
    HELLO,
    PATIENT,
    QUICK,
    Calls,
    ModelTraits,
    text_of,
)


def failed(calls: Calls, reply, kind, timeouts=PATIENT):
    """The error of a stream that is answered by `reply`."""
    calls.upstream.script.append(reply)
    with pytest.raises(kind) as caught:
        calls.stream(timeouts=timeouts)
    assert caught.value.provider == "acme"
    return caught.value


def test_an_error_event_after_a_200_is_the_error_it_says(calls):
    reply = calls.dialect.wire.stream()
    event = f"{calls.dialect.wire.error_event()}\n\n".encode()
    cut = reply.but(pieces=(*reply.pieces[:2], event))

    error = failed(calls, cut, ModelUnavailableError)

    assert error.code == calls.dialect.error_code


def test_a_stream_that_ends_before_its_answer_is_truncated(calls):
    reply = calls.dialect.wire.stream("Hello", " there", is_finished=False)
    words = [one for one in reply.pieces if b"Hello" in one]
    short = reply.but(pieces=reply.pieces[: reply.pieces.index(words[0]) + 1])

    failed(calls, short, TruncatedStreamError)


def test_a_stream_that_is_cut_in_the_middle_is_truncated(calls):
    reply = calls.dialect.wire.stream(*["word "] * 50, is_finished=False)
    # The pause lets what was sent arrive before the reset discards it.
    cut = reply.but(cut_after=10, pause_s=0.005)

    failed(calls, cut, TruncatedStreamError)


def test_an_event_that_is_no_json_is_skipped_and_noted(calls):
    reply = calls.dialect.wire.stream()
    pieces = (*reply.pieces[:2], calls.dialect.broken, *reply.pieces[2:])
    calls.upstream.script.append(reply.but(pieces=pieces))

    chunks = calls.stream()

    assert text_of(chunks) == "Hello there."
    assert "no JSON" in " ".join(chunks[-1].trace)


def test_of_many_events_that_are_no_json_a_few_are_told(calls):
    reply = calls.dialect.wire.stream()
    noise = calls.dialect.broken * 500
    calls.upstream.script.append(
        reply.but(pieces=(*reply.pieces[:2], noise, *reply.pieces[2:]))
    )

    chunks = calls.stream()

    assert text_of(chunks) == "Hello there."
    assert sum("no JSON" in line for line in chunks[-1].trace) == 3


def test_a_stream_left_open_after_its_finish_reason_is_complete(calls):
    reply = calls.dialect.wire.stream("Hi", " you")
    stuck = reply.but(pieces=(*reply.pieces, b""), silent_after=len(reply.pieces))
    calls.upstream.script.append(stuck)
    began = time.monotonic()

    chunks = calls.stream()

    assert text_of(chunks) == "Hi you"
    assert chunks[-1].is_last
    assert time.monotonic() - began < 2


def test_silence_before_the_first_content_ends_at_its_timer(calls):
    reply = calls.dialect.wire.stream().but(pieces=(b"\n", b"\n"), silent_after=1)

    error = failed(calls, reply, NetworkError, QUICK)

    assert error.code == "first_token"


def test_silence_in_the_middle_ends_at_its_timer(calls):
    reply = calls.dialect.wire.stream(*["word "] * 20)

    error = failed(calls, reply.but(silent_after=8), NetworkError, QUICK)

    assert error.code == "idle"


def test_a_slow_drip_ends_at_the_total(calls):
    reply = calls.dialect.wire.stream(*["word "] * 50).but(pause_s=0.04)

    error = failed(calls, reply, NetworkError, QUICK)

    assert error.code == "total"


def test_leaving_a_stream_ends_the_call_upstream(calls):
    reply = calls.dialect.wire.stream(*["word "] * 500).but(pause_s=0.02)
    calls.upstream.script.append(reply)

    async def work(adapter):
        chunks = adapter.stream(ModelTraits("model-x"), HELLO, PATIENT)
        while not (await anext(chunks)).text:
            pass
        await chunks.aclose()
        for _ in range(100):
            if calls.upstream.requests[0].was_cut:
                return calls.upstream.open_connections
            await asyncio.sleep(0.01)
        return None

    assert calls.run(work) == 0
