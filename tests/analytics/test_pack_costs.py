"""What a month would cost after a switch."""

import datetime
from decimal import Decimal

import pytest
from django.utils import timezone

from analytics.pack_projection import Workload
from analytics.queries.feature_use import feature_use
from analytics.queries.pack_costs import projected_costs
from registry.queries.pack_difference import pack_difference
from registry.usage import Usage
from tests.analytics.records import record
from tests.factories import (
    AIModelFactory,
    ConnectionFactory,
    ModelSettingFactory,
    PriceFactory,
)
from tests.registry.assigning import assigned
from tests.registry.packs.packing import entry, features, packed

DAY = datetime.timedelta(days=1)
MILLION = 1_000_000


def priced(organization, name, input_usd, output_usd, **price):
    ai_model = AIModelFactory(model_name=name)
    ModelSettingFactory(organization=organization, ai_model=ai_model)
    PriceFactory(ai_model=ai_model, input_usd=input_usd, output_usd=output_usd, **price)
    return ai_model


@pytest.fixture
def dear(organization):
    found = priced(organization, "dear", "2", "10")
    ConnectionFactory(organization=organization, provider=found.provider)
    return found


@pytest.fixture
def cheap(organization, dear):
    return priced(organization, "cheap", "0.5", "1")


@pytest.fixture
def planner(organization, dear):
    (feature,) = features(organization, "planner")
    return assigned(feature, dear)


def used(feature, usage, **facts):
    return record(feature.organization, feature_id=feature.pk, usage=usage, **facts)


def projected(organization, *entries, **more):
    version = packed(organization, *entries)
    now = timezone.now() + DAY
    return projected_costs(pack_difference(version, now), now, **more)


def test_real_use_is_priced_at_both_models(organization, planner, cheap):
    for _ in range(2):
        used(planner, Usage(input_tokens=MILLION, output_tokens=MILLION))

    projection = projected(organization, entry("planner", "openai/cheap"))

    assert (projection.before_usd, projection.after_usd) == (24, 3)
    assert projection.change_usd == -21
    assert projection.rows["planner"].requests == 2


def test_use_that_is_older_than_30_days_does_not_count(organization, planner, cheap):
    used(
        planner,
        Usage(input_tokens=MILLION),
        started_at=timezone.now() - 31 * DAY,
    )

    projection = projected(organization, entry("planner", "openai/cheap"))

    assert projection.after_usd is None
    assert projection.unknown == ("planner",)
    assert projection.rows["planner"].note == "no use yet"


def test_where_there_is_no_use_a_month_can_be_assumed(organization, planner, cheap):
    projection = projected(
        organization,
        entry("planner", "openai/cheap"),
        assumed=Workload(1_000, 1_000, 1_000),
    )

    assert (projection.before_usd, projection.after_usd) == (12, Decimal("1.5"))
    assert projection.is_assumed
    assert projection.rows["planner"].note == "assumed: 1,000 requests a month"


def test_a_model_without_a_price_leaves_the_sum_open(organization, planner):
    ai_model = AIModelFactory(model_name="free-of-facts")
    ModelSettingFactory(organization=organization, ai_model=ai_model)
    used(planner, Usage(input_tokens=1_000))

    line = projected(organization, entry("planner", "openai/free-of-facts")).rows[
        "planner"
    ]

    assert (line.before_usd is None, line.after_usd) == (False, None)
    assert line.note == "no price is known of openai/free-of-facts"


def test_long_calls_are_priced_beyond_the_cliff_and_short_ones_before_it(
    organization, planner
):
    rates = {
        "standard": {
            "input_mtok": {"base": "1", "tiers": [{"start": 200_000, "price": "2"}]},
            "output_mtok": "0",
        }
    }
    priced(organization, "tiered", "1", "0", rates=rates)
    for tokens in (100_000, 100_000, 400_000):
        used(planner, Usage(input_tokens=tokens))

    projection = projected(organization, entry("planner", "openai/tiered"))

    assert projection.after_usd == Decimal("0.1") * 2 + Decimal("0.8")


def test_calls_of_unknown_size_are_told(organization, planner, cheap):
    used(planner, Usage(input_tokens=1_000))
    used(planner, None)

    line = projected(organization, entry("planner", "openai/cheap")).rows["planner"]

    assert line.note == "1 of 2 calls say nothing of tokens"


def test_sums_of_a_feature_hold_what_its_calls_used(organization, planner):
    for _ in range(3):
        used(planner, Usage(input_tokens=100, cache_read_tokens=40, output_tokens=7))

    use = feature_use(organization, timezone.now() + DAY).of(planner.pk)

    assert (use.requests, use.calls, len(use.sums)) == (3, 3, 1)
    tokens = use.sums[0].tokens
    assert tokens["input_tokens"] == 300
    assert (tokens["cache_read_tokens"], tokens["output_tokens"]) == (120, 21)


def test_a_rounded_average_never_has_parts_beyond_the_whole(
    organization, planner, cheap
):
    for tokens in (1, 1, 2):
        used(planner, Usage(input_tokens=tokens, cache_read_tokens=tokens))

    projection = projected(organization, entry("planner", "openai/cheap"))

    assert projection.after_usd is not None
