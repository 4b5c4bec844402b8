"""Success is compared with the day before, latency with the weeks before."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.alerting.kinds import AlertKind
from analytics.alerting.latency_rise import judge_rise
from analytics.alerting.limits import default_rule
from analytics.alerting.success_drop import Counts, judge_drop
from analytics.histogram import Histogram

DROP = default_rule(AlertKind.SUCCESS_DROP)
RISE = default_rule(AlertKind.LATENCY_RISE)
GOOD_DAY = Counts(ok=4950, calls=5000)
USUAL = Histogram.of([400] * 950 + [900] * 1050)


def test_a_rate_that_falls_clearly_is_told():
    found = judge_drop(Counts(80, 100), GOOD_DAY, DROP)

    assert found.is_drop
    assert not found.is_over
    assert round(found.points) == 19


def test_a_fall_of_a_point_is_not_however_many_calls_say_so():
    found = judge_drop(Counts(97_000, 100_000), Counts(990_000, 1_000_000), DROP)

    assert found.z_score > 10
    assert not found.is_drop
    assert found.is_over


def test_a_fall_that_chance_explains_is_not():
    found = judge_drop(Counts(46, 50), Counts(196, 200), DROP)

    assert found.points > 5
    assert not found.is_drop


def test_between_over_and_fallen_nothing_changes():
    found = judge_drop(Counts(95_500, 100_000), Counts(99_000, 100_000), DROP)

    assert (found.is_drop, found.is_over) == (False, False)


@pytest.mark.parametrize(
    ("now", "before"),
    [
        (Counts(0, 49), GOOD_DAY),
        (Counts(0, 50), Counts(199, 199)),
        (Counts(0, 0), GOOD_DAY),
    ],
)
def test_with_too_few_calls_nothing_is_said(now, before):
    assert judge_drop(now, before, DROP) is None


@given(st.integers(50, 5000), st.data())
def test_the_same_or_a_better_rate_never_is_a_drop(calls, data):
    share = data.draw(st.floats(0, 1))
    ok = round(calls * share)
    before = Counts(ok * 4, calls * 4)

    assert not judge_drop(Counts(ok, calls), before, DROP).is_drop
    assert judge_drop(Counts(calls, calls), before, DROP).is_over


def test_answers_that_take_twice_as_long_are_told():
    found = judge_rise(Histogram.of([400] * 90 + [2400] * 110), USUAL, RISE)

    assert found.is_rise
    assert found.now_ms == pytest.approx(2400, rel=0.01)
    assert found.before_ms == pytest.approx(900, rel=0.01)


def test_a_few_slow_answers_that_chance_explains_are_not():
    found = judge_rise(Histogram.of([400] * 190 + [5000] * 11), USUAL, RISE)

    assert found.now_ms > 4000
    assert not found.is_rise


def test_a_rise_in_percent_of_very_little_is_not():
    fast = Histogram.of([20] * 1000)

    assert not judge_rise(Histogram.of([60] * 200), fast, RISE).is_rise


def test_a_rise_is_over_when_half_of_it_is_made_up():
    almost = judge_rise(Histogram.of([1350] * 200), USUAL, RISE)
    back = judge_rise(Histogram.of([1100] * 200), USUAL, RISE)

    assert (almost.is_rise, almost.is_over) == (False, False)
    assert back.is_over


def test_with_few_answers_nothing_is_said():
    assert judge_rise(Histogram.of([9000] * 99), USUAL, RISE) is None
    assert judge_rise(Histogram.of([9000] * 100), Histogram.of([1] * 499), RISE) is None


@given(st.lists(st.integers(1, 60_000), min_size=500, max_size=800))
def test_weeks_like_the_hour_are_no_rise(values):
    same = Histogram.of(values)

    assert not judge_rise(same, same, RISE).is_rise
    assert judge_rise(same, same, RISE).is_over
