"""Windows begin at midnight where the budget lives, and hand on what was left."""

import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.budget_windows import window_at, window_before
from analytics.models import Budget, BudgetDefinition
from analytics.queries.budget_rules import rule_of
from analytics.services.budget_windows import open_budget
from registry.cost import Cost, CostState
from tests.analytics.records import record

ZONES = [
    "UTC",
    "Asia/Kolkata",
    "America/Los_Angeles",
    "America/Havana",
    "Africa/Cairo",
    "Australia/Lord_Howe",
]


def utc(*parts):
    return datetime.datetime(*parts, tzinfo=datetime.UTC)


@pytest.mark.parametrize(
    ("moment", "hours"),
    [(utc(2026, 3, 29, 12), 23), (utc(2026, 10, 25, 12), 25), (utc(2026, 7, 1), 24)],
    ids=["spring", "autumn", "summer"],
)
def test_a_day_has_the_hours_that_the_clock_gives_it(moment, hours):
    window = window_at("day", "Europe/Berlin", moment)

    assert window.ends_at - window.starts_at == datetime.timedelta(hours=hours)


def test_a_week_begins_on_monday():
    window = window_at("week", "Asia/Kolkata", utc(2026, 11, 22, 18, 30))

    assert window.starts_at == utc(2026, 11, 22, 18, 30)


def test_a_budget_in_all_has_one_window():
    window = window_at("total", "UTC", utc(2027, 1, 1), utc(2026, 1, 1))

    assert (window.starts_at, window.ends_at) == (utc(2026, 1, 1), None)
    assert window_before("total", "UTC", window) is None


@given(
    minutes=st.integers(0, 15 * 366 * 24 * 60),
    zone=st.sampled_from(ZONES),
    period=st.sampled_from(["day", "week", "month"]),
)
def test_windows_hold_their_moment_and_leave_no_gap(minutes, zone, period):
    moment = utc(2020, 1, 1) + datetime.timedelta(minutes=minutes)
    window = window_at(period, zone, moment)

    assert window.holds(moment)
    before = window_before(period, zone, window)
    assert before.ends_at == window.starts_at


def definition(organization, **facts):
    facts = {"amount_usd": Decimal(10), "period": "day", "rolls_over": True, **facts}
    return BudgetDefinition.objects.create(
        organization=organization,
        name="Daily",
        scope_kind="organization",
        scope_id=organization.pk,
        starts_at=utc(2026, 11, 18, 9),
        **facts,
    )


def spent(organization, usd, at):
    cost = Cost(CostState.COMPUTED, Decimal(usd))
    record(organization, cost=cost, started_at=at)


@pytest.mark.parametrize(
    ("cap", "limit"), [(None, 23), (Decimal(5), 15), (Decimal(0), 10)], ids=str
)
def test_what_is_left_is_carried_over_up_to_the_cap(organization, cap, limit):
    """10, then 20 of which 7 are spent, then 10 and the 13 that are left."""
    budget = definition(organization, roll_over_cap_usd=cap)
    spent(organization, "7", utc(2026, 11, 19, 12))

    opened = open_budget(rule=rule_of(budget), at=utc(2026, 11, 20, 12))

    assert opened.limit_usd == limit
    assert Budget.objects.count() == 3


def test_nothing_is_carried_from_before_the_budget_was_made(organization):
    budget = definition(organization)

    opened = open_budget(rule=rule_of(budget), at=utc(2026, 11, 18, 12))

    assert opened.limit_usd == 10


def test_what_was_overspent_is_not_carried(organization):
    budget = definition(organization)
    spent(organization, "25", utc(2026, 11, 18, 12))

    opened = open_budget(rule=rule_of(budget), at=utc(2026, 11, 19, 12))

    assert (opened.carried_usd, opened.limit_usd) == (0, 10)
