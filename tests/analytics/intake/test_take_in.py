"""Calls that others tell of become records, each once, at the price of their time."""

import datetime
from decimal import Decimal

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from analytics.incoming import Taken
from analytics.models import Feedback, UsageRecord
from analytics.services.intake import take_in
from analytics.usage_row import Outcome, Source
from registry.usage import Usage
from tests.analytics.intake.told import told
from tests.factories import (
    AIModelFactory,
    ApiTokenFactory,
    FeatureFactory,
    OrganizationFactory,
    PriceFactory,
)

NOW = datetime.datetime.now(datetime.UTC)


def test_a_told_call_is_a_record_with_a_frozen_cost(organization, gpt):
    token = ApiTokenFactory(organization=organization)
    feature = FeatureFactory(organization=organization, key="planner")

    taken = take_in(
        organization,
        [told(feature="planner", tags={"team": "a"}, status_code=200)],
        token=token,
    )

    assert taken == Taken(accepted=1)
    record = UsageRecord.objects.get(organization_id=organization.pk)
    assert record.ai_model_id == gpt.pk
    assert record.feature_id == feature.pk
    assert record.token_id == token.pk
    assert record.price_id == gpt.prices.get().pk
    assert record.cost_usd == Decimal("0.0013")
    assert (record.cost_state, record.source) == ("computed", "api")
    assert (record.model_name, record.tags) == ("", {"team": "a"})
    assert record.usage == Usage(input_tokens=1000, output_tokens=100)
    assert record.answered
    assert record.latency_ms == 812


def test_the_price_is_that_of_the_moment_of_the_call(organization):
    model = AIModelFactory(model_name="gpt-9")
    change = NOW - datetime.timedelta(days=2)
    PriceFactory(ai_model=model, effective_to=change)
    PriceFactory(ai_model=model, effective_from=change, input_usd="2")

    take_in(
        organization,
        [
            told("before", started_at=change - datetime.timedelta(seconds=1)),
            told("after", started_at=change),
        ],
    )

    costs = UsageRecord.objects.order_by("started_at").values_list("cost_usd")
    assert [cost for (cost,) in costs] == [Decimal("0.0013"), Decimal("0.0023")]


def test_the_organisations_own_price_wins(organization, gpt):
    PriceFactory(ai_model=gpt, organization=organization, input_usd="0.5")

    take_in(organization, [told()])

    assert UsageRecord.objects.get().cost_usd == Decimal("0.0008")


def test_told_again_with_another_time_it_counts_once(organization, gpt):
    first = told()
    later = told(started_at=first.started_at + datetime.timedelta(days=-40))

    assert take_in(organization, [first]).accepted == 1
    assert take_in(organization, [later]) == Taken(duplicates=1)
    assert take_in(organization, [first]) == Taken(duplicates=1)
    assert UsageRecord.objects.count() == 1


def test_twice_in_one_batch_it_counts_once(organization, gpt):
    assert take_in(organization, [told(), told()]) == Taken(accepted=1, duplicates=1)


def test_told_alone_and_then_as_part_of_a_request_it_counts_once(organization, gpt):
    call = told(request_id="trace-7")
    assert take_in(organization, [call]).accepted == 1

    alone = told(started_at=call.started_at)
    other = told(started_at=call.started_at, request_id="trace-8")

    assert take_in(organization, [alone]) == Taken(duplicates=1)
    assert take_in(organization, [other, told("call-2")]) == Taken(
        accepted=1, duplicates=1
    )


def test_the_same_id_of_another_source_or_organisation_is_another_call(
    organization, gpt
):
    take_in(organization, [told()])

    assert take_in(organization, [told(source=Source.OTLP)]).accepted == 1
    assert take_in(OrganizationFactory(), [told()]).accepted == 1


def test_attempts_of_one_request_share_it(organization, gpt):
    take_in(
        organization,
        [
            told("span-1", request_id="trace", outcome=Outcome.ERROR, usage=None),
            told("span-2", request_id="trace", attempt=2),
        ],
    )

    assert UsageRecord.objects.values("request_id").distinct().count() == 1
    assert list(
        UsageRecord.objects.order_by("attempt").values_list("attempt", "answered")
    ) == [(1, False), (2, True)]


def test_an_unknown_model_keeps_its_words_and_no_price(organization):
    taken = take_in(organization, [told(provider="Acme AI", model="wonder-1")])

    assert taken == Taken(accepted=1, unpriced=1, unknown_models=1)
    record = UsageRecord.objects.get()
    assert (record.ai_model_id, record.model_name) == (None, "Acme AI/wonder-1")
    assert (record.cost_state, record.cost_usd) == ("unpriced", None)


def test_what_the_teller_says_it_cost_stands_in_for_an_unknown_price(organization, gpt):
    take_in(
        organization,
        [
            told("a", model="wonder-1", reported_usd=Decimal("0.5")),
            told("b", reported_usd=Decimal("0.5")),
            told("c", reported_usd=Decimal("0.5"), is_provider_cost=True),
        ],
    )

    rows = UsageRecord.objects.order_by("started_at").values_list(
        "cost_state", "cost_usd"
    )
    assert list(rows) == [
        ("estimated", Decimal("0.5")),
        ("computed", Decimal("0.0013")),
        ("reported", Decimal("0.5")),
    ]


