"""Lines of the size of a word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.sparklines import sparkline


def test_the_line_runs_from_the_lowest_to_the_highest():
    found = sparkline([1, 3, 2])

    assert found.line == "0.0,25.0 36.0,3.0 72.0,14.0"
    assert found.area == "0.0,28 0.0,25.0 36.0,3.0 72.0,14.0 72.0,28"


def test_a_gap_is_bridged():
    assert sparkline([1, None, 2]).line == "0.0,25.0 72.0,3.0"


@pytest.mark.parametrize("values", [[], [1], [None, 2], [3, 3, 3]], ids=str)
def test_what_has_no_course_has_no_line(values):
    assert sparkline(values) is None


@given(st.lists(st.floats(-1e9, 1e9), min_size=2, max_size=40))
def test_every_point_is_within_the_picture(values):
    found = sparkline(values)

    for point in found.line.split() if found else []:
        x, y = map(float, point.split(","))
        assert 0 <= x <= 72
        assert 3 <= y <= 25
