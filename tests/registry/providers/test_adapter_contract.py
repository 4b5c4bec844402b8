"""What every adapter does, whichever wire format it speaks."""

import gzip

import pytest

from registry.providers.errors import (
    AuthenticationError,
    ModelCallError,
    ModelUnavailableError,
    NetworkError,
)
from registry.providers.request import ModelRequest
from registry.providers.response import FinishReason
from tests.registry.providers.dialects import (
    HELLO,
    PATIENT,
    QUICK,
    Calls,
    ModelTraits,
    text_of,
)
from tests.upstream.replies import HTML, SILENCE


def script(calls: Calls, *replies) -> None:
    calls.upstream.script.extend(replies)


def test_a_whole_answer_is_read(calls):
    answer = calls.generate()

    assert answer.content == "Hello there."
    assert answer.finish_reason == FinishReason.STOP
    assert answer.usage == calls.dialect.usage
    assert answer.model_name == "model-x"
    assert answer.latency_ms > 0


def test_a_stream_gives_text_finish_reason_usage_and_an_end(calls):
    chunks = calls.stream()

    assert text_of(chunks) == "Hello there."
    assert [one.finish_reason for one in chunks if one.finish_reason] == ["stop"]
    assert [one.is_last for one in chunks] == [False] * (len(chunks) - 1) + [True]
    assert chunks[-1].usage == calls.dialect.usage
    assert "model-x" in {one.model_name for one in chunks}


def test_the_request_arrives_with_key_model_and_system_prompt(calls):
    calls.generate(ModelRequest(prompt="Hi", system="Be brief."))

    received = calls.upstream.requests[0]
    assert "key-of-test" in str(received.headers)
    assert "Be brief." in received.body.decode()


def test_headers_of_the_connection_go_along(calls):
    calls.generate(headers={"x-team": "blue"})

    assert calls.upstream.requests[0].headers["x-team"] == "blue"


def test_an_answer_of_ten_megabytes_is_read(calls):
    text = "word " * 2_000_000
    script(calls, calls.dialect.wire.completion(text))

    assert len(calls.generate().content) == len(text)


def test_a_compressed_answer_is_read(calls):
    reply = calls.dialect.wire.completion("für alle")
    headers = {**reply.headers, "content-encoding": "gzip"}
    script(
        calls,
        reply.but(headers=headers, pieces=(gzip.compress(b"".join(reply.pieces)),)),
    )

    assert calls.generate().content == "für alle"


def test_a_compressed_stream_is_read(calls):
    reply = calls.dialect.wire.stream("für", " alle")
    packed = gzip.compress(b"".join(reply.pieces))
    pieces = tuple(packed[at : at + 40] for at in range(0, len(packed), 40))
    headers = {**reply.headers, "content-encoding": "gzip"}
    script(calls, reply.but(headers=headers, pieces=pieces))

    assert text_of(calls.stream()) == "für alle"


def test_a_stream_that_arrives_byte_by_byte_is_read(calls):
    reply = calls.dialect.wire.stream("für", " alle")
    body = b"".join(reply.pieces)
    script(calls, reply.but(pieces=tuple(body[at : at + 1] for at in range(len(body)))))

    assert text_of(calls.stream()) == "für alle"


def test_one_connection_serves_one_call_after_the_other(calls):
    async def work(adapter):
        model = ModelTraits("model-x")
        for _ in range(3):
            await adapter.generate(model, HELLO, PATIENT)
            _ = [one async for one in adapter.stream(model, HELLO, PATIENT)]
        return calls.upstream.open_connections

    assert calls.run(work) == 1


def test_every_model_is_listed(calls):
    script(calls, calls.dialect.wire.models("a-1", "b-2"))

    models = calls.run(lambda adapter: adapter.list_models(PATIENT))

    assert [model.model_name for model in models] == ["a-1", "b-2"]


def test_a_model_that_is_not_offered_is_none(calls):
    missing = calls.run(lambda adapter: adapter.model_info("no-such", PATIENT))

    assert missing is None


def test_an_endpoint_that_answers_is_available(calls):
    assert calls.run(lambda adapter: adapter.is_available(PATIENT)) is None


def test_a_wrong_key_is_told(calls):
    script(calls, calls.dialect.wire.error(401, message="Bad key key-of-test."))

    with pytest.raises(AuthenticationError) as caught:
        calls.run(lambda adapter: adapter.is_available(PATIENT))

    assert "key-of-test" not in caught.value.message


def test_a_web_page_instead_of_a_list_is_told(calls):
    script(calls, HTML, HTML)

    with pytest.raises(ModelCallError, match="web page"):
        calls.run(lambda adapter: adapter.is_available(PATIENT))


def test_an_address_at_which_nothing_listens_is_told(calls):
    calls.upstream.stop()

    with pytest.raises(NetworkError) as caught:
        calls.run(lambda adapter: adapter.is_available(PATIENT))

    assert caught.value.code == "refused"


def test_a_list_that_does_not_come_is_waited_for_no_longer_than_told(calls):
    script(calls, SILENCE)

    with pytest.raises(NetworkError) as caught:
        calls.run(lambda adapter: adapter.is_available(QUICK))

    assert caught.value.code == "silence"


def test_a_key_that_is_no_header_is_told_without_showing_it(calls):
    with pytest.raises(AuthenticationError) as caught:
        calls.generate(api_key="schlüssel\n")

    assert caught.value.code == "malformed_key"
    assert "schl" not in caught.value.message


def test_a_body_that_is_no_answer_is_refused(calls):
    script(calls, HTML)

    with pytest.raises(ModelUnavailableError) as caught:
        calls.generate()

    assert caught.value.code == "malformed"
