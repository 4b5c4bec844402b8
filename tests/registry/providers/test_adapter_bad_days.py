"""What every adapter does when its provider fails."""

import asyncio
import time

import pytest

from registry.providers.errors import (
    AuthenticationError,
    ModelUnavailableError,
    NetworkError,
    RateLimitError,
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
from tests.upstream.replies import HTML, RESET, SILENCE

BOTH = pytest.mark.parametrize("way", ["generate", "stream"])


def failed(calls: Calls, reply, way: str, kind, timeouts=PATIENT):
    """The error of one call that is answered by `reply`."""
    calls.upstream.script.append(reply)
    with pytest.raises(kind) as caught:
        getattr(calls, way)(timeouts=timeouts)
    assert "key-of-test" not in caught.value.message
    assert caught.value.provider == "acme"
    return caught.value


@BOTH
@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, AuthenticationError),
        (429, RateLimitError),
        (500, ModelUnavailableError),
        (502, ModelUnavailableError),
        (503, ModelUnavailableError),
        (529, ModelUnavailableError),
    ],
)
def test_a_status_is_told_by_its_error(calls, way, status, kind):
    error = failed(calls, calls.dialect.wire.error(status), way, kind)

    assert error.status_code == status
    assert len(calls.upstream.requests) == 1


@BOTH
def test_a_limit_says_how_long_to_wait(calls, way):
    reply = calls.dialect.wire.error(429, retry_after="7")

    assert failed(calls, reply, way, RateLimitError).retry_after_s == 7


@BOTH
def test_a_refused_connection_is_told(calls, way):
    calls.upstream.stop()

    assert failed(calls, RESET, way, NetworkError).code == "refused"


@BOTH
def test_a_connection_reset_before_the_headers_is_told(calls, way):
    assert failed(calls, RESET, way, NetworkError).code == "reset"


@BOTH
def test_silence_ends_at_its_timer(calls, way):
    error = failed(calls, SILENCE, way, NetworkError, QUICK)

    assert error.code == "silence"


@BOTH
def test_a_web_page_is_no_answer(calls, way):
    assert failed(calls, HTML, way, ModelUnavailableError).code == "malformed"


def test_half_a_json_is_no_answer(calls):
    reply = calls.dialect.wire.completion()
    half = reply.but(pieces=(b"".join(reply.pieces)[:40],))

    assert failed(calls, half, "generate", ModelUnavailableError).code == "malformed"


def test_broken_compression_is_no_answer(calls):
    reply = calls.dialect.wire.completion()
    headers = {**reply.headers, "content-encoding": "gzip"}
    broken = reply.but(headers=headers, pieces=(b"no gzip at all",))

    assert failed(calls, broken, "generate", ModelUnavailableError).code == "malformed"


def test_a_body_that_does_not_end_is_waited_for_until_the_total(calls):
    reply = calls.dialect.wire.completion()
    body = b"".join(reply.pieces)
    stuck = reply.but(pieces=(body[:20], body[20:]), silent_after=1)

    assert failed(calls, stuck, "generate", NetworkError, QUICK).code == "total"


def test_an_error_event_after_a_200_is_the_error_it_says(calls):
    reply = calls.dialect.wire.stream()
    event = f"{calls.dialect.wire.error_event()}\n\n".encode()
    cut = reply.but(pieces=(*reply.pieces[:2], event))

    error = failed(calls, cut, "stream", ModelUnavailableError)

    assert error.code == calls.dialect.error_code


def test_a_stream_that_ends_before_its_answer_is_truncated(calls):
    reply = calls.dialect.wire.stream("Hello", " there", is_finished=False)
    words = [one for one in reply.pieces if b"Hello" in one]
    short = reply.but(pieces=reply.pieces[: reply.pieces.index(words[0]) + 1])

    failed(calls, short, "stream", TruncatedStreamError)


def test_a_stream_that_is_cut_in_the_middle_is_truncated(calls):
    reply = calls.dialect.wire.stream(*["word "] * 50, is_finished=False)
    # The pause lets what was sent arrive before the reset discards it.
    cut = reply.but(cut_after=10, pause_s=0.005)

    failed(calls, cut, "stream", TruncatedStreamError)


def test_an_event_that_is_no_json_is_skipped_and_noted(calls):
    reply = calls.dialect.wire.stream()
    pieces = (*reply.pieces[:2], calls.dialect.broken, *reply.pieces[2:])
    calls.upstream.script.append(reply.but(pieces=pieces))

    chunks = calls.stream()

    assert text_of(chunks) == "Hello there."
    assert "no JSON" in " ".join(chunks[-1].trace)


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

    error = failed(calls, reply, "stream", NetworkError, QUICK)

    assert error.code == "first_token"


def test_silence_in_the_middle_ends_at_its_timer(calls):
    reply = calls.dialect.wire.stream(*["word "] * 20)

    error = failed(calls, reply.but(silent_after=8), "stream", NetworkError, QUICK)

    assert error.code == "idle"


def test_a_slow_drip_ends_at_the_total(calls):
    reply = calls.dialect.wire.stream(*["word "] * 50).but(pause_s=0.04)

    error = failed(calls, reply, "stream", NetworkError, QUICK)

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


def test_a_cancelled_call_ends_upstream(calls):
    calls.upstream.script.append(SILENCE)

    async def work(adapter):
        call = adapter.generate(ModelTraits("model-x"), HELLO, PATIENT)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(call, 0.2)
        for _ in range(100):
            if calls.upstream.requests[0].was_cut:
                return True
            await asyncio.sleep(0.01)
        return False

    assert calls.run(work)
