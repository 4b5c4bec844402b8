"""A call that falls under several budgets is held by all of them, or by none."""

import asyncio
import datetime
from decimal import Decimal

import pytest

from analytics.models import Alert, Budget, BudgetDefinition
from analytics.queries.budget_rules import rules_of
from modelhub.gateway.guards import BudgetExhausted
from tests.factories import OrganizationFactory
from tests.gateway.budgets.spending import (
    MODEL,
    budgets_under,
    held,
    held_usd,
    spend,
    spent_usd,
)
from tests.gateway.budgets.test_limits_hold import crowd, run

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def organization():
    return OrganizationFactory()


def made(organization, name, amount, **facts):
    facts = {"scope_kind": "organization", "scope_id": organization.pk, **facts}
    return BudgetDefinition.objects.create(
        organization=organization, name=name, amount_usd=Decimal(amount), **facts
    )


def under(*definitions, **options):
    return budgets_under(*rules_of(definitions), **options)


def test_every_budget_that_a_call_touches_counts_it(organization):
    definitions = [
        made(organization, "all", 10),
        made(organization, "feature", 10, scope_kind="feature", scope_id=3),
        made(organization, "model", 10, scope_kind="model", scope_id=MODEL),
        made(organization, "token", 10, scope_kind="token", scope_id=4),
        made(organization, "connection", 10, scope_kind="connection", scope_id=5),
        made(
            organization,
            "tag",
            10,
            scope_kind="tag",
            scope_id=0,
            tag_name="team",
            tag_value="blue",
        ),
        made(organization, "another", 10, scope_kind="feature", scope_id=99),
    ]
    budgets = under(*definitions)
    touched = {
        "feature_id": 3,
        "token_id": 4,
        "connection_id": 5,
        "tags": {"team": "blue"},
    }

    run(budgets, spend(budgets, organization.pk, "1", "2", **touched))

    counted = dict(Budget.objects.values_list("definition__name", "spent_usd"))
    assert counted == dict.fromkeys(
        ["all", "feature", "model", "token", "connection", "tag"], Decimal(2)
    )


def test_a_refusal_of_one_gives_back_what_the_others_held(organization):
    wide = made(organization, "wide", 10)
    narrow = made(organization, "narrow", 1, scope_kind="model", scope_id=MODEL)
    budgets = under(wide, narrow)

    with pytest.raises(BudgetExhausted, match="budget “narrow” of"):
        run(budgets, held(budgets, organization.pk, "2"))

    assert (spent_usd(), held_usd()) == (0, 0)


def test_crowds_under_the_same_budgets_never_wait_in_a_ring(organization):
    """Two processes hold the same two budgets, told to them in opposite order."""
    first = made(organization, "first", 1)
    second = made(organization, "second", 1, scope_kind="model", scope_id=MODEL)
    here, there = under(first, second), under(second, first)

    async def both():
        return await asyncio.wait_for(
            asyncio.gather(
                crowd(here, organization.pk, 100, "0.01", "0.01"),
                crowd(there, organization.pk, 100, "0.01", "0.01"),
            ),
            30,
        )

    async def scene():
        try:
            return await both()
        finally:
            await there.close()

    counts = run(here, scene())

    assert 90 <= sum(counts) <= 100
    for budget in Budget.objects.all():
        assert (budget.spent_usd, budget.held_usd) == (
            sum(counts) * Decimal("0.01"),
            0,
        )


def test_a_budget_that_only_warns_counts_and_never_stops(organization):
    budgets = under(made(organization, "soft", "0.05", on_limit="warn"))

    started = run(budgets, crowd(budgets, organization.pk, 20, "0.01", "0.01"))

    assert started == 20
    assert (spent_usd(), held_usd()) == (Decimal("0.2"), 0)
    shares = [one.occasion.rsplit(":", 1)[1] for one in Alert.objects.order_by("pk")]
    assert shares == ["0.8", "1"]


def test_a_model_without_a_price_passes_a_budget_that_only_warns(organization):
    budgets = under(made(organization, "soft", 1, on_limit="warn"))

    run(budgets, held(budgets, organization.pk, None))


def test_what_calls_under_way_hold_is_told_from_what_is_spent(organization):
    budgets = under(made(organization, "all", 1))

    async def scene():
        await held(budgets, organization.pk, "0.9")
        await held(budgets, organization.pk, "0.5")

    with pytest.raises(BudgetExhausted) as caught:
        run(budgets, scene())

    assert caught.value.code == "budget_held"
    assert caught.value.wait_s == 5


def test_a_day_opens_at_midnight_where_the_budget_lives(organization):
    """The day that the clock goes back has 25 hours."""
    noon = datetime.datetime(2026, 10, 25, 11, tzinfo=datetime.UTC)
    daily = made(organization, "daily", 1, period="day", time_zone="Europe/Berlin")
    budgets = under(daily, now=lambda: noon)

    with pytest.raises(BudgetExhausted) as caught:
        run(budgets, held(budgets, organization.pk, "2"))

    assert caught.value.opens_at == noon + datetime.timedelta(hours=12)
    assert "opens 26 Oct 2026, 00:00 CET" in caught.value.message
    window = Budget.objects.get()
    assert window.ends_at - window.starts_at == datetime.timedelta(hours=25)


def test_used_up_in_all_does_not_open_by_itself(organization):
    budgets = under(made(organization, "pilot", 1, period="total"))

    with pytest.raises(
        BudgetExhausted, match="opens when somebody raises it"
    ) as caught:
        run(budgets, held(budgets, organization.pk, "2"))

    assert (caught.value.wait_s, caught.value.opens_at) == (None, None)
