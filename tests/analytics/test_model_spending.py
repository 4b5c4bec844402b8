"""What a model cost this month, beside its limit."""

import uuid
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from analytics.budget_rules import model_limit
from analytics.models import UsageRecord
from analytics.services.budget_windows import open_budget
from analytics.services.budgets import settle
from analytics.services.partitions import ensure_partitions
from registry.models import ModelSetting
from tests.factories import AIModelFactory, enabled_model


@pytest.fixture
def ai_model(organization):
    return enabled_model(organization)


def address(ai_model):
    return reverse(
        "analytics:model_spending", args=[ai_model.provider.slug, ai_model.model_name]
    )


def fragment(client, ai_model):
    headers = {"HX-Request": "true", "HX-Target": "model-spending"}
    return client.get(address(ai_model), headers=headers).content.decode()


def limit(organization, ai_model, usd):
    ModelSetting.objects.filter(organization=organization, ai_model=ai_model).update(
        monthly_limit_usd=usd
    )


def spend(organization, ai_model, usd):
    now = timezone.now()
    budget = open_budget(
        rule=model_limit(organization.pk, ai_model.pk, Decimal(50)), at=now
    )
    settle(
        budget_id=budget.pk,
        hold_id=uuid.uuid4(),
        process="test",
        spent_usd=Decimal(usd),
        at=now,
        is_last=True,
    )


def record(organization, ai_model, usd):
    ensure_partitions()
    UsageRecord.objects.create(
        id=uuid.uuid4(),
        request_id=uuid.uuid4(),
        started_at=timezone.now(),
        organization_id=organization.pk,
        ai_model_id=ai_model.pk,
        cost_usd=usd,
        cost_state="unpriced" if usd is None else "computed",
        outcome="ok",
    )


def test_what_was_spent_stands_beside_the_limit(editor, organization, ai_model):
    limit(organization, ai_model, 50)
    spend(organization, ai_model, "12.40")

    assert "$12.40 of $50.00 this month (24.8%)" in fragment(editor, ai_model)


def test_it_says_that_a_limit_is_used_up(editor, organization, ai_model):
    limit(organization, ai_model, 50)
    spend(organization, ai_model, "50")

    assert "The limit is used up" in fragment(editor, ai_model)


def test_without_a_limit_recorded_calls_count_and_unpriced_ones_are_told(
    editor, organization, ai_model
):
    record(organization, ai_model, Decimal("0.5"))
    record(organization, ai_model, None)

    text = fragment(editor, ai_model)

    assert "$0.50 this month; 1 call without a known price" in text


def test_calls_from_before_the_limit_count_against_it(organization, ai_model):
    record(organization, ai_model, Decimal("0.5"))

    budget = open_budget(
        rule=model_limit(organization.pk, ai_model.pk, Decimal(1)), at=timezone.now()
    )

    assert budget.spent_usd == Decimal("0.5")


def test_the_drawer_asks_for_it_and_a_page_shows_it_without_javascript(
    editor, ai_model
):
    drawer = editor.get(f"{ai_model.get_absolute_url()}-/configure/").content.decode()

    assert f'hx-get="{address(ai_model)}"' in drawer
    assert "<html" in editor.get(address(ai_model)).content.decode()


def test_it_is_of_ones_own_organisation(stranger, organization, ai_model):
    spend(organization, ai_model, "12.40")
    custom = AIModelFactory(organization=organization)

    assert "$0.00 this month" in fragment(stranger, ai_model)
    assert stranger.get(address(custom)).status_code == 404
