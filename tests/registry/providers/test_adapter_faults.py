"""What faults look like in each dialect, and what they leave behind."""

import asyncio
import datetime
import email.utils

import pytest

from registry.providers.errors import (
    ContextLengthError,
    ModelCallError,
    ModelUnavailableError,
    NetworkError,
    RateLimitError,
    TruncatedStreamError,
)
from registry.providers.response import FinishReason
from tests.registry.providers.dialects import (
    HELLO,
    PATIENT,
    QUICK,
    ModelTraits,
    text_of,
)
from tests.upstream.replies import HTML, RESET, SILENCE, json_reply

BOTH = pytest.mark.parametrize("way", ["generate", "stream"])
TOO_LONG = {
    "openai": (400, "context_length_exceeded", "maximum context length is 8192"),
    "anthropic": (400, "invalid_request_error", "prompt is too long: 210000 tokens"),
    "google": (
        400,
        "INVALID_ARGUMENT",
        "The input token count (2097153) exceeds the maximum number of tokens allowed.",
    ),
    "ollama": (400, "", "the input length exceeds the context length"),
}
MISSING = {
    "openai": (404, "model_not_found", "The model `x` does not exist."),
    "anthropic": (404, "not_found_error", "model: x"),
    "google": (404, "NOT_FOUND", "models/x is not found for API version v1beta."),
    "ollama": (404, "", "model 'x' not found"),
}
# The document of an answer whose counts are wrong, and of one that says nothing.
WRONG_USAGE = {
    "openai": {"usage": {"prompt_tokens": -3, "completion_tokens": "5"}},
    "anthropic": {"usage": {"input_tokens": -3, "output_tokens": "5"}},
    "google": {"usageMetadata": {"promptTokenCount": -3, "candidatesTokenCount": "5"}},
    "ollama": {"prompt_eval_count": -3, "eval_count": "5"},
}
NOTHING = {
    "openai": {"id": "1", "object": "chat.completion", "choices": []},
    "anthropic": {"type": "message", "content": [], "stop_reason": None},
    "google": {"candidates": [], "modelVersion": "x"},
    "ollama": {"model": "x", "message": {"content": ""}, "done": False},
}


def failed(calls, reply, way="generate", timeouts=PATIENT) -> ModelCallError:
    calls.upstream.script.append(reply)
    with pytest.raises(ModelCallError) as caught:
        getattr(calls, way)(timeouts=timeouts)
    return caught.value


def fault(calls, kinds) -> ModelCallError:
    status, code, message = kinds[calls.dialect.name]
    return failed(calls, calls.dialect.wire.error(status, code, message))


def test_a_prompt_that_is_too_long_asks_for_a_larger_window(calls):
    assert isinstance(fault(calls, TOO_LONG), ContextLengthError)


def test_a_model_that_is_not_there_is_unavailable(calls):
    error = fault(calls, MISSING)

    assert isinstance(error, ModelUnavailableError)
    assert error.code == "not_found"


def test_a_limit_that_names_a_date_says_how_long_to_wait(calls):
    later = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=30)
    date = email.utils.format_datetime(later, usegmt=True)

    error = failed(calls, calls.dialect.wire.error(429, retry_after=date))

    assert isinstance(error, RateLimitError)
    assert 25 < error.retry_after_s <= 30


def test_a_limit_that_says_nothing_leaves_the_wait_open(calls):
    assert failed(calls, calls.dialect.wire.error(429)).retry_after_s is None


def test_wrong_counts_make_the_usage_unknown_and_are_noted(calls):
    changes = WRONG_USAGE[calls.dialect.name]
    calls.upstream.script.append(calls.dialect.wire.completion(**changes))

    answer = calls.generate()

    assert answer.content == "Hello there."
    assert answer.usage is None
    assert any("input_tokens" in line or "usage" in line for line in answer.trace)


def test_an_answer_that_holds_nothing_is_unavailable(calls):
    error = failed(calls, json_reply(NOTHING[calls.dialect.name]))

    assert isinstance(error, ModelUnavailableError)
    assert error.code == "empty"


@BOTH
def test_an_error_in_the_body_of_a_200_is_that_error(calls, way):
    reply = calls.dialect.wire.error(500, message="The engine failed.")

    error = failed(calls, reply.but(status=200), way)

    assert isinstance(error, ModelUnavailableError)
    assert "The engine failed." in error.message


@BOTH
def test_a_redirect_means_that_the_address_is_wrong(calls, way):
    reply = json_reply({}, 302, location="http://127.0.0.1:9/elsewhere")

    error = failed(calls, reply, way)

    assert (type(error), error.code) == (NetworkError, "address")
    assert len(calls.upstream.requests) == 1


def test_a_cut_after_the_finish_reason_leaves_the_answer_complete(calls):
    reply = calls.dialect.wire.stream("Hi", " you")
    pieces = (*reply.pieces, b"")
    # The pause lets what was sent arrive before the reset discards it.
    cut = reply.but(pieces=pieces, cut_after=len(reply.pieces), pause_s=0.02)
    calls.upstream.script.append(cut)

    chunks = calls.stream()

    assert text_of(chunks) == "Hi you"
    assert chunks[-1].is_last


def test_an_error_event_after_the_finish_reason_changes_nothing(calls):
    wire = calls.dialect.wire
    late = f"{wire.error_event()}\n\n".encode()
    reply = wire.stream("Hi", " you")
    calls.upstream.script.append(reply.but(pieces=(*reply.pieces, late)))

    chunks = calls.stream()

    assert text_of(chunks) == "Hi you"
    assert FinishReason.STOP in [chunk.finish_reason for chunk in chunks]


def test_a_truncated_stream_says_what_it_used_as_far_as_that_is_known(calls):
    reply = calls.dialect.wire.stream("Hello", " there", is_finished=False)
    first = next(one for one in reply.pieces if b"Hello" in one)
    short = reply.but(pieces=reply.pieces[: reply.pieces.index(first) + 1])

    error = failed(calls, short, "stream")

    assert isinstance(error, TruncatedStreamError)
    # OpenAI and Ollama tell their counts at the end only.
    is_told = calls.dialect.name in ("anthropic", "google")
    assert (error.usage is not None) == is_told


def faults(calls):
    """Answers that break in every way, with the way to ask for them."""
    wire = calls.dialect.wire
    words = wire.stream(*["word "] * 20, is_finished=False)
    whole = wire.completion()
    yield wire.error(500), "generate"
    yield RESET, "generate"
    yield SILENCE, "generate"
    yield SILENCE, "stream"
    yield HTML, "stream"
    yield whole.but(pieces=(b"".join(whole.pieces)[:40],)), "generate"
    yield words.but(silent_after=8), "stream"
    yield words.but(cut_after=8), "stream"
    yield words.but(pause_s=0.05), "stream"
    yield words.but(pieces=words.pieces[:8]), "stream"


def test_no_fault_leaves_a_connection_open_or_spoils_the_next_call(calls):
    async def work(adapter):
        model = ModelTraits("model-x")
        for reply, way in faults(calls):
            calls.upstream.script.append(reply)
            with pytest.raises(ModelCallError):
                await _ask(adapter, way, model)
            await adapter.generate(model, HELLO, PATIENT)
        await asyncio.sleep(0.05)
        return calls.upstream.open_connections

    assert calls.run(work) == 1


async def _ask(adapter, way, model):
    if way == "generate":
        await adapter.generate(model, HELLO, QUICK)
    else:
        _ = [chunk async for chunk in adapter.stream(model, HELLO, QUICK)]
