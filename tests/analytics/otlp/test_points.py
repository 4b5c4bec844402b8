"""Delta and cumulative points, and programs that start again."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.otlp.points import CUMULATIVE, DELTA, Added, Point, added_by, last_of


def point(temporality: str, time_ns: int, count: int, start_ns: int = 1) -> Point:
    return Point(
        metric="gen_ai.client.token.usage",
        unit="{token}",
        temporality=temporality,
        attributes={},
        resource={},
        scope="",
        start_ns=start_ns,
        time_ns=time_ns,
        count=count,
        total=float(count * 10),
    )


def sum_of(points: list[Point]) -> int:
    last, total = None, 0
    for one in points:
        added = added_by(one, last)
        if added is not None:
            total, last = total + added.count, last_of(one)
    return total


@pytest.mark.parametrize("temporality", [DELTA, CUMULATIVE])
def test_a_point_that_is_sent_again_adds_nothing(temporality):
    one = point(temporality, 100, 5)

    assert added_by(one, None) == Added(5, 50.0)
    assert added_by(one, last_of(one)) is None


def test_what_a_cumulative_point_told_before_is_taken_off():
    before = last_of(point(CUMULATIVE, 100, 5))

    assert added_by(point(CUMULATIVE, 200, 8), before) == Added(3, 30.0)


@pytest.mark.parametrize("start_ns", [150, 1], ids=["later start", "lower count"])
def test_a_program_that_was_started_again_counts_from_zero(start_ns):
    before = last_of(point(CUMULATIVE, 100, 5))

    assert added_by(point(CUMULATIVE, 200, 2, start_ns), before) == Added(2, 20.0)


@given(st.lists(st.lists(st.integers(0, 50), min_size=1), min_size=1, max_size=4))
def test_both_temporalities_tell_the_same_total_over_restarts(runs):
    deltas, cumulative, now = [], [], 0
    for run in runs:
        start, so_far = now + 1, 0
        for count in run:
            now += 10
            so_far += count
            deltas.append(point(DELTA, now, count, start))
            cumulative.append(point(CUMULATIVE, now, so_far, start))

    assert sum_of(deltas) == sum_of(cumulative) == sum(map(sum, runs))


def test_series_are_told_apart_by_everything_but_their_numbers():
    one = point(DELTA, 1, 1)

    assert one.series() == point(DELTA, 9, 7).series()
    other = dataclasses.replace(one, attributes={"gen_ai.token.type": "input"})
    assert one.series() != other.series()
