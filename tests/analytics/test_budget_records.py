"""What a budget has cost is what its records add up to, wherever it is read from."""

import datetime
import zoneinfo
from decimal import Decimal

import pytest
from django.db.models import Q, Sum

from analytics.models import (
    Budget,
    BudgetDefinition,
    ClosedDay,
    DirtyHour,
    HourRollup,
    UsageRecord,
)
from analytics.queries.budget_records import OUTSIDE, recorded
from analytics.services.day_rollups import close_days
from analytics.usage_row import Source
from registry.cost import Cost, CostState
from tests.analytics.calls import UNPRICED
from tests.analytics.records import record
from tests.analytics.rolling import rolled_up
from tests.factories import AIModelFactory, OrganizationFactory, ProviderFactory

pytestmark = pytest.mark.django_db
ZONES = ("UTC", "Asia/Kolkata", "America/Los_Angeles")
DAY = datetime.timedelta(days=1)
NOW = datetime.datetime(2026, 11, 10, tzinfo=datetime.UTC)


@pytest.fixture
def models():
    return [AIModelFactory(), AIModelFactory(provider=ProviderFactory(slug="other"))]


def cost(number: int) -> Cost:
    return Cost(CostState.COMPUTED, Decimal(number) / 7_000_000)


@pytest.fixture
def calls(organization, models):
    """Calls around the first of November, when clocks change in Los Angeles, of two
    models and features, every 47 minutes; some unpriced, some told from outside."""
    sources = (Source.GATEWAY, Source.OTLP, Source.PLAYGROUND, Source.API)
    first = datetime.datetime(2026, 10, 30, 12, tzinfo=datetime.UTC)
    for number in range(120):
        record(
            organization,
            started_at=first + datetime.timedelta(minutes=47 * number),
            ai_model_id=models[number % 2].pk,
            feature_id=900 + number % 3,
            source=sources[number % 4],
            cost=UNPRICED if number % 11 == 0 else cost(number),
            tags={"team": "a" if number % 5 else "b", "job": "x"},
        )


def window(organization, kind="organization", scope_id=0, **facts):
    zone = facts.pop("zone", "UTC")
    day = facts.pop("day", datetime.date(2026, 10, 31))
    days = facts.pop("days", 2)
    definition = BudgetDefinition.objects.create(
        organization=organization,
        name="Any",
        scope_kind=kind,
        scope_id=scope_id,
        amount_usd=5,
        time_zone=zone,
        **facts,
    )
    there = zoneinfo.ZoneInfo(zone)
    low, high = (
        datetime.datetime.combine(one, datetime.time(), there)
        for one in (day, day + days * DAY)
    )
    return Budget.objects.create(
        organization=organization,
        definition=definition,
        scope_kind=kind,
        scope_id=scope_id,
        starts_at=low,
        ends_at=high,
        limit_usd=5,
    )


def by_hand(budget, condition=None):
    """Inside, outside and unpriced, from the records alone."""
    rows = UsageRecord.objects.filter(
        condition or Q(),
        organization_id=budget.organization_id,
        started_at__gte=budget.starts_at,
        started_at__lt=budget.ends_at,
    )
    outside = rows.filter(source__in=OUTSIDE)
    inside = rows.exclude(source__in=OUTSIDE)
    return (
        inside.aggregate(sum=Sum("cost_usd"))["sum"] or 0,
        outside.aggregate(sum=Sum("cost_usd"))["sum"] or 0,
        rows.filter(cost_usd=None).count(),
    )


def told(budget):
    found = recorded(budget)
    return found.inside_usd, found.outside_usd, found.unpriced_calls


def scopes(organization, models):
    return [
        ("organization", organization.pk, Q()),
        ("feature", 901, Q(feature_id=901)),
        ("model", models[0].pk, Q(ai_model_id=models[0].pk)),
        ("provider", models[1].provider_id, Q(ai_model_id=models[1].pk)),
        ("connection", 77_003, Q(connection_id=77_003)),
        ("token", 1, Q(token_id=1)),
    ]


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("state", ["never summed", "summed", "closed", "dirty"])
def test_every_scope_is_the_sum_of_its_records(
    organization, models, calls, zone, state
):
    organization.time_zone = zone
    organization.save()
    if state != "never summed":
        rolled_up(organization)
    if state in {"closed", "dirty"}:
        close_days(organization, now=NOW)
    if state == "dirty":
        late(organization, models[0])

    for kind, scope_id, condition in scopes(organization, models):
        budget = window(organization, kind, scope_id, zone=zone)
        assert told(budget) == by_hand(budget, condition), kind
    budget = window(organization, "tag", tag_name="team", tag_value="b", zone=zone)
    assert told(budget) == by_hand(budget, Q(tags__contains={"team": "b"}))
    assert told(budget)[0] > 0


def late(organization, model):
    """A call that comes when its hour is summed up already; the hour is marked."""
    at = datetime.datetime(2026, 10, 31, 20, 50, tzinfo=datetime.UTC)
    record(
        organization,
        started_at=at,
        ai_model_id=model.pk,
        feature_id=901,
        tags={"team": "b"},
        cost=cost(10_000_000),
    )
    hour = at.replace(minute=0)
    DirtyHour.objects.create(organization_id=organization.pk, hour=hour, marked_at=hour)


def test_hours_that_are_right_are_not_read_call_by_call(organization, calls):
    """Records that vanish behind a rollup are missed only where the hour is dirty."""
    rolled_up(organization)
    budget = window(organization, "organization", organization.pk)
    before = told(budget)
    hour = HourRollup.objects.filter(
        organization_id=organization.pk, hour=budget.starts_at.replace(hour=9)
    ).first()
    UsageRecord.objects.filter(
        started_at__gte=hour.hour,
        started_at__lt=hour.hour + datetime.timedelta(hours=1),
    ).delete()

    assert told(budget) == before
    DirtyHour.objects.create(
        organization_id=organization.pk, hour=hour.hour, marked_at=hour.hour
    )
    assert told(budget) != before
    assert told(budget) == by_hand(budget)


def test_a_closed_day_is_read_as_one(organization, calls):
    rolled_up(organization)
    close_days(organization, now=NOW)
    assert ClosedDay.objects.filter(organization_id=organization.pk).exists()
    budget = window(organization, "organization", organization.pk)
    before = told(budget)

    HourRollup.objects.filter(organization_id=organization.pk).delete()

    assert told(budget) == before == by_hand(budget)


def test_a_budget_in_all_has_no_end_and_begins_within_an_hour(organization, calls):
    rolled_up(organization)
    budget = window(organization, "organization", organization.pk)
    budget.starts_at += datetime.timedelta(minutes=17)
    budget.ends_at = None
    after = budget.starts_at + 365 * DAY
    wanted = Budget(
        organization=organization, starts_at=budget.starts_at, ends_at=after
    )

    assert told(budget) == by_hand(wanted)


def test_another_organisation_is_not_counted(organization, calls):
    rolled_up(organization)

    budget = window(OrganizationFactory(), "feature", 901)

    assert told(budget) == (0, 0, 0)
