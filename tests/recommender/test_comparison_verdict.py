"""Which cell of a row is the best."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from recommender.comparison import UNKNOWN, Cell, ComparisonRow, Direction, judge

HIGHER, LOWER, NONE = Direction.HIGHER, Direction.LOWER, Direction.NONE


def exact(number: int | str) -> Cell:
    return Cell(Decimal(number), str(number))


def between(low: int, value: int, high: int) -> Cell:
    return Cell(Decimal(value), str(value), low=Decimal(low), high=Decimal(high))


def test_the_lowest_wins_where_lower_is_better():
    verdict = judge([exact("2.50"), exact("0.25"), exact("1")], LOWER)

    assert verdict.best == {1}
    assert verdict.tied == frozenset()


def test_an_unknown_neither_wins_nor_loses():
    assert judge([UNKNOWN, exact(3), exact(2)], LOWER).best == {2}
    assert judge([UNKNOWN, exact(3), exact(2)], HIGHER).best == {1}


def test_a_known_zero_is_a_price_and_wins():
    assert judge([exact(0), exact(2)], LOWER).best == {0}


def test_the_only_known_one_does_not_win():
    assert judge([UNKNOWN, exact(3)], HIGHER).best == frozenset()


def test_equally_good_ones_tie_and_are_all_best():
    verdict = judge([exact(128), exact(64), exact("128.0")], HIGHER)

    assert verdict.best == {0, 2}
    assert verdict.tied == {0, 2}


def test_nobody_is_best_where_all_are_equal():
    verdict = judge([exact(1), exact("1.00"), UNKNOWN], LOWER)

    assert verdict.best == verdict.tied == frozenset()


def test_overlapping_intervals_tie_and_are_not_highlighted():
    verdict = judge(
        [between(90, 92, 94), between(88, 91, 93), between(70, 75, 80)], HIGHER
    )

    assert verdict.best == frozenset()
    assert verdict.tied == {0, 1}


def test_an_interval_that_touches_no_other_wins():
    verdict = judge([between(90, 92, 94), between(80, 85, 89), exact(70)], HIGHER)

    assert verdict.best == {0}


def test_numbers_of_different_scales_are_not_compared():
    arena = Cell(Decimal(1500), "1,500", scale="Arena")
    exam = Cell(Decimal(80), "80", scale="Exam")

    assert judge([arena, exam], HIGHER).best == frozenset()


def test_a_value_that_does_not_count_cannot_win():
    unfit = Cell(Decimal(1), "$1.00", is_ranked=False)

    assert judge([unfit, exact(3), exact(2)], LOWER).best == {2}


def test_a_row_of_plain_facts_has_no_best():
    assert judge([exact(1), exact(2)], NONE).best == frozenset()


def test_a_row_names_its_marks():
    row = ComparisonRow("r", "R", (exact(2), exact(2), exact(1)), HIGHER)

    assert [mark for _, mark in row.marked] == ["best, tie", "best, tie", ""]


numbers = st.integers(0, 9).map(exact)
intervals = st.builds(
    lambda value, below, above: between(value - below, value, value + above),
    st.integers(0, 20),
    st.integers(0, 4),
    st.integers(0, 4),
)
cells = st.lists(
    st.one_of(st.just(UNKNOWN), numbers, intervals), min_size=1, max_size=6
)
contests = st.sampled_from([HIGHER, LOWER])


@given(cells, contests)
def test_the_best_are_known_and_nobody_known_is_better(row, direction):
    best = judge(row, direction).best

    known = [cell.value for cell in row if cell.value is not None]
    top = (max if direction is HIGHER else min)(known, default=None)
    assert all(row[at].value == top for at in best)


@given(cells, contests)
def test_an_unknown_more_changes_nothing(row, direction):
    assert judge([*row, UNKNOWN], direction) == judge(row, direction)


@given(cells, contests, st.randoms())
def test_the_order_of_the_models_does_not_matter(row, direction, random):
    order = list(range(len(row)))
    random.shuffle(order)

    shuffled = judge([row[at] for at in order], direction)

    assert {order[at] for at in shuffled.best} == judge(row, direction).best
    assert {order[at] for at in shuffled.tied} == judge(row, direction).tied


@given(cells, contests)
def test_a_single_best_has_an_interval_apart_from_all_others(row, direction):
    verdict = judge(row, direction)

    others = [cell for at, cell in enumerate(row) if at not in verdict.best]
    for at in verdict.best:
        low, high = row[at].interval
        assert all(
            other.value is None or other.interval[1] < low or high < other.interval[0]
            for other in others
        )


@given(cells, contests)
def test_never_all_of_the_known_are_marked(row, direction):
    verdict = judge(row, direction)

    known = sum(cell.value is not None for cell in row)
    assert known == 0 or len(verdict.best | verdict.tied) < known
