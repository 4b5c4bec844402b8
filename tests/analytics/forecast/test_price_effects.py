"""What changes of prices did to the bill: it adds up to the last digit."""

import datetime
import uuid
from decimal import Decimal

import pytest

from analytics.models import UsageRecord
from analytics.queries.price_effects import price_effects
from registry.pricing import cost_of
from registry.rates import Rates
from registry.usage import Usage
from tests.analytics.records import record
from tests.analytics.rolling import rolled_up
from tests.factories import AIModelFactory, FeatureFactory, PriceFactory

START = datetime.datetime(2026, 9, 1, tzinfo=datetime.UTC)
FIRST = datetime.datetime(2026, 9, 20, 13, 30, tzinfo=datetime.UTC)
SECOND = datetime.datetime(2026, 10, 15, tzinfo=datetime.UTC)
END = datetime.datetime(2026, 11, 21, tzinfo=datetime.UTC)
RATES = (("2", "10"), ("1.37", "9.11"), ("3", "12"))


@pytest.fixture
def prices(db):
    """One model, three prices one after the other."""
    ai_model = AIModelFactory()
    borders = [None, FIRST, SECOND, None]
    return [
        PriceFactory(
            ai_model=ai_model,
            input_usd=input_usd,
            output_usd=output_usd,
            effective_from=borders[place],
            effective_to=borders[place + 1],
        )
        for place, (input_usd, output_usd) in enumerate(RATES)
    ]


@pytest.fixture
def calls(organization, prices):
    """A call every eleven hours, each a little longer."""
    feature = FeatureFactory(organization=organization)
    at, number = START, 0
    while at < END:
        price = prices[(at >= FIRST) + (at >= SECOND)]
        usage = Usage(input_tokens=1_003 + 7 * number, output_tokens=101 + number)
        record(
            organization,
            started_at=at,
            feature_id=feature.pk,
            ai_model_id=price.ai_model_id,
            price_id=price.pk,
            request_id=uuid.uuid4(),
            usage=usage,
            cost=cost_of(usage, Rates(price.rates), at),
        )
        at, number = at + datetime.timedelta(hours=11), number + 1
    rolled_up(organization)
    return list(UsageRecord.objects.filter(organization_id=organization.pk))


def at_price(records, price):
    return sum(
        cost_of(
            Usage(input_tokens=one.input_tokens, output_tokens=one.output_tokens),
            Rates(price.rates),
            one.started_at,
        ).total_usd
        for one in records
    )


def test_effects_and_the_first_price_add_up_to_the_bill(organization, prices, calls):
    found = price_effects(organization, START, END)

    bill = sum(one.cost_usd for one in calls)
    assert found.bill_usd == bill
    assert at_price(calls, prices[0]) + found.usd == bill


def test_each_change_counts_every_call_after_it(organization, prices, calls):
    second, first = price_effects(organization, START, END).effects

    after = [one for one in calls if one.started_at >= FIRST]
    assert first.effect.calls == len(after)
    assert first.effect.usd == at_price(after, prices[1]) - at_price(after, prices[0])
    later = [one for one in calls if one.started_at >= SECOND]
    assert second.effect.usd == at_price(later, prices[2]) - at_price(later, prices[1])


def test_months_add_up_to_their_change(organization, calls):
    second, _ = price_effects(organization, START, END).effects

    october = [
        one for one in calls if one.started_at >= SECOND and one.started_at.month == 10
    ]
    assert [str(one.month) for one in second.effect.months] == ["2026_10", "2026_11"]
    assert second.effect.months[0].calls == len(october)
    assert second.effect.months[0].after_usd == sum(one.cost_usd for one in october)
    assert sum(one.usd for one in second.effect.months) == second.effect.usd


def test_a_change_says_which_rates_and_where_they_are_from(organization, calls, prices):
    second, first = price_effects(organization, START, END).effects

    assert first.rates == [
        ("Input", Decimal(2), Decimal("1.37")),
        ("Output", Decimal(10), Decimal("9.11")),
    ]
    assert second.price == prices[2]


def test_models_that_were_not_used_are_left_out(organization, prices):
    found = price_effects(organization, START, END)

    assert (found.effects, found.used) == ((), ())


def test_a_new_row_with_the_same_rates_is_no_change(organization, prices, calls):
    organization_price = PriceFactory(
        ai_model=prices[0].ai_model,
        organization=organization,
        input_usd="3",
        output_usd="12",
        effective_from=SECOND + datetime.timedelta(days=3),
    )

    found = price_effects(organization, START, END)

    assert organization_price.pk not in {
        one.change.after.price_id for one in found.effects
    }
