"""Few observations move a documented rating little, many overrule it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.scoring.evidence import (
    RATED_CASES,
    Kind,
    Measured,
    believed,
    documented_chance,
    levels_of,
)


def test_a_rating_in_the_middle_of_the_catalogue_is_an_even_chance():
    assert documented_chance(1365) == 0.5


def test_four_hundred_points_above_are_ten_to_one():
    assert documented_chance(1765) == pytest.approx(10 / 11)


@pytest.mark.parametrize("rating", [None, float("nan"), float("inf")])
def test_no_rating_is_no_chance(rating):
    assert documented_chance(rating) is None


def test_nothing_documented_and_nothing_measured_is_not_known():
    assert believed(None, []) is None
    assert believed(float("nan"), [Measured(Kind.BENCHMARK, float("nan"), 9)]) is None


def test_as_many_cases_as_the_rating_is_worth_meet_it_half_way():
    found = believed(1365, [Measured(Kind.BENCHMARK, 0.9, int(RATED_CASES))])

    assert found.mean == pytest.approx(0.7)


@given(st.floats(0, 1), st.integers(1, 200), st.integers(1, 200))
def test_the_more_cases_the_nearer_to_what_was_measured(mean, one, other):
    few, many = sorted([one, other])
    beliefs = [believed(1365, [Measured(Kind.BENCHMARK, mean, n)]) for n in (few, many)]

    assert abs(beliefs[1].mean - mean) <= abs(beliefs[0].mean - mean) + 1e-12


def test_more_cases_of_the_same_make_the_interval_narrower():
    few, many = (
        believed(1365, [Measured(Kind.BENCHMARK, 0.5, count)]) for count in (5, 300)
    )

    assert many.high - many.low < few.high - few.low


def test_calls_that_went_well_never_outweigh_a_benchmark():
    calls = Measured(Kind.PRODUCTION, 1.0, 1_000_000)
    cases = Measured(Kind.BENCHMARK, 0.2, 200)

    assert believed(1365, [calls, cases]).mean < 0.35


def test_an_easy_benchmark_does_not_praise_those_that_took_it():
    easy = [(1365.0, [Measured(Kind.BENCHMARK, 0.95, 300)])] * 20
    levels = levels_of(easy)

    taken = believed(1365, [Measured(Kind.BENCHMARK, 0.95, 300)], levels)
    unmeasured = believed(1365, [])

    assert levels[Kind.BENCHMARK] == pytest.approx(0.45 * 20 / 22, rel=0.01)
    assert taken.mean == pytest.approx(unmeasured.mean, abs=0.05)


def test_one_model_alone_hardly_levels_its_benchmark():
    levels = levels_of([(1365.0, [Measured(Kind.BENCHMARK, 0.95, 300)])])

    assert levels[Kind.BENCHMARK] == pytest.approx(0.15, rel=0.01)


def test_one_unlucky_case_of_one_model_hardly_moves_the_level_of_all():
    steady = [(1365.0, [Measured(Kind.BENCHMARK, 0.6, 300)])] * 4
    unlucky = (1365.0, [Measured(Kind.BENCHMARK, 0.0, 1)])

    before, after = levels_of(steady), levels_of([*steady, unlucky])

    assert after[Kind.BENCHMARK] == pytest.approx(before[Kind.BENCHMARK], abs=0.025)
