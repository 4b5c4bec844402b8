"""What is left out, late, refused, told twice, or otherwise on the invoice, is said."""

import datetime
import json
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from analytics.intake.entries import Told
from analytics.intake.own import call_of
from analytics.models import (
    IntakeRefusal,
    IntakeTally,
    ProviderInvoiceLine,
    ReconcileFinding,
    TelemetryMetric,
    TelemetryTally,
)
from analytics.queries.data_quality import metrics_and_spans, rejected_reasons
from analytics.queries.invoice_differences import NO_MODEL, invoice_differences
from analytics.services.intake import take_in
from analytics.services.intake_runs import run_intake
from analytics.usage_row import Source
from tests.analytics.intake.test_api_usage import entry
from tests.analytics.intake.told import told
from tests.analytics.quality.conftest import tell
from tests.analytics.records import record
from tests.analytics.rolling import rolled_up
from tests.factories import AIModelFactory, MembershipFactory

PAGE = "/analytics/quality/"
SECTIONS = ["shares", "twice", "late", "refused", "invoices", "metrics", "hours"]


@pytest.fixture(autouse=True)
def spool(settings, tmp_path):
    settings.MODELHUB_SPOOL = tmp_path
    return tmp_path


def page_of(client):
    answer = client.get(PAGE)
    assert answer.status_code == 200, answer.content[:2000]
    return answer.content.decode()


def file_of(client, section):
    answer = client.get(f"{PAGE}{section}.csv")
    assert answer.status_code == 200
    return answer.content.decode().splitlines()


def line(organization, day, model="gpt-9", **facts):
    return ProviderInvoiceLine.objects.create(
        organization=organization,
        provider="openai",
        model=model,
        day=day,
        source_file="cost.csv",
        **facts,
    )


def test_each_section_says_what_comes_next_where_there_is_nothing(admin):
    page = page_of(admin)
    for words in ("No calls yet", "No invoice imported", "Nothing was refused"):
        assert words in page
    for section in SECTIONS:
        assert len(file_of(admin, section)) == 1


def test_the_share_of_calls_without_a_price_stands_on_the_page(organization, admin):
    tell(organization, 3)
    rolled_up(organization)
    assert "3 of 3 calls have no price" in page_of(admin)
    assert file_of(admin, "shares")[1].endswith(",3,3,0,0")


def test_calls_told_late_and_again_are_counted_by_source(organization, gpt, admin):
    soon = timezone.now() - datetime.timedelta(minutes=5)
    calls = [told("a"), told("b", started_at=soon)]
    take_in(organization, calls)
    take_in(organization, calls)
    tally = IntakeTally.objects.get()

    assert (tally.accepted, tally.duplicates, tally.late) == (2, 2, 1)
    assert tally.most_late_s >= 3 * 3600
    assert "up to 3 hours late" in page_of(admin)
    assert file_of(admin, "late")[1].startswith("Usage API,2,2,1,")


def test_refused_lines_are_counted_by_reason_whatever_their_numbers(
    organization, gpt, admin
):
    entries = [
        Told(1, entry("a", input_tokens=-1)),
        Told(2, entry("b", input_tokens=-2)),
        Told(3, entry("c")),
    ]
    run_intake(organization, entries, call_of, on_reject=lambda one: None)
    refusal = IntakeRefusal.objects.get()

    assert (refusal.field, refusal.count) == ("input_tokens", 2)
    assert "is negative" in page_of(admin)


def test_records_rejected_on_this_machine_are_told_to_their_organisation_alone(
    organization, spool, admin
):
    mine = {"reason": "It overflows", "row": {"organization_id": organization.pk}}
    other = {"reason": "Secret", "row": {"organization_id": organization.pk + 1}}
    lines = [json.dumps(mine), json.dumps(other), "torn {", "[]"]
    (spool / "rejected.jsonl").write_text("\n".join(lines))

    assert rejected_reasons(organization.pk, spool) == {"It overflows": 1}
    page = page_of(admin)
    assert "It overflows" in page
    assert "Secret" not in page


def test_a_call_that_the_gateway_has_as_well_is_a_suspect(organization, gpt, admin):
    record(organization, provider_request_id="answer-1")
    record(organization, provider_request_id="answer-1", source=Source.IMPORT)
    record(organization, provider_request_id="answer-2", source=Source.IMPORT)
    TelemetryTally.objects.create(
        organization=organization,
        minute=timezone.now(),
        verdict="double",
        reason="The gateway has recorded it",
        count=4,
    )

    rows = file_of(admin, "twice")[1:]
    assert rows == [
        "Imported: the gateway recorded the same answer,1,True",
        "OpenTelemetry: The gateway has recorded it,4,False",
    ]


