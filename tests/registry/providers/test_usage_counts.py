import pytest

from registry.providers.usage_counts import (
    normalised_usage,
    sum_of_counts,
    whole_count,
)
from registry.usage import Usage


def test_a_right_report_becomes_the_usage_without_a_word():
    counts = {"input_tokens": 12, "output_tokens": 5, "cache_read_tokens": 4}

    assert normalised_usage(counts) == (Usage(**counts), ())


def test_nothing_reported_is_no_usage():
    assert normalised_usage({"input_tokens": None, "output_tokens": None}) == (None, ())
    assert normalised_usage({"reasoning_tokens": 3}) == (None, ())


@pytest.mark.parametrize("wrong", [-5, "12", 1.5, float("nan"), 10**16, True, [], {}])
def test_a_whole_that_is_no_count_makes_the_usage_unknown(wrong):
    usage, notes = normalised_usage({"input_tokens": wrong, "output_tokens": 5})

    assert usage is None
    assert "input_tokens" in notes[0]


@pytest.mark.parametrize("wrong", [-1, "4", None])
def test_a_part_that_is_no_count_is_left_out(wrong):
    usage, _ = normalised_usage(
        {"input_tokens": 12, "output_tokens": 5, "cache_read_tokens": wrong}
    )

    assert usage == Usage(input_tokens=12, output_tokens=5)


def test_parts_larger_than_their_whole_are_cut_with_a_line():
    usage, notes = normalised_usage(
        {
            "input_tokens": 10,
            "output_tokens": 5,
            "cache_read_tokens": 8,
            "cache_write_tokens": 6,
            "cache_write_1h_tokens": 6,
            "reasoning_tokens": 9,
        }
    )

    assert usage == Usage(
        input_tokens=10,
        output_tokens=5,
        cache_read_tokens=8,
        cache_write_tokens=2,
        cache_write_1h_tokens=2,
        reasoning_tokens=5,
    )
    assert len(notes) == 3


def test_a_missing_whole_counts_as_none_and_is_named():
    usage, notes = normalised_usage({"input_tokens": None, "output_tokens": 5})

    assert usage == Usage(output_tokens=5)
    assert notes == ("The provider reported no input_tokens.",)


def test_a_split_whole_is_summed_and_keeps_what_is_wrong():
    assert sum_of_counts(3, None, 4) == 7
    assert sum_of_counts(None, None) is None
    assert sum_of_counts(3, "4") == "4"


def test_a_whole_number_may_come_as_a_float():
    assert whole_count(12.0) == 12
