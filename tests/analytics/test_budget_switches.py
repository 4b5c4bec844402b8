from decimal import Decimal

import pytest
from django.utils import timezone

from analytics.queries.budgets import spent_percent
from analytics.tasks import run_budget_switches
from registry.cost import Cost, CostState
from registry.models import ModelSetting
from registry.queries.assignments import current_revision
from registry.services.planned_switches import plan_switch_on_budget
from tests.analytics.records import record
from tests.registry.packs.packing import entry, features, packed, served


@pytest.fixture
def models(organization):
    return served(organization, "one", "two")


def limited(ai_model, usd):
    ModelSetting.objects.filter(ai_model=ai_model).update(monthly_limit_usd=usd)


def spent(organization, ai_model, usd):
    cost = Cost(CostState.COMPUTED, Decimal(usd))
    record(organization, ai_model_id=ai_model.pk, cost=cost)


def test_the_share_is_of_all_limits_together(organization, models):
    limited(models[0], 30)
    limited(models[1], 10)
    spent(organization, models[0], "15")
    spent(organization, models[1], "5")

    assert spent_percent(organization, timezone.now()) == 50


def test_without_limits_there_is_no_share(organization, models):
    spent(organization, models[0], "15")

    assert spent_percent(organization, timezone.now()) is None


def test_the_switch_happens_once_the_share_is_spent(organization, models):
    (planner,) = features(organization, "planner")
    version = packed(organization, entry("planner", "openai/two"))
    planned = plan_switch_on_budget(pack=version.pack, budget_percent=80, actor=None)
    limited(models[0], 10)
    spent(organization, models[0], "7.99")
    run_budget_switches()
    before = current_revision(planner)

    spent(organization, models[0], "0.01")
    run_budget_switches()

    planned.refresh_from_db()
    assert before is None
    assert current_revision(planner).ai_model == models[1]
    assert planned.state == "done"
