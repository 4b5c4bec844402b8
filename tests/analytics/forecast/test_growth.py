"""Months ahead at a stated growth, and what a planned use would cost: exactly."""

import datetime
from decimal import Decimal

import pytest

from analytics.forecasting.growth import Growth, projected
from analytics.forecasting.made import LineMade
from analytics.queries.predicted_costs import UsageProjection, predict_model_costs
from tests.factories import AIModelFactory, PriceFactory

NOVEMBER_END = datetime.date(2026, 11, 30)
AT = datetime.datetime(2026, 11, 21, 12, tzinfo=datetime.UTC)


def line(feature_id=1, base="28", steps=()):
    return LineMade(
        feature_id, 1, Decimal(0), Decimal(0), Decimal(base), 28, tuple(steps)
    )


def costs(lines, growth=None, months=3):
    found = projected(lines, growth or Growth(), NOVEMBER_END, months)
    return [one.usd for one in found]


def test_without_growth_a_month_costs_its_days():
    assert costs([line()]) == [31, 31, 28]


def test_growth_is_compounded_by_the_month():
    growth = Growth(Decimal(10))

    assert costs([line()], growth) == [
        Decimal("34.1"),
        Decimal("37.51"),
        28 * Decimal("1.331"),
    ]


def test_a_feature_grows_at_its_own_rate():
    growth = Growth(Decimal(10), {2: Decimal(-50)})
    (month,) = projected([line(1), line(2)], growth, NOVEMBER_END, 1)

    assert month.by_feature == {1: Decimal("34.1"), 2: Decimal("15.5")}
    assert month.usd == Decimal("49.6")


def test_a_known_price_holds_from_its_day_on():
    doubled = [(datetime.date(2026, 12, 22), Decimal(2))]

    # 21 days of December at 1, ten at 2.
    assert costs([line(steps=doubled)], months=2) == [41, 62]


def test_years_are_crossed():
    found = projected([line()], Growth(), NOVEMBER_END, 14)

    assert found[13].first == datetime.date(2028, 1, 1)


def test_use_without_cost_adds_nothing():
    assert costs([line(base="0")], months=1) == [0]
    with pytest.raises(ValueError, match="24 months"):
        costs([line()], months=25)


@pytest.fixture
def model(db):
    ai_model = AIModelFactory()
    PriceFactory(ai_model=ai_model, input_usd="2", output_usd="10")
    return ai_model


def predicted(model, organization, **facts):
    projection = UsageProjection(requests=1_000, input_tokens=1_000, **facts)
    return predict_model_costs(model, organization, projection, AT)


def test_a_planned_use_is_requests_times_tokens_times_rates(model, organization):
    found = predicted(model, organization, output_tokens=100)

    assert found.total_usd == 3


def test_a_planned_use_grows(model, organization):
    found = predicted(model, organization, growth_percent=Decimal(50), months=3)

    assert [one.requests for one in found.months] == [1_000, 1_500, 2_250]
    assert [one.usd for one in found.months] == [2, 3, Decimal("4.5")]
    assert found.total_usd == Decimal("9.5")


def test_what_is_read_from_a_cache_costs_its_own_rate(organization):
    ai_model = AIModelFactory()
    PriceFactory(
        ai_model=ai_model,
        rates={
            "standard": {
                "input_mtok": "2",
                "output_mtok": "10",
                "cache_read_mtok": "0.2",
            }
        },
    )

    found = predicted(ai_model, organization, cached_share=Decimal("0.5"))

    assert found.total_usd == Decimal("1.1")


def test_a_price_that_changes_on_the_way_is_used_from_then_on(model, organization):
    january = datetime.datetime(2027, 1, 1, tzinfo=datetime.UTC)
    model.prices.update(effective_to=january)
    PriceFactory(ai_model=model, input_usd="4", output_usd="10", effective_from=january)

    found = predicted(model, organization, months=3)

    assert [one.usd for one in found.months] == [2, 2, 4]
    assert found.price_changes


def test_a_model_without_a_price_costs_nobody_knows_what(organization):
    found = predicted(AIModelFactory(), organization)

    assert found.total_usd is None
    assert found.notes == ("No price is known.",)


@pytest.mark.parametrize(
    "facts",
    [
        {"cached_share": Decimal(2)},
        {"months": 0},
        {"growth_percent": Decimal(-100)},
    ],
    ids=["share", "months", "growth"],
)
def test_a_use_that_is_none_is_refused(facts):
    with pytest.raises(ValueError, match=r"\."):
        UsageProjection(requests=1, **facts)
