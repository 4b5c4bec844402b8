"""From records, connections, prices and dates to alerts, through the tasks."""

import datetime
from decimal import Decimal

import pytest
from django.utils import timezone

from analytics.models import Alert, UsageRecord
from analytics.services.alert_watching import (
    watch_all,
    watch_connections,
    watch_costs,
    watch_models,
    watch_usage,
)
from registry.cost import Cost, CostState
from registry.models import ConnectionState
from tests.analytics.calls import call, failed
from tests.analytics.records import unsaved
from tests.analytics.rolling import rolled_up
from tests.factories import (
    ConnectionFactory,
    FeatureFactory,
    PriceFactory,
    enabled_model,
)

NOON = datetime.datetime(2026, 11, 20, 12, tzinfo=datetime.UTC)
MINUTE = datetime.timedelta(minutes=1)
HOUR = datetime.timedelta(hours=1)


@pytest.fixture
def feature(organization):
    return FeatureFactory(organization=organization, name="Support")


@pytest.fixture
def ai_model(organization):
    return enabled_model(organization, model_name="large-1")


@pytest.fixture
def write(organization, feature, ai_model):
    """Record calls at once and sum them up."""

    def written(rows):
        facts = {
            "organization_id": organization.pk,
            "feature_id": feature.pk,
            "ai_model_id": ai_model.pk,
        }
        made = [unsaved(make(**facts, **more)) for make, more in rows]
        UsageRecord.objects.bulk_create(made)
        rolled_up(organization)

    return written


def of_dollars(day, usd):
    cost = Cost(CostState.COMPUTED, Decimal(usd))
    return call, {"started_at": day, "cost": cost}


def test_a_dear_day_is_told_of_the_feature_and_the_organisation_once(
    write, organization
):
    weeks = [NOON - datetime.timedelta(weeks=week) for week in range(1, 9)]
    write([of_dollars(NOON - HOUR, 100), *(of_dollars(day, 20) for day in weeks)])

    for _ in range(2):
        watch_costs(organization, NOON)

    titles = set(Alert.objects.values_list("title", flat=True))
    assert titles == {
        "Support cost 5.0 times a usual Friday",
        f"{organization.name} cost 5.0 times a usual Friday",
    }
    watch_costs(organization, NOON + datetime.timedelta(days=1))
    assert Alert.objects.filter(resolved_at=None).count() == 2
    watch_costs(organization, NOON + datetime.timedelta(days=2))
    assert not Alert.objects.filter(resolved_at=None).exists()


def test_the_day_on_which_clocks_change_is_a_day_like_others(write, organization):
    organization.time_zone = "America/Los_Angeles"
    organization.save()
    zone = organization.zone
    days = [datetime.date(2026, 11, 1) - datetime.timedelta(weeks=n) for n in range(9)]
    # 24 dollars an hour at local hours 0 to 22: the same in 23, 24 and 25 hours.
    write(
        of_dollars(
            datetime.datetime(one.year, one.month, one.day, hour, 30, tzinfo=zone), 24
        )
        for one in days
        for hour in (0, 3, 12, 23)
    )

    watch_costs(organization, datetime.datetime(2026, 11, 2, 20, tzinfo=datetime.UTC))

    assert not Alert.objects.exists()


def test_failing_calls_are_told_and_over_when_they_succeed_again(write, organization):
    before = [(call, {"started_at": NOON - HOUR * 3}) for _ in range(400)]
    now = [(call, {"started_at": NOON - MINUTE * 30}) for _ in range(40)]
    now += [(failed, {"started_at": NOON - MINUTE * 20}) for _ in range(40)]
    write([*before, *now])

    for _ in range(2):
        watch_usage(organization, NOON)

    titles = set(Alert.objects.values_list("title", flat=True))
    assert titles == {
        "Support: success rate fell to 50.0%",
        "openai/large-1: success rate fell to 50.0%",
    }
    assert set(Alert.objects.values_list("severity", flat=True)) == {"danger"}
    later = NOON + HOUR * 2
    write([(call, {"started_at": later - MINUTE * 10}) for _ in range(100)])
    watch_usage(organization, later)
    assert not Alert.objects.filter(resolved_at=None).exists()


