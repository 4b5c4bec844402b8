"""Our sum and that of `genai-prices` are the same number for whatever it knows."""

import datetime
from decimal import Decimal

import pytest
from genai_prices import types as genai
from genai_prices.data_units import unit_data
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.price_units import unknown_price_keys
from registry.pricing import CostState, Usage, cost_of
from registry.usage import reportable_counts
from tests.engine_prices import Entry, engine_models, rates_at

UTC = datetime.UTC
DAYS = (datetime.date(2024, 1, 1), datetime.date(2027, 6, 1))


def moments(model: genai.ModelInfo) -> st.SearchStrategy[datetime.datetime]:
    """Any moment, and the seconds around each start date and window of a model."""
    entries = model.prices if isinstance(model.prices, list) else []
    constraints = [
        entry.constraint for entry in [*entries, *(model.price_variants or [])]
    ]
    edges = []
    for constraint in filter(None, constraints):
        if isinstance(constraint, genai.StartDateConstraint):
            day = datetime.datetime.combine(constraint.start_date, datetime.time(), UTC)
            edges.append(day)
        else:
            for clock in (constraint.start_time, constraint.end_time):
                naive = clock.replace(tzinfo=None)
                edges.append(datetime.datetime.combine(DAYS[1], naive, UTC))
    anywhere = st.datetimes(
        datetime.datetime(2024, 1, 1),
        datetime.datetime(2027, 6, 1),
        timezones=st.sampled_from(
            [UTC, datetime.timezone(datetime.timedelta(hours=9))]
        ),
    )
    if not edges:
        return anywhere
    second = datetime.timedelta(seconds=1)
    around = st.builds(
        lambda edge, steps: edge + steps * second,
        st.sampled_from(edges),
        st.sampled_from([-1, 0, 1]),
    )
    return anywhere | around


def contexts(model: genai.ModelInfo) -> st.SearchStrategy[dict[str, str]]:
    known = [variant.when for variant in model.price_variants or ()]
    some = [
        {},
        {"processing": "batch"},
        {"service_tier": "flex"},
        {"service_tier": "priority"},
        {"processing": "misspelt"},
        *known,
    ]
    return st.sampled_from(some)


def tier_starts(model: genai.ModelInfo) -> list[int]:
    prices = model.prices if isinstance(model.prices, list) else [model]
    return sorted(
        {
            tier.start
            for entry in prices
            for rate in vars(entry.prices).values()
            if isinstance(rate, genai.TieredPrices)
            for tier in rate.tiers
        }
    )


@st.composite
def usages(draw: st.DrawFn, model: genai.ModelInfo) -> Usage:
    """A valid usage: parts are drawn from what is left of their whole."""
    edges = [start + step for start in tier_starts(model) for step in (-1, 0, 1)]
    sizes = st.integers(0, 5_000_000)
    whole = draw(st.sampled_from(edges) | sizes if edges else sizes)
    output = draw(st.integers(0, 200_000))

    def part(of: int) -> int:
        return draw(st.just(0) | st.integers(0, of))

    cache_read = part(whole)
    cache_write = part(whole - cache_read)
    image = part(whole)
    audio = part(whole - image)
    video = part(whole - image - audio)
    cached_audio = draw(st.none() | st.integers(0, min(cache_read, audio)))
    left = min(cache_read - (cached_audio or 0), image)
    reasoning = part(output)
    citation = part(output - reasoning)
    seconds = draw(st.just(0) | st.decimals(0, 9000, places=2) | st.integers(0, 30))
    pages = part(5000)
    return Usage(
        input_tokens=whole,
        cache_read_tokens=cache_read,
        cache_write_tokens=cache_write,
        cache_write_1h_tokens=part(cache_write),
        input_image_tokens=image,
        input_audio_tokens=audio,
        input_video_tokens=video,
        cache_audio_read_tokens=cached_audio,
        cache_image_read_tokens=draw(st.none() | st.integers(0, left)),
        output_tokens=output,
        reasoning_tokens=reasoning,
        citation_tokens=citation,
        output_image_tokens=part(output),
        audio_seconds=seconds,
        input_audio_seconds=draw(st.sampled_from([0, seconds])),
        input_characters=part(100_000),
        input_text_messages=part(50),
        input_document_pages=pages,
        input_annotated_document_pages=part(pages),
        web_searches=part(20),
        storage_searches=part(20),
    )


def engine_total(
    entry: Entry,
    usage: Usage,
    at: datetime.datetime,
    context: dict[str, str],
) -> Decimal | None:
    """The engine's sum, or None where it refuses the usage."""
    provider, model = entry
    try:
        result = model.calc_price(
            genai.Usage(**usage.engine_counts()),
            provider,
            genai_request_timestamp=at,
            price_context=context,
        )
    except ValueError:
        return None
    return result.total_price


@settings(max_examples=600, deadline=None)
@given(data=st.data())
def test_any_usage_of_any_model_costs_what_the_engine_says(data):
    entry = data.draw(st.sampled_from(engine_models()), label="model")
    model = entry[1]
    at = data.draw(moments(model), label="at")
    usage = data.draw(usages(model), label="usage")
    context = data.draw(contexts(model), label="context")
    rates = rates_at(entry, at)
    expected = engine_total(entry, usage, at, context)

    if expected is None:
        with pytest.raises(ValueError, match="say how many tokens are both"):
            cost_of(usage, rates, at, context)
        return
    cost = cost_of(usage, rates, at, context)

    assert sum(line.usd for line in cost.lines) == (cost.total_usd or 0)
    assert (cost.total_usd or 0) == expected
    assert (cost.total_usd is None) == (cost.state is CostState.UNPRICED)


def test_every_model_agrees_with_the_engine_at_the_edges_of_its_tiers():
    at = datetime.datetime(2026, 11, 1, 2, 30, tzinfo=UTC)
    compared = 0
    for entry in engine_models():
        rates = rates_at(entry, at)
        starts = tier_starts(entry[1]) or [120_000]
        for whole in (starts[0], starts[0] + 1, starts[-1] + 1):
            usage = Usage(
                input_tokens=whole,
                cache_read_tokens=80_000 % whole,
                cache_write_tokens=7,
                cache_write_1h_tokens=3,
                output_tokens=977,
                reasoning_tokens=500,
                audio_seconds=Decimal("3.7"),
                web_searches=1,
            )
            for context in ({}, {"processing": "batch"}):
                total = cost_of(usage, rates, at, context).total_usd or 0
                assert total == engine_total(entry, usage, at, context)
                compared += 1

    assert compared == 6 * len(engine_models()) > 13_000


def test_whatever_the_engine_has_a_price_for_a_usage_can_report():
    keys = {
        key
        for _, model in engine_models()
        for entry in (model.prices if isinstance(model.prices, list) else [model])
        for key in vars(entry.prices)
    }
    counts = {unit["price_key"]: name for name, unit in unit_data.items()}

    assert unknown_price_keys(keys) == []
    assert {counts[key] for key in keys} - reportable_counts() == {"requests"}
