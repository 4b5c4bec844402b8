import datetime
from decimal import Decimal

import pytest
from genai_prices import types as genai
from genai_prices.data import providers
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.catalog.document import PricePeriod
from registry.catalog.periods import price_periods
from registry.rates import Rates
from tests.catalog_data import full_document

MODELS = [(provider, model) for provider in providers for model in provider.models]
CONTEXTS = [
    None,
    {"processing": "batch"},
    {"service_tier": "flex"},
    {"service_tier": "priority"},
    {"service_tier": "fast"},
    {"speed": "fast"},
    {"processing": "batch", "service_tier": "flex"},
]
MOMENTS = st.datetimes(
    datetime.datetime(2023, 1, 1),
    datetime.datetime(2028, 1, 1),
    timezones=st.just(datetime.UTC),
)


def in_force(periods, moment) -> PricePeriod:
    (found,) = [
        one
        for one in periods
        if (one.starts_at is None or one.starts_at <= moment)
        and (one.ends_at is None or one.ends_at > moment)
    ]
    return found


def assert_agrees(provider, model, moment, context):
    periods = price_periods(model, provider.id)
    expected = vars(model.get_prices(moment, context))
    if not periods:
        assert not expected
        return
    rates = Rates(in_force(periods, moment).rates)
    found = vars(rates.price_at(moment, context))
    if not expected:
        assert set(found.values()) == {0}
        return
    assert found == expected
    assert rates.matched == (provider.id, model.id)


@settings(max_examples=40, deadline=None)
@given(moment=MOMENTS, context=st.sampled_from(CONTEXTS))
def test_every_model_costs_what_the_source_says_at_any_moment(moment, context):
    for provider, model in MODELS:
        assert_agrees(provider, model, moment, context)


CONDITIONAL = [
    (provider, model)
    for provider, model in MODELS
    if isinstance(model.prices, list) or model.price_variants
]


@settings(max_examples=400, deadline=None)
@given(
    which=st.sampled_from(range(len(CONDITIONAL))),
    moment=MOMENTS,
    context=st.sampled_from(CONTEXTS),
)
def test_models_with_conditions_agree_at_many_more_moments(which, moment, context):
    assert_agrees(*CONDITIONAL[which], moment, context)


CONSTRAINTS = st.one_of(
    st.none(),
    st.dates(datetime.date(2025, 1, 1), datetime.date(2025, 3, 1)).map(
        lambda day: genai.StartDateConstraint(start_date=day)
    ),
    st.tuples(st.times(), st.times()).map(
        lambda pair: genai.TimeOfDateConstraint(start_time=pair[0], end_time=pair[1])
    ),
)


@settings(max_examples=300, deadline=None)
@given(
    constraints=st.lists(CONSTRAINTS, min_size=1, max_size=5),
    moment=st.datetimes(
        datetime.datetime(2024, 12, 1),
        datetime.datetime(2025, 4, 1),
        timezones=st.just(datetime.UTC),
    ),
)
def test_any_order_of_conditions_keeps_the_rule_that_the_last_one_wins(
    constraints, moment
):

    model = genai.ModelInfo(
        id="m",
        match=genai.ClauseEquals(equals="m"),
        prices=[
            genai.ConditionalPrice(
                constraint=constraint,
                prices=genai.ModelPrice(input_mtok=Decimal(place + 1)),
            )
            for place, constraint in enumerate(constraints)
        ],
    )

    rates = Rates(in_force(price_periods(model, "p"), moment).rates)

    assert rates.price_at(moment) == model.get_prices(moment)


def test_every_row_of_the_catalogue_has_whole_periods_without_gap_or_overlap():
    for entry in full_document().models:
        starts = [one.starts_at for one in entry.prices]
        ends = [one.ends_at for one in entry.prices]
        assert starts[1:] == ends[:-1]
        assert not entry.prices or (starts[0], ends[-1]) == (None, None)


@pytest.mark.parametrize("hour", [0, 1, 3, 4, 6, 9, 10, 23])
def test_deepseek_is_dearer_at_the_hours_that_the_source_names(hour):
    (model,) = [m for p, m in MODELS if (p.id, m.id) == ("deepseek", "deepseek-v4-pro")]
    moment = datetime.datetime(2026, 11, 2, hour, 30, tzinfo=datetime.UTC)

    rates = Rates(in_force(price_periods(model, "deepseek"), moment).rates)

    assert rates.price_at(moment) == model.get_prices(moment)
