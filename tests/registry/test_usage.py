"""What a usage accepts, and how overlapping counts are told apart."""

import datetime
from decimal import Decimal

import pytest

from registry.pricing import CostState, Usage, cost_of
from registry.rates import Rates

NOW = datetime.datetime(2026, 11, 1, tzinfo=datetime.UTC)


@pytest.mark.parametrize(
    "value",
    [-1, 10**30, 1.5, True, "12", Decimal("NaN"), Decimal("-0.1"), Decimal("1e-13")],
)
def test_a_nonsense_quantity_is_refused_by_name(value):
    with pytest.raises(ValueError, match="input_tokens"):
        Usage(input_tokens=value)


@pytest.mark.parametrize("said", [{"web_searches": 0.0}, {"requests": True}], ids=str)
def test_what_only_equals_the_usual_is_refused_too(said):
    with pytest.raises(ValueError, match=next(iter(said))):
        Usage(input_tokens=9, **said)


@pytest.mark.parametrize(
    "used",
    [
        {"input_tokens": 9, "cache_read_tokens": 10},
        {"input_tokens": 9, "cache_read_tokens": 5, "cache_write_tokens": 5},
        {"input_tokens": 9, "input_image_tokens": 5, "input_audio_tokens": 5},
        {"output_tokens": 9, "reasoning_tokens": 10},
        {"input_tokens": 9, "cache_write_tokens": 2, "cache_write_1h_tokens": 3},
        {"audio_seconds": 1, "input_audio_seconds": 2},
    ],
)
def test_parts_that_exceed_their_whole_are_refused(used):
    with pytest.raises(ValueError, match="cannot exceed"):
        Usage(**used)


APART = Rates(
    {
        "standard": {
            "input_mtok": "1",
            "cache_read_mtok": "0.1",
            "input_audio_mtok": "5",
            "cache_audio_read_mtok": "0.5",
        }
    }
)


def test_overlapping_counts_need_their_overlap_where_the_price_tells_them_apart():
    usage = Usage(input_tokens=100, cache_read_tokens=40, input_audio_tokens=30)

    with pytest.raises(ValueError, match="cache_audio_read_tokens"):
        cost_of(usage, APART, NOW)


@pytest.mark.parametrize(("both", "dollars"), [(0, "184"), (10, "148")])
def test_a_reported_overlap_is_taken_off_both(both, dollars):
    usage = Usage(
        input_tokens=100,
        cache_read_tokens=40,
        input_audio_tokens=30,
        cache_audio_read_tokens=both,
    )

    cost = cost_of(usage, APART, NOW)

    assert sum(line.quantity for line in cost.lines) == 100
    assert cost.total_usd * 1_000_000 == Decimal(dollars)


def test_an_overlap_does_not_matter_to_a_price_that_does_not_tell_audio_apart():
    price = Rates({"standard": {"input_mtok": "1", "cache_read_mtok": "0.1"}})
    usage = Usage(input_tokens=100, cache_read_tokens=40, input_audio_tokens=30)

    cost = cost_of(usage, price, NOW)

    assert cost.state is CostState.COMPUTED
    assert cost.total_usd * 1_000_000 == 64


def test_cached_audio_without_a_rate_of_its_own_costs_what_audio_costs():
    document = {"input_mtok": "1", "cache_read_mtok": "0.1", "input_audio_mtok": "5"}
    usage = Usage(
        input_tokens=100,
        cache_read_tokens=40,
        input_audio_tokens=30,
        cache_audio_read_tokens=30,
    )

    cost = cost_of(usage, Rates({"standard": document}), NOW)

    assert cost.state is CostState.ESTIMATED
    assert cost.total_usd * 1_000_000 == 60 + 1 + 150
    assert "cache_audio_read_mtok" in cost.notes[0]


def test_a_price_for_cached_tokens_alone_leaves_the_others_unpriced():
    usage = Usage(input_tokens=100, cache_read_tokens=40)

    cost = cost_of(usage, Rates({"standard": {"cache_read_mtok": "1"}}), NOW)

    assert cost.missing == ("input_tokens",)
    assert [(line.price_key, line.quantity) for line in cost.lines] == [
        ("cache_read_mtok", 40)
    ]
