"""Prompts and answers are kept only when asked for, bounded, and for a while."""

import datetime

import pytest

from analytics.models import UsagePayload
from analytics.recording.calls import PAYLOAD_BYTES, Payload
from analytics.services.payloads import purge_payloads, purge_payloads_of
from tests.analytics.calls import call
from tests.analytics.records import keep_payload
from tests.factories import OrganizationFactory

NOW = datetime.datetime(2026, 11, 21, tzinfo=datetime.UTC)


@pytest.mark.django_db(transaction=True)
def test_a_payload_is_stored_beside_its_call(recording):
    organization = OrganizationFactory()
    row = call(organization_id=organization.pk)
    payload = Payload.of(b'{"messages": []}', "Gr\u00fc\x00\u00dfe", days=14)

    recording.record(row, payload)
    recording.record(row, payload)

    assert recording.flush()
    [kept] = UsagePayload.objects.all()
    assert (kept.request_id, kept.attempt) == (row.request_id, 1)
    assert (kept.request_text, kept.answer_text) == (
        '{"messages": []}',
        "Gr\u00fc\ufffd\u00dfe",
    )
    assert kept.expires_at - row.started_at == datetime.timedelta(days=14)
    assert not kept.is_truncated


def test_a_long_payload_is_cut_and_says_so():
    payload = Payload.of("x" * (PAYLOAD_BYTES + 1), b"short", days=1)

    assert (len(payload.request), payload.answer) == (PAYLOAD_BYTES, b"short")
    assert payload.is_truncated


def test_a_letter_that_was_cut_in_two_can_be_kept(organization):
    row = call(organization_id=organization.pk)

    kept = keep_payload(row, Payload.of("x" + "é" * PAYLOAD_BYTES, "", days=1))

    assert kept.request_text.endswith("é\ufffd")


def test_what_is_past_its_time_is_deleted(organization):
    for days_ago in (15, 14, 13):
        row = call(
            organization_id=organization.pk,
            started_at=NOW - datetime.timedelta(days=days_ago),
        )
        keep_payload(row, Payload.of("q", "a", days=14))

    assert purge_payloads(NOW) == 2
    assert purge_payloads(NOW) == 0
    assert UsagePayload.objects.count() == 1


def test_an_organisation_that_keeps_nothing_any_more_loses_its_own_alone(organization):
    other = OrganizationFactory()
    for one in (organization, other):
        keep_payload(call(organization_id=one.pk), Payload.of("q", "a", days=14))

    assert purge_payloads_of(organization.pk) == 1
    assert UsagePayload.objects.get().organization == other
