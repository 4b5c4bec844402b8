"""Forecasts of what is recorded: made once, kept, made again when they are old."""

import datetime
import uuid
import zoneinfo
from decimal import Decimal

import pytest
from django.utils import timezone

from analytics.models import CostForecast, ForecastState
from analytics.queries.forecast import month_forecast
from analytics.queries.forecast_use import forecast_use
from analytics.services import forecasts
from analytics.services.forecasts import fresh_forecast, sweep_forecasts
from registry.pricing import cost_of
from registry.rates import Rates
from registry.usage import Usage
from tests.analytics.calls import UNPRICED
from tests.analytics.records import record
from tests.analytics.rolling import rolled_up
from tests.factories import FeatureFactory, PriceFactory

AT = datetime.datetime(2026, 11, 21, 12, tzinfo=datetime.UTC)
DAY = datetime.timedelta(days=1)
MILLION = 1_000_000


@pytest.fixture
def feature(organization):
    return FeatureFactory(organization=organization)


@pytest.fixture
def price():
    return PriceFactory(input_usd="2", output_usd="10")


def used(feature, price, at, tokens=MILLION):
    usage = Usage(input_tokens=tokens, output_tokens=100)
    record(
        feature.organization,
        started_at=at,
        feature_id=feature.pk,
        ai_model_id=price.ai_model_id,
        price_id=price.pk,
        request_id=uuid.uuid4(),
        usage=usage,
        cost=cost_of(usage, Rates(price.rates), at),
    )


@pytest.fixture
def four_weeks(organization, feature, price):
    for number in range(28):
        used(feature, price, AT - (number + 1) * DAY)
    rolled_up(organization)


ONE_CALL = Decimal("2.001")


def test_a_forecast_is_made_of_what_is_recorded(organization, four_weeks):
    fresh_forecast(organization, AT)

    found = month_forecast(organization, AT)

    assert found.spent_usd == 20 * ONE_CALL
    assert found.p50_usd == pytest.approx(Decimal("29.5") * ONE_CALL)
    assert found.p10_usd <= found.p50_usd <= found.p90_usd
    assert found.error_share == pytest.approx(0)
    assert found.made_at == AT


def test_use_before_a_price_changed_counts_at_the_price_of_today(
    organization, feature, price, four_weeks
):
    changed = AT - 5 * DAY
    type(price).objects.filter(pk=price.pk).update(effective_to=changed)
    PriceFactory(
        ai_model=price.ai_model,
        input_usd="1",
        output_usd="5",
        effective_from=changed,
    )

    (line,) = forecast_use(organization, AT).lines.values()

    assert line.spent_usd[0] == ONE_CALL
    assert line.constant_usd[0] == ONE_CALL / 2
    # Calls at the moment of the change and after keep what they cost.
    assert line.constant_usd[-1] == ONE_CALL


def test_a_price_that_begins_later_is_known(organization, price, four_weeks):
    later = AT + 4 * DAY
    type(price).objects.filter(pk=price.pk).update(effective_to=later)
    PriceFactory(
        ai_model=price.ai_model,
        input_usd="6",
        output_usd="30",
        effective_from=later,
    )

    (line,) = forecast_use(organization, AT).lines.values()

    assert line.steps == ((later.date(), Decimal(3)),)


def test_days_are_those_of_the_organisation(organization, feature, price, four_weeks):
    organization.time_zone = "Asia/Kolkata"
    organization.save()
    # 22:00 in UTC is tomorrow there.
    used(feature, price, AT.replace(day=20, hour=22), 2 * MILLION)
    rolled_up(organization)

    use = forecast_use(organization, AT)

    (line,) = use.lines.values()
    assert line.spent_usd[-1] == ONE_CALL
    assert line.month_usd == 20 * ONE_CALL + Decimal("4.001")
    assert use.today_left == pytest.approx(6.5 / 24)


def test_calls_without_a_price_are_told_and_not_counted_as_free(
    organization, feature, price, four_weeks
):
    record(organization, started_at=AT - DAY, feature_id=feature.pk, cost=UNPRICED)
    rolled_up(organization)
    fresh_forecast(organization, AT)

    assert "3.4% of calls have no price" in month_forecast(organization, AT).words


def test_a_forecast_is_kept_for_hours(organization, four_weeks):
    fresh_forecast(organization, AT)

    later = fresh_forecast(organization, AT + datetime.timedelta(hours=5))
    much_later = fresh_forecast(organization, AT + datetime.timedelta(hours=7))

    assert later.made_at == AT
    assert much_later.made_at == AT + datetime.timedelta(hours=7)


def test_a_forecast_of_yesterday_is_not_shown_as_fresh(organization, four_weeks):
    evening = AT.replace(hour=23)
    fresh_forecast(organization, evening)

    assert (
        fresh_forecast(organization, evening + 2 * datetime.timedelta(hours=1)).made_at
        > evening
    )


def test_nobody_makes_what_another_is_making(organization, four_weeks):
    fresh_forecast(organization, AT - DAY)
    CostForecast.objects.update(state=ForecastState.RUNNING, claimed_at=AT)

    assert fresh_forecast(organization, AT).made_at == AT - DAY
    later = AT + datetime.timedelta(minutes=6)
    assert fresh_forecast(organization, later).made_at == later


def test_what_went_wrong_is_kept_and_the_old_forecast_stays(
    organization, four_weeks, monkeypatch
):
    fresh_forecast(organization, AT - DAY)

    def fail(*_):
        raise RuntimeError("no luck")

    monkeypatch.setattr(forecasts, "forecast_use", fail)
    row = fresh_forecast(organization, AT)

    assert (row.state, row.problem) == (ForecastState.FAILED, "no luck")
    assert row.made_at == AT - DAY


def test_the_sweep_makes_each_forecast_once_a_day(organization, four_weeks):
    assert sweep_forecasts(AT) >= 1
    assert sweep_forecasts(AT) == 0
    assert sweep_forecasts(AT + DAY) >= 1


def test_without_a_forecast_what_was_spent_is_known(organization, four_weeks):
    found = month_forecast(organization, AT)

    assert found.spent_usd == 20 * ONE_CALL
    assert found.p50_usd is None
    assert found.words == "The forecast is not made yet."


def test_a_new_month_has_no_forecast_of_the_old_one(organization, four_weeks):
    fresh_forecast(organization, AT)

    december = AT + 15 * DAY
    assert month_forecast(organization, december).p50_usd is None


def test_an_organisation_without_use_gets_words(organization):
    fresh_forecast(organization, timezone.now())

    found = month_forecast(organization, timezone.now())

    assert found.p50_usd is None
    assert "no use yet" in found.words


def test_a_new_time_zone_makes_it_anew(organization, four_weeks):
    fresh_forecast(organization, AT)
    organization.time_zone = "America/Los_Angeles"
    organization.save()

    row = fresh_forecast(organization, AT)

    assert row.document["zone"] == "America/Los_Angeles"
    assert zoneinfo.ZoneInfo(row.document["zone"]) == organization.zone
