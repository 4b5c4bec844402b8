"""Whether input includes cached tokens, decided span by span."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.otlp.facts import Told
from analytics.otlp.token_rules import (
    BY_SCOPE,
    BY_TOTAL,
    INCLUDED,
    TOO_MANY,
    input_rule,
    usage_of,
)

BEDROCK = "opentelemetry.instrumentation.bedrock"
COUNTS = st.none() | st.integers(0, 10**6)


def told(**counts: int) -> Told:
    return Told(model="claude-x", **counts)


@pytest.mark.parametrize(
    ("counts", "scope", "rule", "total"),
    [
        ({"input_tokens": 50}, "", "", 50),
        ({"input_tokens": 500, "cache_read_tokens": 300}, "", INCLUDED, 500),
        ({"input_tokens": 4, "cache_read_tokens": 300}, "", TOO_MANY, 304),
        ({"input_tokens": 500, "cache_write_tokens": 300}, BEDROCK, BY_SCOPE, 800),
        (
            {
                "input_tokens": 500,
                "cache_read_tokens": 300,
                "output_tokens": 10,
                "total_tokens": 810,
            },
            "",
            BY_TOTAL,
            800,
        ),
        (
            {
                "input_tokens": 500,
                "cache_read_tokens": 300,
                "output_tokens": 10,
                "total_tokens": 510,
            },
            "",
            INCLUDED,
            500,
        ),
    ],
)
def test_cached_tokens_are_added_only_where_they_were_left_out(
    counts, scope, rule, total
):
    one = told(**counts)

    assert input_rule(one, scope) == rule
    assert usage_of(one, rule).input_tokens == total


def test_thoughts_that_gemini_leaves_out_are_added_to_the_output():
    one = told(input_tokens=1, output_tokens=10, reasoning_tokens=90)

    assert usage_of(one, "").output_tokens == 100


@given(COUNTS, COUNTS, COUNTS, COUNTS, COUNTS, COUNTS, st.sampled_from(["", BEDROCK]))
def test_parts_never_exceed_their_whole(
    given_in, out, read, wrote, thought, all_, scope
):
    one = Told(
        model="m",
        input_tokens=given_in,
        output_tokens=out,
        cache_read_tokens=read,
        cache_write_tokens=wrote,
        reasoning_tokens=thought,
        total_tokens=all_,
    )

    usage = usage_of(one, input_rule(one, scope))

    if usage is not None:
        assert usage.cache_read_tokens + usage.cache_write_tokens <= usage.input_tokens
        assert usage.reasoning_tokens <= usage.output_tokens
