"""A day is compared with the same weekday of the weeks before."""

import datetime
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from analytics.alerting.cost_anomaly import WEEKS, judge_day
from analytics.alerting.kinds import AlertKind
from analytics.alerting.limits import default_rule

RULE = default_rule(AlertKind.COST_ANOMALY)
MONDAY = datetime.date(2026, 11, 16)
LONG_AGO = datetime.date(2026, 1, 1)
WEEK = datetime.timedelta(weeks=1)
cents = st.decimals(0, 1000, places=2)


def judged(before, cost, first_day=LONG_AGO):
    """`before` are the costs of the Mondays before, the latest first."""
    costs = {MONDAY - WEEK * (n + 1): Decimal(one) for n, one in enumerate(before)}
    return judge_day({**costs, MONDAY: Decimal(cost)}, MONDAY, first_day, RULE)


def test_a_day_that_costs_much_more_than_its_weekday_is_unusual():
    found = judged([37, 36, 38, 37, 39, 35, 37, 36], "57.45")

    assert found.is_anomaly
    assert found.median_usd == Decimal(37)
    assert round(found.times, 2) == Decimal("1.55")


def test_a_monday_that_is_always_dear_is_not():
    days = [MONDAY - datetime.timedelta(days=n) for n in range(57)]
    costs = {one: Decimal(500 if one.weekday() == 0 else 20) for one in days}

    assert not judge_day(costs, MONDAY, LONG_AGO, RULE).is_anomaly


def test_one_cent_more_than_days_that_never_differ_is_not():
    assert not judged([20] * WEEKS, "20.01").is_anomaly
    assert judged([20] * WEEKS, "20.01").z_score is None


def test_a_jump_of_few_dollars_or_few_percent_is_not():
    assert not judged([1] * WEEKS, "10").is_anomaly
    assert not judged([1000] * WEEKS, "1200").is_anomaly
    assert judged([1000] * WEEKS, "1250").is_anomaly


def test_one_dear_week_before_hides_nothing():
    assert judged([20, 20, 900, 21, 20, 19, 20, 21], "80").is_anomaly


def test_weeks_that_vary_much_allow_much():
    assert not judged([20, 200, 60, 150, 30, 180, 90, 40], "240").is_anomaly


def test_with_three_weeks_nothing_is_said():
    first = MONDAY - WEEK * 3

    assert judged([20, 20, 20], "900", first_day=first) is None
    assert judged([20, 20, 20, 20], "900", first_day=first - WEEK).is_anomaly


def test_a_day_without_cost_is_a_cheap_day_once_use_has_begun():
    assert judged([], "12").is_anomaly
    assert not judged([], "9").is_anomaly


@given(st.lists(cents, min_size=4, max_size=WEEKS), cents, cents)
def test_what_costs_more_is_no_less_unusual(before, cost, more):
    low, high = judged(before, cost), judged(before, cost + more)

    assert low.is_anomaly <= high.is_anomaly


@given(st.lists(cents, min_size=WEEKS, max_size=WEEKS), cents)
def test_an_unusual_day_is_above_the_median_and_both_floors(before, cost):
    found = judged(before, cost)

    if found.is_anomaly:
        assert found.more_usd >= RULE["floor_usd"]
        assert found.more_usd * 100 >= RULE["floor_percent"] * found.median_usd


@given(st.lists(cents, min_size=WEEKS, max_size=WEEKS))
def test_a_day_at_the_median_is_never_unusual(before):
    middle = judged(before, 0).median_usd

    assert not judged(before, middle).is_anomaly
