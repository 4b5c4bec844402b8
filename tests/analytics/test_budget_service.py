"""Holding and settling in the database."""

import datetime
import threading
import uuid
from decimal import Decimal

import pytest
from django.conf import settings
from django.db import connection

from analytics.budget_rules import model_limit
from analytics.models import Budget, BudgetHold
from analytics.services.budget_windows import open_budget
from analytics.services.budgets import LEASE, lease, settle, sweep_expired
from analytics.tasks import sweep_budget_holds
from tests.factories import OrganizationFactory

NOON = datetime.datetime(2026, 11, 21, 12, tzinfo=datetime.UTC)
DECEMBER = datetime.datetime(2026, 12, 1, tzinfo=datetime.UTC)
FIRST, SECOND = uuid.UUID(int=1), uuid.UUID(int=2)


def opened(organization_id, limit=10, at=NOON):
    return open_budget(rule=model_limit(organization_id, 7, Decimal(limit)), at=at)


@pytest.fixture
def budget(db):
    return opened(OrganizationFactory().pk)


def take(budget, hold_id, need, want=0, at=NOON):
    return lease(
        budget_id=budget.pk,
        hold_id=hold_id,
        process="test:1",
        need_usd=Decimal(need),
        want_usd=Decimal(want),
        at=at,
    )


def tell(budget, hold_id, spent, at=NOON, is_last=False):
    return settle(
        budget_id=budget.pk,
        hold_id=hold_id,
        process="test:1",
        spent_usd=Decimal(spent),
        at=at,
        is_last=is_last,
    )


def amounts(budget):
    budget.refresh_from_db()
    return budget.spent_usd, budget.held_usd


def test_what_is_held_is_out_of_reach_of_others(budget):
    first = take(budget, FIRST, 6)
    second = take(budget, SECOND, 5)

    assert (first.is_granted, second.is_granted) == (True, False)
    assert second.left_usd == 4
    assert amounts(budget) == (0, 6)


def test_a_lease_is_a_hundredth_of_the_limit_and_shrinks_towards_the_end(budget):
    assert take(budget, FIRST, "0.001").amount_usd == Decimal("0.1")
    take(budget, SECOND, "9.8")

    assert take(budget, uuid.UUID(int=3), "0.001").amount_usd == Decimal("0.01")


def test_as_much_is_leased_as_there_is_where_the_wish_is_larger(budget):
    assert take(budget, FIRST, 1, want=50).amount_usd == 10


def test_settling_moves_from_held_to_spent_and_closing_gives_back(budget):
    take(budget, FIRST, 6)

    tell(budget, FIRST, 2)
    assert amounts(budget) == (2, 4)
    tell(budget, FIRST, 3, is_last=True)
    assert amounts(budget) == (3, 0)


def test_settling_the_same_again_changes_nothing(budget):
    take(budget, FIRST, 6)
    for _ in range(3):
        tell(budget, FIRST, 2)
    for _ in range(3):
        tell(budget, FIRST, 3, is_last=True)

    assert amounts(budget) == (3, 0)


def test_what_cost_more_than_was_held_is_spent_all_the_same(budget):
    take(budget, FIRST, 6)

    tell(budget, FIRST, 12)

    assert amounts(budget) == (12, 0)
    assert not take(budget, SECOND, "0.01").is_granted


def test_a_hold_of_a_killed_process_ends_with_its_lease(budget):
    take(budget, FIRST, 9)
    later = NOON + LEASE

    assert not take(budget, SECOND, 5, at=later - LEASE / 2).is_granted
    assert take(budget, SECOND, 5, at=later).is_granted


def test_settling_renews_a_lease(budget):
    take(budget, FIRST, 9)
    tell(budget, FIRST, 1, at=NOON + LEASE / 2)

    assert not take(budget, SECOND, 5, at=NOON + LEASE).is_granted


def test_a_hold_that_ran_out_may_spend_no_more_but_what_it_spent_counts(budget):
    take(budget, FIRST, 9)
    assert sweep_expired(at=NOON + LEASE) == 1

    assert take(budget, FIRST, 1, at=NOON + LEASE).is_lost
    assert not tell(budget, FIRST, 4, at=NOON + LEASE)
    tell(budget, FIRST, 4, at=NOON + LEASE, is_last=True)
    assert amounts(budget) == (4, 0)


def test_the_schedule_takes_back_what_ran_out(budget):
    take(budget, FIRST, 9, at=datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC))

    sweep_budget_holds()

    assert amounts(budget) == (0, 0)
    planned = settings.CELERY_BEAT_SCHEDULE["sweep-budget-holds"]
    assert planned["task"] == sweep_budget_holds.name


def test_closed_holds_are_forgotten_after_days(budget):
    take(budget, FIRST, 1)
    tell(budget, FIRST, 1, is_last=True)
    take(budget, SECOND, 1)

    sweep_expired(at=NOON + datetime.timedelta(days=3))

    assert list(BudgetHold.objects.values_list("pk", flat=True)) == [SECOND]


def test_each_month_has_a_budget_of_its_own(budget):
    take(budget, FIRST, 10)

    december = opened(budget.organization_id, at=DECEMBER)

    assert december.pk != budget.pk
    assert take(december, SECOND, 10).is_granted


def test_another_limit_holds_from_the_next_lease_on(budget):
    take(budget, FIRST, 8)

    opened(budget.organization_id, limit=8)

    assert not take(budget, SECOND, "0.01").is_granted
    assert Budget.objects.count() == 1


def test_crowds_never_hold_more_than_the_limit(transactional_db):
    budget = opened(OrganizationFactory().pk, limit=1)
    barrier, results = threading.Barrier(8), []

    def run(number):
        try:
            barrier.wait(timeout=10)
            for _ in range(5):
                results.append(take(budget, uuid.UUID(int=number + 1), "0.09"))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)

    spent, held = amounts(budget)
    assert held <= 1
    assert held == sum(hold.amount_usd for hold in BudgetHold.objects.all())
    assert any(not result.is_granted for result in results)
