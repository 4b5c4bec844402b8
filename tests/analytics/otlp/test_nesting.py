"""A span around a call repeats it; it counts once."""

import dataclasses

from analytics.otlp.nesting import Surroundings
from tests.analytics.otlp.telling import span


def chain(length: int) -> list:
    """Spans of a trace, each around the next."""
    found = []
    for _ in range(length):
        one = span(trace_id="ab" * 16)
        parent = found[-1].span_id if found else ""
        found.append(dataclasses.replace(one, parent_id=parent))
    return found


def test_only_the_innermost_of_nested_calls_counts():
    outer, between, inner = chain(3)

    found = Surroundings().outer_calls([outer, between, inner], [outer, inner])

    assert found == {outer.key}


def test_an_outer_span_may_come_in_a_later_request():
    outer, between, inner = chain(3)
    known = Surroundings()

    assert known.outer_calls([inner], [inner]) == frozenset()
    assert known.outer_calls([between], []) == frozenset()
    assert known.outer_calls([outer], [outer]) == {outer.key}


def test_calls_beside_each_other_both_count():
    root, one = chain(2)
    other = dataclasses.replace(one, span_id="cd" * 8)

    assert Surroundings().outer_calls([root, one, other], [one, other]) == frozenset()


def test_spans_that_name_each_other_as_parents_do_no_harm():
    one, other = chain(2)
    one = dataclasses.replace(one, parent_id=other.span_id)

    assert len(Surroundings().outer_calls([one, other], [one, other])) <= 2


def test_what_is_remembered_is_bounded():
    known = Surroundings(most=10)
    for _ in range(50):
        outer, inner = chain(2)
        known.outer_calls([outer, inner], [inner])

    assert len(known._around) == 10
