from itertools import count

import pytest

from modelhub.bench.timing import (
    Measurement,
    Timing,
    duration,
    measure,
    percentile,
    table,
)


def test_only_runs_after_the_warm_ones_count():
    calls, prepared = count(), count()

    timing = measure(
        lambda: next(calls),
        runs=3,
        warm=2,
        each=4,
        prepare=lambda: next(prepared),
    )

    assert timing.runs == 3
    assert 0 < timing.median_ms <= timing.p95_ms
    assert (next(calls), next(prepared)) == (20, 5)


@pytest.mark.parametrize(
    ("values", "p95"), [([5.0], 5.0), ([2.0, 1.0], 2.0), (list(range(1, 101)), 95)]
)
def test_p95_is_a_value_that_was_measured(values, p95):
    assert percentile(values, 95) == p95


@pytest.mark.parametrize(
    ("milliseconds", "text"),
    [(0.0123, "12.3 µs"), (12.34, "12.3 ms"), (2345.0, "2.35 s")],
)
def test_a_time_has_a_unit_that_suits_it(milliseconds, text):
    assert duration(milliseconds) == text


def test_the_table_marks_a_missed_target_and_shows_what_it_is_beside():
    fast, slow = Timing(3, 10.0, 11.0), Timing(3, 90.0, 95.0)

    lines = table(
        [
            Measurement("Fast", fast, 60),
            Measurement("Slow", slow, 60, "raw SQL", fast, "whole page"),
        ]
    )

    assert lines[1].endswith("≤ 60.0 ms")
    assert lines[2].startswith("Slow (whole page)")
    assert "≤ 60.0 ms !" in lines[2]
    assert lines[2].endswith("10.0 ms")
