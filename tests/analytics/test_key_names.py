"""Keys of an answer have names, and the daily table shows them."""

import datetime
from decimal import Decimal

import pytest

from analytics.queries.daily_table import daily_table
from analytics.queries.key_names import GONE_LABELS, LOOKUPS, names_of_keys
from analytics.questions import Dimension
from analytics.services.feedback import record_feedback
from analytics.usage_row import Source
from registry.cost import Cost, CostState
from tests.analytics.calls import failed
from tests.analytics.records import record, stored
from tests.analytics.rolling import rolled_up
from tests.factories import AIModelFactory, FeatureFactory, OrganizationFactory

pytestmark = pytest.mark.django_db
DAY = datetime.date(2026, 11, 9)


def noon(day: int = 9) -> datetime.datetime:
    return datetime.datetime(2026, 11, day, 12, tzinfo=datetime.UTC)


def test_a_model_has_its_name_its_page_and_its_reference(
    organization, django_assert_num_queries
):
    models = [AIModelFactory() for _ in range(3)]

    with django_assert_num_queries(1):
        names = names_of_keys(
            organization, Dimension.MODEL, [None, 0, *(one.pk for one in models)]
        )

    assert names[None].label == "Unknown model"
    assert names[0].label == "Deleted model 0"
    for model in models:
        name = names[model.pk]
        assert (name.label, name.reference) == (model.name, model.reference)
        assert name.address == model.get_absolute_url()


def test_what_is_anothers_is_not_named(organization):
    theirs = FeatureFactory(organization=OrganizationFactory())

    names = names_of_keys(organization, Dimension.FEATURE, [theirs.pk])

    assert names[theirs.pk].label == f"Deleted feature {theirs.pk}"
    assert names[theirs.pk].address == ""


@pytest.mark.parametrize("dimension", Dimension)
def test_every_dimension_has_words_for_none_and_for_what_is_gone(
    organization, dimension
):
    assert names_of_keys(organization, dimension, [None])[None].label
    if dimension in LOOKUPS:
        label = names_of_keys(organization, dimension, [987_654])[987_654].label
        assert label == f"{GONE_LABELS[dimension]} 987654"


def test_words_are_said_as_people_say_them(organization):
    def label(dimension, key):
        return names_of_keys(organization, dimension, [key])[key].label

    assert all(label(Dimension.SOURCE, one.value) != one.value for one in Source)
    assert label(Dimension.ERROR, "rate_limit") == "Rate limit of the provider"
    assert label(Dimension.ERROR, "odd_one") == "Odd one"
    assert label(Dimension.TAG, "blue") == "blue"


def test_the_daily_table_has_a_row_for_each_day_model_and_feature(organization):
    model, feature = AIModelFactory(), FeatureFactory(organization=organization)
    what = {"ai_model_id": model.pk, "feature_id": feature.pk}
    dear = Cost(CostState.COMPUTED, Decimal(2))
    row = record(organization, started_at=noon(), cost=dear, latency_ms=100, **what)
    record_feedback(
        organization=organization,
        request_id=row.request_id,
        score=0.5,
        name="confidence",
    )
    stored(failed(organization_id=organization.pk, started_at=noon(), **what))
    record(organization, started_at=noon(10), feature_id=None, ai_model_id=model.pk)
    record(organization, started_at=noon(11))
    rolled_up(organization)

    first, second = daily_table(organization, DAY, DAY + datetime.timedelta(days=1))

    assert (first.date, first.model.label, first.feature.label) == (
        DAY,
        model.name,
        feature.name,
    )
    assert (first.requests, first.calls, first.unpriced_calls) == (2, 2, 1)
    assert (first.cost_usd, first.mean_latency_ms, first.mean_confidence) == (
        2,
        100,
        0.5,
    )
    assert first.success.share == 0.5
    assert (second.date.day, second.feature.label) == (10, "No feature")