def test_slow_answers_are_told(write, organization):
    week = datetime.timedelta(weeks=1)
    usual = [(call, {"started_at": NOON - week, "latency_ms": 500}) for _ in range(600)]
    slow = [
        (call, {"started_at": NOON - MINUTE * 9, "latency_ms": 3000})
        for _ in range(120)
    ]
    write([*usual, *slow])

    watch_usage(organization, NOON)

    kinds = Alert.objects.values_list("kind", flat=True)
    assert list(kinds) == ["latency_rise"] * 2


def test_a_quiet_organisation_hears_nothing(organization):
    for watch in (watch_costs, watch_usage, watch_connections, watch_models):
        assert watch_all(watch, NOON) == 0


def test_a_connection_is_told_when_it_stays_down_and_over_when_it_is_up(organization):
    connection = ConnectionFactory(
        organization=organization,
        state=ConnectionState.UNREACHABLE,
        state_reason="Nobody answers.",
        checked_at=NOON,
    )

    assert watch_connections(organization, NOON) == []
    (alert,) = watch_connections(organization, NOON + MINUTE * 5)
    assert watch_connections(organization, NOON + MINUTE * 10) == []
    assert "Nobody answers." in alert.text
    connection.state = ConnectionState.CONNECTED
    connection.save()
    watch_connections(organization, NOON + MINUTE * 15)
    alert.refresh_from_db()
    assert alert.resolved_at == NOON + MINUTE * 15


def test_a_connection_that_flaps_says_nothing(organization):
    connection = ConnectionFactory(organization=organization, checked_at=NOON)

    for number in range(8):
        is_up = number % 2
        connection.state = (
            ConnectionState.CONNECTED if is_up else ConnectionState.FAILING
        )
        connection.save()
        assert watch_connections(organization, NOON + MINUTE * 3 * number) == []


def test_a_paused_or_deleted_connection_is_down_no_more(organization):
    connection = ConnectionFactory(
        organization=organization, state=ConnectionState.FAILING, checked_at=NOON
    )
    watch_connections(organization, NOON)
    watch_connections(organization, NOON + MINUTE * 6)
    connection.delete()
    watch_connections(organization, NOON + MINUTE * 7)

    assert Alert.objects.get().resolved_at is not None


def test_a_price_that_changed_is_told_with_the_bill(write, organization, ai_model):
    since = NOON - datetime.timedelta(days=1)
    write([(call, {"started_at": NOON - datetime.timedelta(days=3)})] * 1)
    ai_model.prices.update(effective_to=since)
    PriceFactory(ai_model=ai_model, effective_from=since, input_usd="2", output_usd="3")

    (alert,) = watch_models(organization, NOON)
    assert watch_models(organization, NOON) == []

    assert alert.title == "The price of openai/large-1 changed"
    assert "input $1.00 → $2.00 per million tokens (+100 %)" in alert.text
    watch_models(organization, NOON + datetime.timedelta(days=15))
    alert.refresh_from_db()
    assert alert.resolved_at is not None


def test_prices_of_models_that_nobody_used_are_not_told(organization, ai_model):
    since = NOON - datetime.timedelta(days=1)
    ai_model.prices.update(effective_to=since)
    PriceFactory(ai_model=ai_model, effective_from=since, input_usd="2")

    assert watch_models(organization, NOON) == []


def test_a_used_model_that_retires_is_told_at_each_step(write, organization, ai_model):
    ai_model.retired_on = NOON.date() + datetime.timedelta(days=31)
    ai_model.save()
    write([(call, {"started_at": NOON - HOUR})])

    for day in (0, 1, 2, 24):
        watch_models(organization, NOON + datetime.timedelta(days=day))

    told = Alert.objects.order_by("pk").values_list("severity", "resolved_at")
    assert [severity for severity, _ in told] == ["info", "warning", "danger"]
    assert [resolved is None for _, resolved in told] == [False, False, True]


def test_one_organisation_that_fails_keeps_no_other_from_being_watched(organization):
    seen = []

    def watch(one, at):
        seen.append(one)
        message = "broken"
        raise ValueError(message)

    with pytest.raises(ValueError, match="broken"):
        watch_all(watch, timezone.now())

    assert organization in seen