def test_a_feature_is_found_by_its_name_and_else_kept_as_a_tag(organization, gpt):
    feature = FeatureFactory(organization=organization, key="tags", name="Photo tags")

    take_in(organization, [told("a", feature="photo TAGS"), told("b", feature="new")])

    rows = UsageRecord.objects.order_by("started_at").values_list("feature_id", "tags")
    assert list(rows) == [(feature.pk, None), (None, {"feature": "new"})]


def test_confidence_becomes_feedback(organization, gpt):
    take_in(organization, [told(confidence=0.75), told("other")])
    take_in(organization, [told(confidence=0.1)])

    feedback = Feedback.objects.get(organization=organization)
    record = UsageRecord.objects.filter(request_id=feedback.request_id)
    assert (feedback.name, feedback.score) == ("confidence", 0.75)
    assert record.exists()


EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
BAD = {
    "future": ("started_at", {"started_at": NOW + datetime.timedelta(hours=1)}),
    "ancient": (
        "started_at",
        {"started_at": datetime.datetime(1970, 1, 1, 12, tzinfo=datetime.UTC)},
    ),
    "no-zone": ("started_at", {"started_at": datetime.datetime(2026, 1, 1)}),
    "no-model": ("model", {"model": " "}),
    "no-id": ("id", {"external_id": ""}),
    "huge": ("input_tokens", {"usage": Usage(input_tokens=2**31)}),
    "latency": ("latency_ms", {"latency_ms": -1}),
    "nan": ("latency_ms", {"latency_ms": float("nan")}),
    "confidence": ("confidence", {"confidence": 1.5}),
    "cost": ("reported_usd", {"reported_usd": Decimal(-1)}),
    "attempt": ("attempt", {"attempt": 0}),
    "tags": ("tags", {"tags": {f"t{n}": "x" for n in range(17)}}),
    "status": ("status_code", {"status_code": 70_000}),
}


@pytest.mark.parametrize("name", BAD)
def test_what_makes_no_sense_is_refused_and_the_rest_is_kept(organization, gpt, name):
    field, facts = BAD[name]
    calls = [told("first"), told(**{"external_id": "bad", **facts}), told("last")]

    taken = take_in(organization, calls)

    assert taken.accepted == 2
    [refused] = taken.refused
    assert (refused.index, refused.field) == (1, field)
    assert refused.reason.endswith(".")


@pytest.mark.django_db
def test_what_is_older_than_the_retention_is_refused(organization, gpt, settings):
    settings.MODELHUB_USAGE_RETENTION_MONTHS = 3
    call = told(started_at=NOW - datetime.timedelta(days=200))

    [refused] = take_in(organization, [call]).refused

    assert "older than what is kept" in refused.reason


def test_a_call_of_last_year_has_a_partition(organization, gpt):
    moment = NOW - datetime.timedelta(days=400)
    take_in(organization, [told(started_at=moment)])

    with connection.cursor() as cursor:
        cursor.execute("SELECT tableoid::regclass::text FROM analytics_usagerecord")
        [(table,)] = cursor.fetchall()
    assert table == f"analytics_usagerecord_{moment:%Y_%m}"


class Sums(TestCase):
    @settings(max_examples=20, deadline=None)
    @given(
        st.lists(
            st.tuples(
                st.integers(0, 40),
                st.integers(0, 10**6),
                st.integers(0, 10**5),
                st.integers(0, 10**4),
            ),
            min_size=1,
            max_size=30,
        )
    )
    def test_the_sum_of_what_is_told_is_the_sum_of_what_is_kept(self, told_numbers):
        """Whatever is told twice counts as it was told first."""
        organization = OrganizationFactory()
        PriceFactory(ai_model=AIModelFactory(model_name="gpt-9"))
        calls = [
            told(
                f"call-{name}",
                usage=Usage(
                    input_tokens=cached + fresh,
                    output_tokens=out,
                    cache_read_tokens=cached,
                ),
            )
            for name, fresh, out, cached in told_numbers
        ]
        first = {call.external_id: call for call in reversed(calls)}.values()

        half = len(calls) // 2
        for batch in (calls[:half], calls[half:], calls):
            take_in(organization, batch)

        rows = UsageRecord.objects.filter(organization_id=organization.pk)
        kept = [row.usage for row in rows]
        asked = [call.usage for call in first]
        for name in ("input_tokens", "output_tokens", "cache_read_tokens"):
            assert sum(getattr(one, name) for one in kept) == sum(
                getattr(one, name) for one in asked
            )
        assert sum(row.cost_usd for row in rows) == sum(
            (one.input_tokens + 3 * one.output_tokens) * Decimal("0.000001")
            for one in asked
        )
