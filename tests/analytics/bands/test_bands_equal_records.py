"""Bands price traffic to the cent as its calls do one by one."""

import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.bands.repricing import price_band
from analytics.models import BandEdges, UsageBand, UsageRecord
from analytics.queries.bands import BandQuestion, bands_between
from analytics.services.bands import build_bands
from analytics.token_counts import stored_counts
from registry.price_periods import changes_of, clocks_of
from registry.pricing import cost_of
from registry.rates import Rates
from registry.resolution.entries import PricePeriod
from registry.usage import Usage
from tests.analytics.calls import UNPRICED, call
from tests.analytics.records import unsaved

START = datetime.datetime(2026, 10, 13, 22, tzinfo=datetime.UTC)
END = START + datetime.timedelta(hours=6)
ORGANIZATION = 88_001
EDGES = (1_000, 8_192, 32_000, 200_000)
PRICES: dict[str, dict[str, Any]] = {
    "flat": {"standard": {"input_mtok": "0.3", "output_mtok": "2.5"}},
    "negotiated": {"standard": {"input_mtok": "0.2777", "output_mtok": "1.111111"}},
    "tiers and caches": {
        "standard": {
            "input_mtok": {
                "base": "1.25",
                "tiers": [
                    {"start": 32_000, "price": "2"},
                    {"start": 200_000, "price": "2.5"},
                ],
            },
            "cache_read_mtok": {
                "base": "0.125",
                "tiers": [{"start": 200_000, "price": "0.25"}],
            },
            "cache_write_mtok": "1.5625",
            "cache_write_1h_mtok": "2.5",
            "output_mtok": {
                "base": "10",
                "tiers": [{"start": 200_000, "price": "15"}],
            },
        }
    },
    "batch from a day on": {
        "standard": {"input_mtok": "2", "output_mtok": "8", "cache_read_mtok": "0.5"},
        "variants": [
            {
                "when": {"processing": "batch"},
                "starts_on": "2026-10-14",
                "prices": {"input_mtok": "1", "output_mtok": "4"},
            }
        ],
    },
    "time of day": {
        "standard": {"input_mtok": "0.27", "output_mtok": "1.1"},
        "time_of_day": [
            {
                "from": "01:30:00",
                "to": "03:00:00",
                "prices": {"input_mtok": "0.54", "output_mtok": "2.2"},
            }
        ],
    },
    "requests and searches": {
        "standard": {
            "input_mtok": "1",
            "output_mtok": "5",
            "requests_kcount": "5",
            "web_searches_kcount": "10",
        },
        "per_image_usd": "0.04",
    },
    "short audio": {
        "standard": {"audio_hours": "0.111"},
        "matched": {"provider_id": "groq", "model_id": "whisper-large-v3"},
    },
    "output only": {"standard": {"output_mtok": "3"}},
}
INPUTS = st.one_of(
    st.integers(0, 300_000),
    st.sampled_from([edge + step for edge in EDGES for step in (-1, 0, 1)]),
)


@st.composite
def usages(draw: st.DrawFn) -> Usage:
    whole = draw(INPUTS)
    read = draw(st.integers(0, whole))
    write = draw(st.integers(0, whole - read))
    out = draw(st.integers(0, 50_000))
    more: dict[str, Any] = draw(
        st.sampled_from(
            [
                {},
                {},
                {"web_searches": 2},
                {"generated_images": 3},
                {"audio_seconds": Decimal("3.5")},
                {"audio_seconds": 12, "web_searches": 1},
            ]
        )
    )
    return Usage(
        input_tokens=whole,
        cache_read_tokens=read,
        cache_write_tokens=write,
        cache_write_1h_tokens=draw(st.integers(0, write)),
        output_tokens=out,
        reasoning_tokens=draw(st.integers(0, out)),
        is_batch=draw(st.booleans()),
        **more,
    )


CALLS = st.lists(
    st.tuples(st.one_of(st.none(), usages()), st.integers(0, 6 * 3600 - 1)), max_size=14
)


def kept(calls: list[tuple[Usage | None, int]]) -> None:
    """In the table, and summed up by the hour."""
    UsageRecord.objects.filter(organization_id=ORGANIZATION).delete()
    UsageBand.objects.filter(organization_id=ORGANIZATION).delete()
    rows = []
    for usage, second in calls:
        moment = START + datetime.timedelta(seconds=second)
        row = unsaved(
            call(
                organization_id=ORGANIZATION,
                started_at=moment,
                usage=usage,
                cost=UNPRICED,
                price_id=None,
            )
        )
        row.other_counts = stored_counts(usage)[1]
        rows.append(row)
    UsageRecord.objects.bulk_create(rows)
    with connection.cursor() as cursor:
        hours = [START + datetime.timedelta(hours=hour) for hour in range(6)]
        build_bands(cursor, ORGANIZATION, hours)


@pytest.fixture
def edges(db):
    BandEdges.objects.create(edges=sorted(EDGES))


@pytest.mark.parametrize("name", PRICES)
@settings(
    max_examples=6,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(CALLS)
def test_bands_cost_what_their_calls_cost(edges, name, calls):
    rates = Rates(PRICES[name])
    kept(calls)
    period = PricePeriod(1, rates, None, None)

    bands = bands_between(
        BandQuestion(
            organization_id=ORGANIZATION,
            start=START,
            end=END,
            moments=changes_of([period]),
            clocks=clocks_of([period]),
        )
    )

    told = [price_band(one, rates, one.at) for one in bands]
    single = [
        cost_of(usage, rates, START + datetime.timedelta(seconds=second)).total_usd
        for usage, second in calls
        if usage is not None
    ]
    summed = sum((one.usd for one in told if one.usd is not None), Decimal(0))
    assert round(summed, 12) == round(
        sum((usd for usd in single if usd is not None), Decimal(0)), 12
    )
    unknown = sum(
        band.calls for band, cost in zip(bands, told, strict=True) if cost.usd is None
    )
    assert unknown == single.count(None) + sum(usage is None for usage, _ in calls)
    assert sum(one.calls for one in bands) == len(calls)


@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(CALLS, st.integers(0, 6 * 3600), st.integers(0, 6 * 3600))
def test_a_range_that_begins_within_an_hour_counts_what_is_in_it(edges, calls, a, b):
    kept(calls)
    first, last = min(a, b), max(a, b) + 1

    bands = bands_between(
        BandQuestion(
            organization_id=ORGANIZATION,
            start=START + datetime.timedelta(seconds=first),
            end=START + datetime.timedelta(seconds=last),
        )
    )

    inside = [usage for usage, second in calls if first <= second < last]
    assert sum(one.calls for one in bands) == len(inside)
    assert sum(one.input_tokens for one in bands) == sum(
        one.input_tokens for one in inside if one
    )
