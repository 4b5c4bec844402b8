"""A budget is never overspent by a crowd, and never in the way of a free model."""

import asyncio
import datetime
import subprocess
import sys
from decimal import Decimal

import pytest
from django.db import connection, connections

from analytics.models import Budget, BudgetHold
from modelhub.gateway.guards import BudgetExhausted
from tests.factories import OrganizationFactory
from tests.gateway.budgets.spending import (
    budgets_of,
    held,
    held_usd,
    spend,
    spent_usd,
)

pytestmark = pytest.mark.django_db(transaction=True)

NOVEMBER = datetime.datetime(2026, 11, 30, 23, 59, tzinfo=datetime.UTC)


@pytest.fixture
def organization_id():
    return OrganizationFactory().pk


def run(budgets, scene):
    async def whole():
        try:
            return await scene
        finally:
            await budgets.close()

    return asyncio.run(whole())


async def crowd(budgets, organization_id, count, estimate, cost):
    calls = [spend(budgets, organization_id, estimate, cost) for _ in range(count)]
    results = await asyncio.gather(*calls, return_exceptions=True)
    unexpected = [
        one for one in results if one and not isinstance(one, BudgetExhausted)
    ]
    assert unexpected == []
    return results.count(None)


def test_of_two_hundred_calls_at_once_only_those_go_that_fit(organization_id):
    budgets = budgets_of("1.00")

    started = run(budgets, crowd(budgets, organization_id, 200, "0.01", "0.01"))

    assert started == 100
    assert (spent_usd(), held_usd()) == (1, 0)


def test_costs_above_the_estimate_overspend_by_no_more_than_that(organization_id):
    budgets = budgets_of("1.00")

    started = run(budgets, crowd(budgets, organization_id, 200, "0.01", "0.012"))

    assert Decimal("0.98") <= spent_usd() <= started * Decimal("0.002") + 1


def test_estimates_that_are_too_high_use_the_limit_up_all_the_same(organization_id):
    budgets = budgets_of("1.00")

    async def scene():
        for _ in range(60):
            try:
                await spend(budgets, organization_id, "0.1", "0.03")
            except BudgetExhausted:
                return

    run(budgets, scene())

    assert Decimal("0.9") <= spent_usd() <= 1


def test_leases_spare_the_database(organization_id):
    budgets = budgets_of("100.00")

    run(budgets, crowd(budgets, organization_id, 1000, "0.001", "0.001"))

    assert Budget.objects.get().version < 10
    assert spent_usd() == 1


@pytest.mark.parametrize("estimate", ["0", "0.01"])
def test_a_model_without_limit_asks_nobody(organization_id, estimate):
    budgets = budgets_of(None)

    run(budgets, spend(budgets, organization_id, estimate, "5"))

    assert not Budget.objects.exists()


def test_a_free_call_is_never_refused(organization_id):
    budgets = budgets_of("0.00")

    run(budgets, spend(budgets, organization_id, "0", "0"))

    assert not Budget.objects.exists()


def test_a_free_call_that_cost_something_is_counted(organization_id):
    budgets = budgets_of("1.00")

    run(budgets, spend(budgets, organization_id, "0", "0.25"))

    assert (spent_usd(), held_usd()) == (Decimal("0.25"), 0)


def test_a_model_without_a_price_is_refused_under_a_limit_and_told_why():
    budgets = budgets_of("5.00")

    with pytest.raises(BudgetExhausted, match="price is not known"):
        run(budgets, held(budgets, 1, None))


def test_a_refusal_says_which_limit_and_when_it_opens(organization_id):
    budgets = budgets_of("0.10", lambda: NOVEMBER)

    with pytest.raises(BudgetExhausted) as caught:
        run(budgets, held(budgets, organization_id, "0.5"))

    assert "monthly limit of $0.10 all but $0.10 used up" in caught.value.message
    assert "opens 01 Dec" in caught.value.message
    assert caught.value.wait_s == 60