def test_an_invoice_stands_beside_what_is_recorded(organization, gpt, admin):
    today = timezone.now().astimezone(datetime.UTC).date()
    day = today - datetime.timedelta(days=2)
    moment = datetime.datetime.combine(day, datetime.time(12), datetime.UTC)
    other = AIModelFactory(model_name="gpt-other")
    for model in (gpt, gpt, other):
        record(organization, ai_model_id=model.pk, started_at=moment)
    rolled_up(organization)
    line(organization, day, usd=Decimal("0.004"), input_tokens=5000, output_tokens=600)
    line(organization, day, "gpt-unknown", usd=Decimal(7))
    found = {one.name: one for one in invoice_differences(organization, day, today)}

    same = found["openai/gpt-9"]
    assert same.ours_usd == Decimal("0.0020052")
    assert same.change_usd == Decimal("-0.0019948")
    assert same.percent == Decimal("-49.87")
    assert (same.ours_tokens, same.theirs_tokens) == (2 * 2748, 5600)
    assert found["openai/gpt-unknown"].note == NO_MODEL
    assert found["openai/gpt-unknown"].change_usd is None
    assert found["openai/gpt-other"].note == "not on the invoice"
    assert "openai/gpt-unknown" in page_of(admin)
    assert len(file_of(admin, "invoices")) == 4


def test_an_invoice_may_call_a_model_by_its_version_or_its_name(organization):
    mini = AIModelFactory(model_name="gpt-5-mini", name="GPT-5 mini")
    AIModelFactory(model_name="gpt-5-mini-2025-08-07", name="GPT-5 mini")
    day = timezone.now().astimezone(datetime.UTC).date()
    record(organization, ai_model_id=mini.pk)
    rolled_up(organization)
    line(organization, day, "gpt-5-mini-2025-08-07", usd=Decimal("0.0010026"))
    line(organization, day, "GPT-5 mini", usd=Decimal("0.0005"))
    (found,) = invoice_differences(organization, day, day)

    assert (found.name, found.ours_usd) == ("openai/gpt-5-mini", Decimal("0.0010026"))
    assert found.change_usd == Decimal("-0.0005")
    assert found.note == "invoiced as GPT-5 mini, gpt-5-mini-2025-08-07"


def test_a_whole_day_of_a_provider_is_compared_as_a_whole(organization, gpt):
    day = timezone.now().astimezone(datetime.UTC).date()
    record(organization, ai_model_id=gpt.pk)
    rolled_up(organization)
    line(organization, day, "", usd=Decimal("0.0010026"))
    (found,) = invoice_differences(organization, day, day)

    assert (found.name, found.change_usd) == ("openai/all models", 0)


def test_metrics_stand_beside_the_spans_of_their_model(organization, gpt, admin):
    now = timezone.now()
    facts = {"provider": "openai", "model": "gpt-9", "minute": now}
    for metric, total in (
        ("gen_ai.client.token.usage", 9000),
        ("gen_ai.client.operation.duration", 4.5),
    ):
        TelemetryMetric.objects.create(
            organization=organization, metric=metric, count=6, total=total, **facts
        )
    record(organization, ai_model_id=gpt.pk, source=Source.OTLP)
    start = now - datetime.timedelta(hours=1)
    (found,) = metrics_and_spans(
        organization, start, now + datetime.timedelta(minutes=1)
    )

    assert (found.metric_calls, found.span_calls) == (6, 1)
    assert (found.metric_tokens, found.span_tokens) == (9000, 2748)
    assert "openai/gpt-9" in page_of(admin)


def test_hours_that_did_not_add_up_are_listed(organization, admin):
    ReconcileFinding.objects.create(
        organization_id=organization.pk,
        hour=timezone.now(),
        found_at=timezone.now(),
        record_calls=12,
        rollup_calls=11,
        record_cost_usd=1,
        rollup_cost_usd=1,
    )
    assert file_of(admin, "hours")[1].endswith(",12,11")
    assert "summed up again: nothing to do" in page_of(admin)


def test_another_organisation_sees_nothing_of_it(organization, gpt):
    tell(organization, 3)
    line(organization, timezone.now().date(), usd=Decimal(7))
    stranger = Client()
    stranger.force_login(MembershipFactory().user)

    page = page_of(stranger)
    assert "No calls yet" in page
    assert "No invoice imported" in page
    assert len(file_of(stranger, "invoices")) == 1


@pytest.mark.parametrize("section", ["nothing", "Shares"])
def test_a_section_that_is_none_is_not_there(admin, section):
    assert admin.get(f"{PAGE}{section}.csv").status_code == 404
