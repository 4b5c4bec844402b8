"""The sample data has budgets that people could have made, with their past."""

import pytest

from analytics.models import BudgetDefinition, UsageRecord
from analytics.queries.budget_records import recorded
from registry.models import AuditEntry
from tests.analytics.demo.conftest import ENDS_AT


@pytest.fixture
def budgets(load_sample):
    load = load_sample()
    return BudgetDefinition.objects.filter(organization=load.organization)


def test_there_are_three_with_windows_that_say_what_calls_cost(budgets):
    found = {(one.scope_kind, one.period) for one in budgets}
    assert found == {("organization", "month"), ("feature", "week"), ("model", "month")}

    for definition in budgets:
        windows = list(definition.windows.all())
        assert any(one.counted_usd > 0 for one in windows), definition
        for window in windows:
            said = recorded(window).total_usd
            assert abs(window.counted_usd - said) < 1e-9
            calls = UsageRecord.objects.filter(
                organization_id=window.organization_id,
                started_at__gte=window.starts_at,
                started_at__lt=window.ends_at,
            )
            if definition.scope_kind == "organization":
                costs = (one.cost_usd or 0 for one in calls)
                assert abs(sum(costs) - window.counted_usd) < 1e-9


def test_they_stand_in_the_past_and_stop_nobody(budgets):
    for definition in budgets:
        assert definition.created_at < ENDS_AT
        assert definition.starts_at == definition.created_at
        assert definition.on_limit == "warn"
        assert definition.amount_usd > 0
    entries = AuditEntry.objects.filter(action="budget.created")
    assert entries.count() == 3
    assert {one.actor_label for one in entries} == {"sample data"}
    assert all(one.at < ENDS_AT for one in entries)