def test_a_new_month_begins_with_nothing_spent(organization_id):
    moment = [NOVEMBER]
    budgets = budgets_of("1.00", lambda: moment[0])

    async def scene():
        old = await held(budgets, organization_id, "1")
        moment[0] += datetime.timedelta(minutes=2)
        await spend(budgets, organization_id, "1", "1")
        old.settle(Decimal("0.75"))

    run(budgets, scene())

    assert [row.spent_usd for row in Budget.objects.order_by("starts_at")] == [
        Decimal("0.75"),
        1,
    ]
    assert held_usd() == 0


def test_settling_twice_counts_once_and_an_unknown_cost_is_the_estimate(
    organization_id,
):
    budgets = budgets_of("1.00")

    async def scene():
        hold = await held(budgets, organization_id, "0.2")
        hold.settle(None)
        hold.settle(Decimal("0.9"))

    run(budgets, scene())

    assert spent_usd() == Decimal("0.2")


def test_a_call_that_leaves_while_it_waits_takes_nothing_with_it(organization_id):
    budgets = budgets_of("1.00")

    async def scene():
        waiting = [
            asyncio.create_task(spend(budgets, organization_id, "0.01", "0.01"))
            for _ in range(10)
        ]
        await asyncio.sleep(0)
        for task in waiting[:5]:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)

    run(budgets, scene())

    assert (spent_usd(), held_usd()) == (Decimal("0.05"), 0)


def test_a_higher_limit_is_used_at_once(organization_id):
    limit = [Decimal(1)]
    budgets = budgets_of("1")
    budgets._limit_of = lambda *_: limit[0]

    async def scene():
        await spend(budgets, organization_id, "1", "1")
        limit[0] = Decimal(2)
        await spend(budgets, organization_id, "1", "1")

    run(budgets, scene())

    assert spent_usd() == 2


def test_what_is_not_used_goes_back_while_the_process_lives(organization_id):
    budgets = budgets_of("100.00")

    async def scene():
        await spend(budgets, organization_id, "0.1", "0.1")
        account = next(iter(budgets._accounts.values()))
        with budgets._ledger.lock:
            account.used_s -= 60
        await asyncio.sleep(1.2)
        return account

    account = run(budgets, scene())

    assert account.is_retired
    assert held_usd() == 0
    assert spent_usd() == Decimal("0.1")


def test_a_limit_that_cannot_be_checked_is_not_passed(organization_id):
    budgets = budgets_of("1.00")
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE analytics_budget RENAME TO analytics_away")
    try:
        with pytest.raises(BudgetExhausted, match="cannot be checked now"):
            run(budgets, spend(budgets, organization_id, "0.1", "0.1"))
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE analytics_away RENAME TO analytics_budget")

    later = budgets_of("1.00")
    run(later, spend(later, organization_id, "0.1", "0.1"))
    assert spent_usd() == Decimal("0.1")


WORKER = """
import asyncio, sys
import django
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
django.setup()
from tests.gateway.budgets.spending import budgets_of, spend

async def main():
    budgets = budgets_of("1.00")
    print("ready", flush=True)
    sys.stdin.readline()
    calls = [spend(budgets, int(sys.argv[2]), "0.01", "0.01") for _ in range(150)]
    results = await asyncio.gather(*calls, return_exceptions=True)
    await budgets.close()
    print(results.count(None))

asyncio.run(main())
"""


def test_two_processes_share_one_budget(organization_id):
    name = connections["default"].settings_dict["NAME"]
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", WORKER, name, str(organization_id)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    for worker in workers:
        assert worker.stdout.readline() == "ready\n"

    counts = [int(worker.communicate("go\n", timeout=30)[0]) for worker in workers]

    assert sum(counts) <= 100
    assert sum(counts) >= 90
    assert (spent_usd(), held_usd()) == (sum(counts) * Decimal("0.01"), 0)
    assert not BudgetHold.objects.filter(closed_at=None).exists()
