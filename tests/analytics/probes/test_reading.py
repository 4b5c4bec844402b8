"""How answers are read: what counts as verified, failed and not clear. Pure."""

import base64
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.probes.kinds import KINDS, fact_of
from analytics.probes.long_context import haystack, sizes_of
from analytics.probes.probe import Exchange, ModelFacts, Said

FACTS = ModelFacts(context_window=8_000, limit_tokens=20_000)


def read(key, *answers, facts=FACTS):
    """The finding after these answers; each is a Said, or makes one of its call."""
    probe = KINDS[key].probe
    calls = probe.calls(facts, random.Random(7))
    exchanges = [
        Exchange(call, said(call) if callable(said) else said)
        for call, said in zip(calls, answers, strict=False)
    ]
    return probe.read(exchanges, len(calls))


@pytest.mark.parametrize("key", list(KINDS))
def test_an_error_in_the_way_decides_nothing(key):
    assert read(key, Said(error="Too many requests.")).verdict == "inconclusive"


@pytest.mark.parametrize("key", list(KINDS))
def test_a_provider_that_says_it_cannot_is_believed(key):
    said = Said(error="No such thing here.", error_code="unsupported")

    assert read(key, said).verdict == "failed"


def test_an_image_is_a_png_that_nobody_can_know_beforehand():
    calls = [
        KINDS["image_analysis"].probe.calls(FACTS, random.Random(n)) for n in (1, 2)
    ]

    first, second = (one[0] for one in calls)
    assert first.expected != second.expected
    data = base64.b64decode(first.request.images[0].data)
    assert data.startswith(b"\x89PNG")


def test_an_image_is_read_whatever_case_and_spaces():
    def right(call):
        return Said(text=f"**{call.expected.lower()}**.")

    assert read("image_analysis", right, right).verdict == "verified"
    assert read("image_analysis", right) is None
    assert read("image_analysis", right, Said(text="A cat.")).verdict == "failed"


def test_a_model_that_thinks_until_its_room_is_gone_has_not_failed():
    said = Said(finish_reason="length")

    assert read("image_analysis", said).verdict == "inconclusive"
    assert read("tools", said).verdict == "inconclusive"
    assert read("json_mode", said).verdict == "inconclusive"


@pytest.mark.parametrize(
    ("name", "arguments", "problem"),
    [
        ("get_weather", "{}", "instead of"),
        ("book_table", "[]", "not an object"),
        ("book_table", "{", "not JSON"),
        ("book_table", '{"city": "Rome", "guests": 99}', "was called with"),
    ],
    ids=["wrong function", "a list", "broken", "wrong arguments"],
)
def test_a_wrong_call_is_no_call(name, arguments, problem):
    found = read("tools", Said(tool_calls=((name, arguments),)))

    assert found.verdict == "failed"
    assert problem in found.note


def test_pieces_count_only_for_a_long_answer():
    long, short = "word " * 20, "One."

    assert read("streaming", Said(text=long, chunk_ms=(1, 2, 5))).verdict == "verified"
    assert read("streaming", Said(text=long, chunk_ms=(5,))).verdict == "failed"
    assert read("streaming", Said(text=short, chunk_ms=(5,))).verdict == "inconclusive"


def test_one_different_answer_is_enough():
    same, other = Said(text="A."), Said(text="B.")

    assert read("determinism", same, same) is None
    assert read("determinism", same, other).verdict == "failed"
    assert read("determinism", same, same, same).verdict == "verified"


def test_a_limit_before_the_window_is_not_clear_and_says_how_far_it_came():
    def finds(call):
        return Said(text=call.expected["needle"])

    facts = ModelFacts(context_window=100_000, limit_tokens=10_000)
    found = read("long_context", finds, finds, facts=facts)

    assert found.verdict == "inconclusive"
    assert found.facts["largest_tokens"] == 8_000


@pytest.mark.parametrize(
    ("counted", "kept"),
    [(1_700, 1_700), (12, 2_000), (9_000_000, 2_000), (None, 2_000)],
)
def test_a_count_of_tokens_that_cannot_be_is_not_believed(counted, kept):
    def finds(call):
        return Said(text=call.expected["needle"], input_tokens=counted)

    facts = ModelFacts(context_window=100_000, limit_tokens=2_000)

    assert read("long_context", finds, facts=facts).facts["largest_tokens"] == kept


@given(window=st.none() | st.integers(1, 3_000_000), limit=st.integers(0, 3_000_000))
def test_texts_never_take_more_than_the_limit(window, limit):
    sizes = sizes_of(ModelFacts(context_window=window, limit_tokens=limit))

    assert sum(sizes) <= limit
    assert sizes == sorted(sizes)
    assert all(size <= max(window or size, 500) for size in sizes)


def test_a_text_has_one_needle_and_about_its_size():
    text = haystack(2_000, "12345", random.Random(1))

    assert text.count("12345") == 1
    assert 8_000 <= len(text) <= 8_200


def test_only_a_window_of_200_000_tokens_verifies_a_long_context():
    assert fact_of("long_context", "verified", {"largest_tokens": 8_000}) is None
    assert fact_of("long_context", "verified", {"largest_tokens": 180_000}) is True
    assert fact_of("long_context", "failed", {"largest_tokens": 0}) is False
    assert fact_of("tools", "inconclusive", {}) is None
    assert fact_of("determinism", "failed", {}) is None
