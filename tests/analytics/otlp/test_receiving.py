"""Spans become records, each once, and what is noted of them."""

import dataclasses
import datetime
from decimal import Decimal

import pytest

from analytics.models import (
    Feedback,
    TelemetryAttribute,
    TelemetrySpan,
    TelemetryTally,
    UsageRecord,
)
from analytics.otlp.mapping import Verdict, mapped
from analytics.services import telemetry_notes
from analytics.services.telemetry import receive
from tests.analytics.otlp.telling import bare, event, span
from tests.analytics.records import record
from tests.factories import OrganizationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def taken(organization, around):
    """Receives spans; what was decided of each."""

    def receive_all(*spans):
        batch = [mapped(one) for one in spans]
        return [
            one.verdict for one in receive(organization, batch, around=around).batch
        ]

    return receive_all


def fates(organization) -> dict[str, int]:
    rows = TelemetryTally.objects.filter(organization=organization)
    found: dict[str, int] = {}
    for row in rows:
        found[row.verdict] = found.get(row.verdict, 0) + row.count
    return found


def test_a_span_becomes_a_record_with_its_cost(gpt, organization, taken):
    one = span()

    taken(one)

    row = UsageRecord.objects.get()
    assert (row.organization_id, row.ai_model_id) == (organization.pk, gpt.pk)
    assert row.cost_usd == Decimal("0.0013")
    assert (row.source, row.latency_ms) == ("otlp", 1000)
    assert row.tags == {"service": "shop", "environment": "live"}
    seen = TelemetrySpan.objects.get()
    assert seen.request_id == row.request_id
    assert ["gen_ai.usage.input_tokens", "1000", "input_tokens"] in seen.fields


def test_a_span_that_is_sent_again_counts_once(organization, taken):
    one = span()

    taken(one)
    taken(one)

    assert UsageRecord.objects.count() == 1
    assert fates(organization) == {"accepted": 1, "duplicate": 1}


def test_a_call_that_the_gateway_recorded_is_not_counted_again(organization, taken):
    record(organization, provider_request_id="chatcmpl-1")

    fate = taken(span({"gen_ai.response.id": "chatcmpl-1"}))

    assert fate == [Verdict.DOUBLE]
    assert UsageRecord.objects.get().source == "gateway"
    assert fates(organization) == {"double": 1}


def test_an_answer_that_another_organisation_got_is_nobody_elses(
    taken, django_db_blocker
):

    record(OrganizationFactory(), provider_request_id="chatcmpl-1")

    assert taken(span({"gen_ai.response.id": "chatcmpl-1"})) == [Verdict.ACCEPTED]


def test_two_spans_of_one_answer_count_once(taken):
    fate = taken(
        span({"gen_ai.response.id": "a"}),
        span({"gen_ai.response.id": "a"}),
        span({"gen_ai.response.id": "b"}),
    )

    assert fate == [Verdict.ACCEPTED, Verdict.DOUBLE, Verdict.ACCEPTED]


def test_a_framework_span_around_a_call_does_not_count_twice(taken):
    outer = span()
    inner = dataclasses.replace(
        span(), trace_id=outer.trace_id, parent_id=outer.span_id
    )

    assert taken(inner) == [Verdict.ACCEPTED]
    assert taken(outer) == [Verdict.DOUBLE]


def test_a_clock_in_the_future_is_refused_and_the_others_are_kept(organization, taken):
    late = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=1)
    start = int(late.timestamp() * 1e9)

    fate = taken(span(start_ns=start, end_ns=start + 1), span())

    assert fate == [Verdict.REFUSED, Verdict.ACCEPTED]
    assert "future" in TelemetrySpan.objects.get(verdict="refused").reason


def test_scores_become_feedback_and_confidence(organization, taken):
    one = span()
    events = [
        event(
            "gen_ai.evaluation.result",
            one.end_ns,
            **{"gen_ai.evaluation.name": name, "gen_ai.evaluation.score.value": score},
        )
        for name, score in (("Relevance", 0.8), ("confidence", 0.9), ("Stars", 4.5))
    ]

    taken(dataclasses.replace(one, events=events))

    row = UsageRecord.objects.get()
    scores = dict(Feedback.objects.values_list("name", "score"))
    assert scores == {"relevance": 0.8, "confidence": 0.9}
    assert set(Feedback.objects.values_list("request_id", flat=True)) == {
        row.request_id
    }


def test_names_that_nothing_understands_are_counted_with_an_example(
    organization, taken
):
    taken(span({"gen_ai.shiny.new": "x1"}), span({"gen_ai.shiny.new": "x2"}))

    found = TelemetryAttribute.objects.get()
    assert (found.name, found.count, found.example) == ("gen_ai.shiny.new", 2, "x1")


def test_longer_texts_are_never_kept(organization, taken):
    secret = "Dear doctor, my name is Ada."
    taken(
        span({"gen_ai.custom": secret, "llm.prompts.0.content": secret}, name="chat x")
    )

    seen = TelemetrySpan.objects.get()
    assert secret not in str(seen.fields)
    assert secret not in TelemetryAttribute.objects.get().example


def test_the_last_spans_are_kept_and_no_more(organization, taken, monkeypatch):
    monkeypatch.setattr(telemetry_notes, "SPANS_KEPT", 5)

    for _ in range(4):
        taken(span(), span(), bare({"http.request.method": "GET"}))

    assert TelemetrySpan.objects.count() == 5
    assert UsageRecord.objects.count() == 8


def test_words_that_a_database_cannot_hold_do_no_harm(organization, taken):
    strange = {"gen_ai.request.model": "gpt\x00-9", "gen_ai.response.model": None}

    assert taken(span(strange, name="a\x00b\ud800")) == [Verdict.ACCEPTED]
