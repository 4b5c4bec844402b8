"""A usual call is priced by a short cut, and to the last digit as without it."""

import datetime
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.pricing import Usage, bill_of, cost_of
from registry.rates import Rates
from registry.usage import USUAL
from tests.engine_prices import engine_models, rates_at

NOW = datetime.datetime(2026, 11, 1, tzinfo=datetime.UTC)
RATE = st.decimals("0", "500", places=9).map(str)
TIERED = st.builds(
    lambda base, more: {
        "base": base,
        "tiers": [{"start": start, "price": price} for start, price in sorted(more)],
    },
    RATE,
    st.lists(st.tuples(st.integers(1, 300_000), RATE), min_size=1, max_size=2),
)
KEYS = (
    "input_mtok",
    "output_mtok",
    "cache_read_mtok",
    "cache_write_mtok",
    "cache_write_1h_mtok",
    "output_reasoning_mtok",
    "input_audio_mtok",
    "cache_audio_read_mtok",
    "output_audio_mtok",
    "requests_kcount",
    "web_searches_kcount",
)
PRICES = st.dictionaries(st.sampled_from(KEYS), RATE | TIERED)


@st.composite
def usages(draw: st.DrawFn) -> Usage:
    size = st.sampled_from([0, 1, 999, 1000, 1001, 200_000]) | st.integers(0, 400_000)
    read, fresh, out, thought = (draw(size) for _ in range(4))
    written = draw(size)
    return Usage(
        input_tokens=read + fresh + written,
        output_tokens=out + thought,
        cache_read_tokens=read,
        cache_write_tokens=written,
        cache_write_1h_tokens=draw(st.integers(0, written)),
        reasoning_tokens=thought,
    )


@settings(max_examples=400)
@given(usages(), PRICES)
def test_any_price_bills_a_usual_call_as_without_the_short_cut(usage, standard):
    rates = Rates({"standard": standard})

    assert answer(cost_of, usage, rates) == answer(bill_of, usage, rates)


@settings(max_examples=300)
@given(usages(), st.data())
def test_every_price_of_the_catalogue_agrees(usage, data):
    rates = data.draw(st.sampled_from(catalogue()))

    assert answer(cost_of, usage, rates) == answer(bill_of, usage, rates)


def test_the_usual_price_takes_the_short_cut():
    rates = Rates({"standard": dict.fromkeys(KEYS[:4], "1.5")})
    usage = Usage(input_tokens=900, output_tokens=7, cache_read_tokens=400)

    short = rates.plain_price_at(NOW).cost(usage.usual_counts())

    assert repr(short) == repr(bill_of(usage, rates, NOW))


@pytest.mark.parametrize(
    "unusual",
    [
        Usage(input_tokens=5, web_searches=1),
        Usage(input_tokens=5, is_batch=True),
        Usage(input_tokens=5, requests=2),
        Usage(input_tokens=5, cache_audio_read_tokens=0),
    ],
    ids=["searches", "batch", "many", "told-zero"],
)
def test_what_is_not_usual_is_not_priced_by_it(unusual):
    assert unusual.usual_counts() is None


def test_the_usual_counts_are_the_first_of_a_usage():
    assert tuple(vars(Usage()))[: len(USUAL)] == USUAL


@cache
def catalogue() -> list[Rates]:
    found = [rates_at(entry, NOW) for entry in engine_models()]
    return [rates for rates in found if rates is not None]


def answer(way, usage: Usage, rates: Rates) -> str:
    """Down to the last digit, or the words of a refusal."""
    try:
        return repr(way(usage, rates, NOW))
    except ValueError as error:
        return str(error)
