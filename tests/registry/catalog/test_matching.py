import pytest

from registry.catalog.matching import SpellingIndex
from registry.catalog.names import (
    dated_stem,
    has_words_of,
    is_moving,
    version_day,
    version_number,
)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("gpt-4o", "gpt-4o"),
        ("kimi-k3", "Kimi-K3"),
        ("deepseek-v3p2", "accounts/fireworks/models/deepseek-v3p2"),
        ("amazon.nova-pro-v1:0", "us.amazon.nova-pro-v1:0"),
        ("amazon.nova-pro-v1", "amazon.nova-pro-v1:0"),
        ("anthropic.claude-opus-4-20250514", "anthropic.claude-opus-4-20250514-v1:0"),
        ("claude-opus-4@20250514", "claude-opus-4-20250514"),
        ("claude-opus-4-5", "claude-opus-4.5"),
        ("gpt-35-turbo", "gpt-3.5-turbo"),
    ],
)
def test_documented_spellings_of_one_model_match(ours, theirs):
    assert SpellingIndex([theirs, "another-model"]).find(ours) == theirs


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("gpt-4o", "gpt-4o-mini"),
        ("gpt-4o", "gpt-4o-2024-08-06"),
        ("claude-3-5-sonnet", "claude-3-5-sonnet-v2"),
        ("amazon.titan-embed-text", "amazon.titan-embed-text-v2:0"),
        ("llama-3-70b", "llama-3-70b-instruct"),
    ],
)
def test_likeness_is_no_match(ours, theirs):
    assert SpellingIndex([theirs]).find(ours) is None


def test_the_id_as_it_stands_wins_over_other_spellings():
    index = SpellingIndex(["eu.amazon.nova", "amazon.nova", "us.amazon.nova"])

    assert index.find("amazon.nova") == "amazon.nova"
    assert index.find("us.amazon.nova") == "us.amazon.nova"


def test_of_two_equally_near_none_is_taken():
    index = SpellingIndex(["eu.amazon.nova", "us.amazon.nova"])

    assert index.find("amazon.nova") is None


@pytest.mark.parametrize(
    ("name", "day", "stem"),
    [
        ("gpt-4o-2024-08-06", (2024, 8, 6), "gpt-4o"),
        ("claude-opus-4-20250514", (2025, 5, 14), "claude-opus-4"),
        ("claude-opus-4@20250514", (2025, 5, 14), "claude-opus-4"),
        ("mistral-large-2407", (2024, 7, 0), "mistral-large"),
        ("gpt-4-0613", (0, 6, 13), "gpt-4"),
        ("command-r-08-2024", (2024, 8, 0), "command-r"),
        ("gpt-4-1106-preview", (0, 11, 6), None),
        ("gpt-5.4", None, None),
        ("gemma-2048", None, None),
        ("qwen3-235b", None, None),
    ],
)
def test_a_date_in_an_id_is_its_version(name, day, stem):
    assert version_day(name) == day
    assert dated_stem(name) == stem


def test_moving_names_end_in_latest():
    assert is_moving("mistral-large-latest")
    assert is_moving("model:latest")
    assert not is_moving("latest-model-2")


def test_numbers_order_like_fractions_and_never_follow_a_number():
    assert version_number("grok-4.20", "grok") < version_number("grok-4.3", "grok")
    assert version_number("grok-10", "grok") > version_number("grok-9.5", "grok")
    assert version_number("claude-opus-5-5", "claude-opus-5") is None
    assert version_number("grok-4-fast", "grok") is None


def test_a_number_may_stand_inside_the_stem():
    assert has_words_of("gemini-3.8-flash", "gemini-flash")
    assert has_words_of("gemini-3.1-pro-preview", "gemini-pro")
    assert not has_words_of("gemini-3.8-flash-lite", "gemini-flash")
