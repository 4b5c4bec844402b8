"""The log of requests: one line a request, narrowed and paged in the address."""

import datetime
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from analytics.models import UsageRecord
from analytics.queries.calls import PAGE_SIZE
from analytics.usage_row import Outcome
from registry.models import ApiToken, Connection
from tests.analytics.calls import call, failed
from tests.analytics.records import record, stored, unsaved
from tests.factories import (
    AIModelFactory,
    FeatureFactory,
    OrganizationFactory,
    ProviderFactory,
    enabled_model,
)

LOG = "/requests/"
FRAGMENT = {"HX-Request": "true", "HX-Target": "requests-results"}
NOON = datetime.datetime(2026, 11, 21, 12, tzinfo=datetime.UTC)


def shown(response) -> list[uuid.UUID]:
    return [line.request_id for line in response.context["page"].lines]


def fallback(organization, **facts):
    """A request whose first model failed and whose second one answered."""
    request_id = uuid.uuid4()
    usual = {"organization_id": organization.pk, "request_id": request_id, **facts}
    first = stored(failed(started_at=NOON, ai_model_id=77_901, **usual))
    later = NOON + datetime.timedelta(milliseconds=300)
    stored(call(started_at=later, ai_model_id=77_902, attempt=2, **usual))
    return first


def test_a_line_tells_feature_model_outcome_time_and_cost(viewer, organization):
    ai_model = AIModelFactory(model_name="gpt-5-mini")
    feature = FeatureFactory(organization=organization, name="Support replies")
    record(organization, ai_model_id=ai_model.pk, feature_id=feature.pk)

    text = viewer.get(LOG).content.decode()

    for word in ("gpt-5-mini", "Support replies", "Answered", "1.48 s", "$0.001"):
        assert word in text


def test_a_request_is_one_line_with_all_its_attempts(viewer, organization):
    first = fallback(organization)

    response = viewer.get(LOG)

    [line] = response.context["page"].lines
    assert line.request_id == first.request_id
    assert (line.verdict.text, line.attempts) == ("Answered by a fallback", 2)
    assert (line.duration_ms, line.first_token_ms) == (1784, 1082)
    assert "2 attempts" in response.content.decode()


def test_what_has_no_price_is_not_shown_as_zero(viewer, organization):
    stored(failed(organization_id=organization.pk))
    fallback(organization)

    text = viewer.get(LOG).content.decode()

    assert ">unpriced</span>" in text
    assert "+ unpriced" in text
    assert "$0.00<" not in text


def test_an_organisation_sees_its_own(viewer, organization, stranger):
    own = record(organization)
    record(OrganizationFactory())

    assert shown(viewer.get(LOG)) == [own.request_id]
    assert "No request yet." in stranger.get(LOG).content.decode()


def test_the_first_visit_says_what_to_do(viewer):
    text = viewer.get(LOG).content.decode()

    assert "curl http://testserver/v1/chat/completions" in text
    assert "/settings/tokens/" in text


def test_a_visitor_signs_in_first(client, db):
    assert client.get(LOG).status_code == 302
    assert client.get(f"{LOG}{uuid.uuid4()}/").status_code == 302


def test_filters_leave_requests_with_an_attempt_that_matches(viewer, organization):
    feature = FeatureFactory(organization=organization)
    ai_model = enabled_model(organization)
    link = Connection.objects.create(
        organization=organization, provider=ProviderFactory(), label="Main"
    )
    token = ApiToken.objects.create(
        organization=organization, label="backend", digest="d", prefix="p"
    )
    wanted = record(
        organization,
        started_at=NOON,
        feature_id=feature.pk,
        ai_model_id=ai_model.pk,
        connection_id=link.pk,
        token_id=token.pk,
        outcome=Outcome.TRUNCATED,
    )
    record(organization, started_at=NOON - datetime.timedelta(days=3))

    for query in (
        {"feature": feature.key},
        {"model": ai_model.reference},
        {"connection": link.pk},
        {"token": token.pk},
        {"outcome": "truncated"},
        {"outcome": "not_ok"},
        {"request": str(wanted.request_id)},
        {"since": "2026-11-20"},
        {"since": "2026-11-21", "until": "2026-11-21"},
    ):
        assert shown(viewer.get(LOG, query)) == [wanted.request_id], query


def test_a_request_is_found_once_by_any_of_its_attempts(viewer, organization):
    AIModelFactory(pk=77_902, model_name="second")
    first = fallback(organization)

    by_model = viewer.get(LOG, {"model": "openai/second"})
    by_failure = viewer.get(LOG, {"outcome": "error"})

    assert shown(by_model) == shown(by_failure) == [first.request_id]
    assert by_model.context["page"].lines[0].attempts == 2


