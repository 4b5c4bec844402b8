"""Usage means the same, whatever a provider counts where."""

import pytest

from registry.providers.openai_usage import usage_of
from registry.usage import Usage


def reported(prompt, output, total=None, cached=None, reasoning=None, **more):
    return {
        "prompt_tokens": prompt,
        "completion_tokens": output,
        "total_tokens": total,
        "prompt_tokens_details": {"cached_tokens": cached},
        "completion_tokens_details": {"reasoning_tokens": reasoning},
        **more,
    }


@pytest.mark.parametrize(
    ("report", "usage"),
    [
        (reported(10, 5), Usage(input_tokens=10, output_tokens=5)),
        (
            reported(10, 5, 15, cached=4, reasoning=2),
            Usage(
                input_tokens=10,
                output_tokens=5,
                cache_read_tokens=4,
                reasoning_tokens=2,
            ),
        ),
        (
            reported(10, 5, prompt_cache_hit_tokens=4),
            Usage(input_tokens=10, output_tokens=5, cache_read_tokens=4),
        ),
        (
            {"input_tokens": 10, "output_tokens": 5},
            Usage(input_tokens=10, output_tokens=5),
        ),
    ],
)
def test_a_report_is_read_in_the_words_of_its_provider(report, usage):
    assert usage_of(report) == (usage, ())


@pytest.mark.parametrize(
    ("report", "quirks"),
    [
        (reported(10, 5, 35, reasoning=20), frozenset()),
        (reported(10, 5, reasoning=20), frozenset()),
        (reported(10, 25, reasoning=20), frozenset({"reasoning_on_top"})),
    ],
)
def test_reasoning_that_comes_on_top_is_added(report, quirks):
    usage, notes = usage_of(report, quirks)

    assert usage.output_tokens == report["completion_tokens"] + 20
    assert "on top" in notes[0]


def test_a_total_that_adds_up_says_that_reasoning_is_inside():
    report = reported(10, 25, 35, reasoning=20)

    usage, _ = usage_of(report, frozenset({"reasoning_on_top"}))

    assert usage.output_tokens == 25


@pytest.mark.parametrize(
    "report",
    [
        reported(-1, 5),
        reported("10", 5),
        reported(10, 5, cached=99),
        reported(10, 5, 15, reasoning=99),
        reported(10, 5, cached=-4, reasoning="2"),
        {"prompt_tokens": None, "prompt_tokens_details": [], "completion_tokens": 5},
    ],
)
def test_wrong_numbers_are_noted_and_break_nothing(report):
    usage, notes = usage_of(report)

    assert notes
    assert usage is None or usage.cache_read_tokens <= usage.input_tokens


@pytest.mark.parametrize("report", [None, {}, [], "12", 7])
def test_no_report_is_no_usage(report):
    assert usage_of(report) == (None, ())
