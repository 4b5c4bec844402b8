"""What every adapter does when its provider fails."""

import asyncio

import pytest

from registry.providers.errors import (
    AuthenticationError,
    ModelUnavailableError,
    NetworkError,
    RateLimitError,
)
from tests.registry.providers.dialects import (
    HELLO,
    PATIENT,
    QUICK,
    Calls,
    ModelTraits,
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


def test_an_answer_that_is_none_is_quoted_without_the_key(calls):
    echo = calls.dialect.wire.completion().but(pieces=(b"You sent own-secret-1.",))
    calls.upstream.script.append(echo)

    with pytest.raises(ModelUnavailableError) as failed:
        calls.generate(api_key="own-secret-1")

    assert "You sent" in failed.value.message
    assert "own-secret-1" not in failed.value.message


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
