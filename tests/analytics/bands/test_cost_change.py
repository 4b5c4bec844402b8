"""Why the recorded cost of two times differs, from what is stored."""

import datetime
import uuid
from decimal import Decimal

import pytest

from analytics.models import UsageRecord
from analytics.queries.cost_change import cost_change
from analytics.questions import Dimension
from analytics.services.rollup_rebuilding import mark_all_dirty
from analytics.services.rollups import roll_up
from registry.models import Price
from registry.pricing import cost_of
from registry.rates import Rates
from registry.usage import Usage
from tests.analytics.records import record
from tests.factories import AIModelFactory, FeatureFactory, PriceFactory

FIRST = datetime.datetime(2026, 10, 1, tzinfo=datetime.UTC)
DAY = datetime.timedelta(days=1)
BEFORE, AFTER = (FIRST, FIRST + DAY), (FIRST + DAY, FIRST + 2 * DAY)
USAGE = Usage(input_tokens=20_000, output_tokens=1_000)


@pytest.fixture
def feature(organization):
    return FeatureFactory(organization=organization, name="Support")


@pytest.fixture
def price(db):
    return PriceFactory(ai_model=AIModelFactory(model_name="gpt-x"), input_usd="2")


def used(feature, price: Price, day: int, hours=(3,), usage=USAGE):
    for hour in hours:
        moment = FIRST + day * DAY + datetime.timedelta(hours=hour, minutes=7)
        record(
            feature.organization,
            started_at=moment,
            feature_id=feature.pk,
            ai_model_id=price.ai_model_id,
            price_id=price.pk,
            request_id=uuid.uuid4(),
            usage=usage,
            cost=cost_of(usage, Rates(price.rates), moment),
        )


def explained(organization, **more):
    mark_all_dirty(organization_id=organization.pk)
    roll_up(organization_id=organization.pk)
    return cost_change(organization.pk, BEFORE, AFTER, **more)


def by_label(told):
    return {one.label: one.usd for one in told.steps if abs(one.usd) > Decimal("1e-9")}


def test_a_new_price_row_is_told_from_more_calls(organization, feature, price):
    used(feature, price, 0)
    price.effective_to = FIRST + DAY
    price.save()
    dearer = PriceFactory(
        ai_model=price.ai_model, input_usd="4", effective_from=FIRST + DAY
    )
    used(feature, dearer, 1, hours=(3, 4))

    told = explained(organization)

    # 0.043 a call; then twice the calls at 0.04 more.
    assert by_label(told) == {"Volume": Decimal("0.043"), "Price": Decimal("0.08")}
    assert told.after_usd == Decimal("0.166")
    assert "openai/gpt-x +$0.08" in told.steps[4].explanation


def test_a_discount_that_follows_the_catalogue_changes_with_it(
    organization, feature, price
):
    price.effective_to = FIRST + DAY
    price.save()
    PriceFactory(ai_model=price.ai_model, input_usd="4", effective_from=FIRST + DAY)
    own = PriceFactory(
        ai_model=price.ai_model, organization=organization, discount_percent=50
    )
    for day, input_usd in ((0, "1"), (1, "2")):
        half = Price(
            pk=own.pk,
            ai_model=price.ai_model,
            rates={"standard": {"input_mtok": input_usd, "output_mtok": "1.5"}},
        )
        used(feature, half, day)

    assert by_label(explained(organization)) == {"Price": Decimal("0.02")}


def test_other_features_can_be_left_out(organization, feature, price):
    other = FeatureFactory(organization=organization)
    used(feature, price, 0)
    used(other, price, 1)

    told = explained(organization, only={Dimension.FEATURE: frozenset({other.pk})})

    assert (told.before_usd, told.after_usd) == (0, Decimal("0.043"))


def test_a_provider_means_its_models(organization, feature, price):
    used(feature, price, 1)
    provider = price.ai_model.provider_id

    only = {Dimension.PROVIDER: frozenset({provider})}
    assert explained(organization, only=only).after_usd == Decimal("0.043")
    only = {Dimension.PROVIDER: frozenset({provider + 999})}
    assert explained(organization, only=only).after_usd == 0


def test_a_tag_cannot_be_explained(organization):
    with pytest.raises(ValueError, match="not explained by tag"):
        explained(organization, only={Dimension.TAG: frozenset({"team"})})


def test_another_organisation_is_not_in_it(organization, feature, price):
    used(FeatureFactory(), price, 1)

    assert explained(organization).after_usd == 0


def test_what_moved_is_named(organization, feature, price):
    dear = PriceFactory(ai_model=AIModelFactory(model_name="dear"), input_usd="20")
    used(feature, price, 0)
    used(feature, dear, 1)

    told = explained(organization)

    assert by_label(told) == {"Mix": Decimal("0.36")}
    assert "Support on openai/dear +$0.403" in told.steps[3].explanation


def test_what_is_summed_up_again_is_not_counted_twice(organization, feature, price):
    used(feature, price, 1)
    explained(organization)

    assert explained(organization).after_usd == Decimal("0.043")
    UsageRecord.objects.all().delete()
    assert explained(organization).after_usd == 0