def test_a_range_counts_back_from_now(viewer, organization):
    now = datetime.datetime.now(datetime.UTC)
    recent = record(organization, started_at=now - datetime.timedelta(minutes=30))
    record(organization, started_at=now - datetime.timedelta(hours=2))

    response = viewer.get(LOG, {"range": "1h"})

    assert shown(response) == [recent.request_id]
    assert 'aria-current="true">1 h' in response.content.decode()


def test_a_filter_without_matches_says_so(viewer, organization):
    record(organization)

    text = viewer.get(LOG, {"request": str(uuid.uuid4())}).content.decode()

    assert "No request matches." in text


@pytest.mark.parametrize(
    "query",
    [
        {"feature": "of-others"},
        {"model": "openai/never"},
        {"model": "nonsense"},
        {"connection": "1"},
        {"connection": "x"},
        {"token": "99999999999999999999"},
        {"outcome": "fine"},
        {"range": "2y"},
        {"since": "2026-03-02", "until": "2026-03-01"},
        {"request": "12"},
        {"before": "x"},
        {"before": "2026-03-01T00:00:00_00000000000000000000000000000000"},
        {"feature": "\x00"},
    ],
)
def test_a_filter_that_makes_no_sense_is_refused(viewer, organization, query):
    FeatureFactory(key="of-others")
    record(organization)

    response = viewer.get(LOG, query)

    assert response.status_code == 422
    assert 'role="alert"' in response.content.decode()


def test_pages_follow_by_key_without_gap_or_repeat(viewer, organization):
    rows = [record(organization, started_at=NOON) for _ in range(PAGE_SIZE)]
    rows += [
        record(organization, started_at=NOON - datetime.timedelta(seconds=number))
        for number in range(1, PAGE_SIZE + 6)
    ]
    found, query = [], {}

    for _ in range(3):
        response = viewer.get(LOG, query, headers=FRAGMENT)
        found += shown(response)
        query = {"before": response.context["page"].older}
        record(organization, started_at=NOON + datetime.timedelta(hours=1))

    assert b"<html" not in response.content
    expected = sorted(rows, key=lambda row: (row.started_at, row.id), reverse=True)
    assert found == [row.request_id for row in expected]
    assert response.context["page"].older == ""


def test_the_page_asks_as_much_for_many_requests_as_for_few(viewer, organization):
    fallback(organization)
    with CaptureQueriesContext(connection) as few:
        viewer.get(LOG)
    for _ in range(20):
        fallback(organization)

    with CaptureQueriesContext(connection) as many:
        viewer.get(LOG)

    assert len(many) == len(few)
    assert len(few) < 20


def test_a_deep_page_reads_no_more_rows_than_the_first(viewer, organization):
    UsageRecord.objects.bulk_create(
        unsaved(
            call(
                organization_id=organization.pk,
                started_at=NOON - datetime.timedelta(seconds=number),
            )
        )
        for number in range(300)
    )
    query = {}
    for _ in range(5):
        query = {"before": viewer.get(LOG, query).context["page"].older}
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE analytics_usagerecord")
        cursor.execute("SET LOCAL enable_seqscan = off")

    with CaptureQueriesContext(connection) as asked:
        viewer.get(LOG, query, headers=FRAGMENT)

    [paged] = [one["sql"] for one in asked if "LIMIT 51" in one["sql"]]
    assert rows_read(paged) < 120


def rows_read(statement: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}")
        plan = cursor.fetchone()[0][0]["Plan"]
    return _scanned(plan)


def _scanned(node: dict) -> int:
    own = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
    below = sum(_scanned(child) for child in node.get("Plans", ()))
    return below if node.get("Plans") else own * node["Actual Loops"]


def test_days_and_times_are_those_of_the_organisation(viewer, organization):
    organization.time_zone = "America/Los_Angeles"
    organization.save()
    late = datetime.datetime(2026, 11, 2, 7, 30, tzinfo=datetime.UTC)
    made = record(organization, started_at=late)

    there = viewer.get(LOG, {"since": "2026-11-01", "until": "2026-11-01"})
    next_day = viewer.get(LOG, {"since": "2026-11-02"})
    text = there.content.decode()

    assert shown(there) == [made.request_id]
    assert shown(next_day) == []
    assert "1 Nov, 23:30:00" in text
    assert "times in America/Los_Angeles" in text


def test_the_first_and_the_last_day_there_is_are_no_error(viewer, organization):
    organization.time_zone = "Asia/Kolkata"
    organization.save()
    made = record(organization)

    response = viewer.get(LOG, {"since": "0001-01-01", "until": "9999-12-31"})

    assert shown(response) == [made.request_id]
