"""GenAI spans in today's and earlier names become the same call."""

from decimal import Decimal

import pytest

from analytics.otlp.mapping import Verdict, mapped
from analytics.usage_row import Outcome
from registry.usage import Usage
from tests.analytics.otlp.telling import bare, event, span

USAGE = Usage(
    input_tokens=900,
    output_tokens=80,
    cache_read_tokens=300,
    cache_write_tokens=100,
    reasoning_tokens=20,
)
TODAY = {
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": "anthropic",
    "gen_ai.response.model": "claude-x",
    "gen_ai.usage.input_tokens": 900,
    "gen_ai.usage.output_tokens": 80,
    "gen_ai.usage.cache_read.input_tokens": 300,
    "gen_ai.usage.cache_write.input_tokens": 100,
    "gen_ai.usage.reasoning.output_tokens": 20,
}
EARLIER = {
    "gen_ai.system": "anthropic",
    "gen_ai.request.model": "claude-x",
    "gen_ai.usage.prompt_tokens": 900,
    "gen_ai.usage.completion_tokens": 80,
    "gen_ai.usage.cache_read_input_tokens": 300,
    "gen_ai.usage.cache_creation.input_tokens": 100,
    "gen_ai.usage.reasoning_tokens": 20,
}
OPENINFERENCE = {
    "openinference.span.kind": "LLM",
    "llm.system": "anthropic",
    "llm.model_name": "claude-x",
    "llm.token_count.prompt": 900,
    "llm.token_count.completion": 80,
    "llm.token_count.prompt_details.cache_read": 300,
    "llm.token_count.prompt_details.cache_write": 100,
    "llm.token_count.completion_details.reasoning": 20,
}
TRACELOOP = {
    "llm.request.type": "chat",
    "gen_ai.system": "anthropic",
    "gen_ai.request.model": "claude-x",
    "gen_ai.usage.prompt_tokens": 900,
    "gen_ai.usage.completion_tokens": 80,
    "llm.usage.total_tokens": 980,
    "llm.usage.reasoning_tokens": 20,
    "gen_ai.usage.cache_read_input_tokens": 300,
    "gen_ai.usage.cache_creation_input_tokens": 100,
}


@pytest.mark.parametrize(
    "attributes",
    [
        pytest.param(TODAY, id="today"),
        pytest.param(EARLIER, id="earlier"),
        pytest.param(OPENINFERENCE, id="openinference"),
        pytest.param(TRACELOOP, id="traceloop"),
    ],
)
def test_every_vocabulary_tells_the_same_call(attributes):
    call = mapped(bare(attributes)).call

    assert (call.provider, call.model, call.usage) == ("anthropic", "claude-x", USAGE)


def test_the_model_that_answered_is_named_rather_than_the_one_asked_for():
    call = mapped(span({"gen_ai.response.model": "gpt-9-2026-08-01"})).call

    assert call.model == "gpt-9-2026-08-01"


def test_everything_else_that_a_span_tells():
    told = mapped(
        span(
            {
                "gen_ai.response.id": "chatcmpl-1",
                "gen_ai.response.finish_reasons": ("stop",),
                "gen_ai.response.time_to_first_chunk": 0.25,
                "gen_ai.conversation.id": "talk-7",
                "gen_ai.prompt.name": "GREETING",
                "modelhub.feature": "photo-tagging",
            }
        )
    ).call

    assert told.provider_request_id == "chatcmpl-1"
    assert told.finish_reason == "stop"
    assert (told.ttft_ms, told.is_stream, told.latency_ms) == (250.0, True, 1000.0)
    assert (told.prompt_name, told.feature) == ("GREETING", "photo-tagging")
    assert told.tags == {
        "service": "shop",
        "environment": "live",
        "conversation": "talk-7",
    }


def test_the_first_token_of_an_openinference_stream_is_an_event():
    one = span()
    first = event("First Token Stream Event", one.start_ns + 400_000_000)

    told = mapped(bare(OPENINFERENCE, start_ns=one.start_ns, events=[first])).call

    assert told.ttft_ms == 400.0


@pytest.mark.parametrize(
    ("facts", "attributes", "kind", "status"),
    [
        ({}, {"error.type": "429"}, "rate_limit", 429),
        ({}, {"error.type": "openai.APITimeoutError"}, "network", None),
        ({"is_error": True}, {}, "error", None),
        ({}, {"http.response.status_code": 503}, "unavailable", 503),
    ],
)
def test_a_span_with_an_error_is_a_call_that_went_wrong(
    facts, attributes, kind, status
):
    call = mapped(span(attributes, **facts)).call

    assert (call.outcome, call.error_kind) == (Outcome.ERROR, kind)
    assert call.status_code == status


@pytest.mark.parametrize(
    ("attributes", "reason"),
    [
        ({"http.request.method": "GET"}, "no model call"),
        ({"gen_ai.operation.name": "execute_tool"}, "tool"),
        ({"gen_ai.operation.name": "invoke_agent", **EARLIER}, "agent"),
        ({"openinference.span.kind": "CHAIN", "llm.model_name": "x"}, "workflow"),
        ({"traceloop.span.kind": "workflow"}, "workflow"),
        ({}, "no model call"),
    ],
)
def test_what_is_no_model_call_is_ignored_with_the_reason(attributes, reason):
    told = mapped(bare(attributes))

    assert (told.verdict, told.reason) == (Verdict.IGNORED, reason)


@pytest.mark.parametrize(
    ("attributes", "facts", "word"),
    [
        (
            {"gen_ai.request.model": None, "gen_ai.response.model": None},
            {},
            "names no model",
        ),
        ({"gen_ai.usage.input_tokens": -5}, {}, "negative"),
        ({"gen_ai.usage.input_tokens": "many"}, {}, "no whole number"),
        ({"gen_ai.usage.input_tokens": 10**13}, {}, "more than one call"),
        ({"gen_ai.response.time_to_first_chunk": "soon"}, {}, "no number"),
        ({}, {"trace_id": "ab"}, "wrong length"),
        ({}, {"end_ns": 5}, "ends before it begins"),
        ({}, {"start_ns": 0, "end_ns": 5}, "when it began"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(attributes, facts, word):
    told = mapped(span(attributes, **facts))

    assert (told.verdict, told.call) == (Verdict.REFUSED, None)
    assert word in told.reason


def test_a_cost_that_a_span_tells_is_kept_as_it_was_said():
    call = mapped(bare({**OPENINFERENCE, "llm.cost.total": 0.0125})).call

    assert (call.reported_usd, call.is_provider_cost) == (Decimal("0.0125"), False)


def test_numbers_that_were_sent_as_text_count():
    call = mapped(span({"gen_ai.usage.input_tokens": "12"})).call

    assert call.usage == Usage(input_tokens=12, output_tokens=100)


def test_a_span_without_counts_is_a_call_of_which_nobody_said_what_it_used():
    quiet = {"gen_ai.usage.input_tokens": None, "gen_ai.usage.output_tokens": None}

    assert mapped(span(quiet)).call.usage is None
