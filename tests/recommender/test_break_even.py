"""From which volume on an option is cheaper: exact, with steps, never and always."""

from decimal import Decimal
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.break_even import Option, Winner, break_even
from recommender.words_calculator import break_even_words, span_rows

amounts = st.decimals(0, 1000, places=4)
options = st.builds(
    Option,
    name=st.just("option"),
    per_item_usd=amounts,
    fixed_usd=amounts,
    capacity=st.none() | st.integers(1, 5000),
)
API = Option("api", Decimal("0.002"))


def own(capacity=None, fixed="340", per_item="0"):
    return Option("own", Decimal(per_item), Decimal(fixed), capacity)


def inside(span):
    """Volumes strictly inside a span, near both of its ends and in the middle; not
    whole ones, at which a machine may be exactly full."""
    end = span.end if span.end is not None else span.start + 1000
    width = end - span.start
    volumes = [span.start + width * share / 100 for share in (1, 50, 99)]
    aside = min(Fraction(1, 3), width / 1000)
    return [each + aside if each.denominator == 1 else each for each in volumes]


@settings(deadline=None)
@given(options, options)
def test_in_every_span_the_named_winner_is_cheaper(first, second):
    result = break_even(first, second)

    for span in result.spans:
        for volume in inside(span):
            assert result.winner_at(volume) is span.winner


@settings(deadline=None)
@given(options, options)
def test_where_lines_meet_both_cost_the_same(first, second):
    result = break_even(first, second)

    for crossing in result.crossings:
        same = first.cost_at(crossing.volume) == second.cost_at(crossing.volume)
        assert same is not crossing.is_step


@settings(deadline=None)
@given(options, options)
def test_spans_follow_on_each_other_and_change_the_winner(first, second):
    result = break_even(first, second)

    pairs = list(zip(result.spans, result.spans[1:], strict=False))
    assert result.spans[0].start == 0
    assert all(before.end == after.start for before, after in pairs)
    assert all(before.winner is not after.winner for before, after in pairs)


@settings(deadline=None)
@given(options, options)
def test_a_complete_answer_ends_with_the_long_run_winner(first, second):
    result = break_even(first, second)
    far = Fraction(10**9) * 7 + Fraction(1, 3)

    if result.is_complete:
        assert result.winner_at(far) is result.spans[-1].winner


@settings(deadline=None)
@given(options, options)
def test_swapping_the_options_swaps_the_winners(first, second):
    turned = {
        Winner.FIRST: Winner.SECOND,
        Winner.SECOND: Winner.FIRST,
        Winner.SAME: Winner.SAME,
    }

    result, other = break_even(first, second), break_even(second, first)

    assert [turned[span.winner] for span in result.spans] == [
        span.winner for span in other.spans
    ]


def test_a_fixed_cost_breaks_even_at_the_exact_volume():
    result = break_even(API, own())

    assert [crossing.volume for crossing in result.crossings] == [170_000]
    assert result.crossings[0].usd == 340
    assert [span.winner for span in result.spans] == [Winner.FIRST, Winner.SECOND]


def test_a_volume_that_has_no_last_decimal_stays_exact():
    result = break_even(Option("api", Decimal("0.003")), own())

    assert result.crossings[0].volume == Fraction(340_000, 3)
    assert "113,333.33 items a month" in break_even_words(result)


def test_a_dearer_item_never_breaks_even():
    result = break_even(API, own(per_item="0.002"))

    assert result.is_settled
    assert break_even_words(result) == (
        "api is cheaper at every volume; own never breaks even."
    )


def test_equal_options_cost_the_same_everywhere():
    result = break_even(API, Option("twin", Decimal("0.002")))

    assert break_even_words(result) == "api and twin cost the same at every volume."


def test_a_small_machine_never_catches_up():
    # Full machines cost 340 / 100,000 = $0.0034 an item, more than the API.
    result = break_even(API, own(capacity=100_000))

    assert result.is_settled
    assert result.spans[0].winner is Winner.FIRST


def test_each_further_machine_can_turn_the_answer_around():
    result = break_even(API, own(capacity=200_000))

    assert [(int(each.volume), each.is_step) for each in result.crossings[:3]] == [
        (170_000, False),
        (200_000, True),
        (340_000, False),
    ]


def test_a_step_is_told_apart_from_a_meeting_of_lines():
    result = break_even(own(capacity=1000, fixed="1"), own(fixed="1.5"))

    assert result.crossings[0].is_step
    assert "Up to 1,000 items a month own is cheaper" in break_even_words(result)


def test_lines_that_cross_for_ever_are_not_followed_for_ever():
    result = break_even(Option("api", Decimal(1)), own(capacity=10, fixed="10"))
    crossing = break_even(
        Option("api", Decimal(1), Decimal(5)), own(capacity=10, fixed="10")
    )

    assert result.spans[0].winner is Winner.FIRST
    assert not crossing.is_complete
    assert "at least" in break_even_words(crossing)


def test_ranges_are_named_in_order():
    assert span_rows(break_even(API, own())) == [
        ("0 to 170,000", "api"),
        ("170,000 to no limit", "own"),
    ]
