"""The daily table: day by day what each model did for each feature, as a page and as a
file."""

import csv
import datetime
import io
import json
from decimal import Decimal

import pytest

from analytics.services.feedback import record_feedback
from registry.cost import Cost, CostState
from tests.analytics.calls import UNPRICED, failed
from tests.analytics.records import record, stored
from tests.analytics.rolling import rolled_up
from tests.factories import AIModelFactory, FeatureFactory

PAGE = "/analytics/daily/"
FILE = "/analytics/daily/download"
RANGE = {"since": "2026-11-09", "until": "2026-11-10"}


def at(day: int, hour: int = 12) -> datetime.datetime:
    return datetime.datetime(2026, 11, day, hour, tzinfo=datetime.UTC)


def costing(dollars: str) -> Cost:
    return Cost(CostState.COMPUTED, Decimal(dollars))


@pytest.fixture
def used(organization):
    """On the 9th one good and one failed call of chat; late on the 10th another model
    without a feature or a price."""
    large, small = (AIModelFactory(model_name=name) for name in ("large", "small"))
    chat = FeatureFactory(organization=organization, name="Chat", key="chat")
    what = {"ai_model_id": large.pk, "feature_id": chat.pk}
    good = record(
        organization, started_at=at(9), cost=costing("2"), latency_ms=1500, **what
    )
    record_feedback(
        organization=organization,
        request_id=good.request_id,
        score=0.5,
        name="confidence",
    )
    stored(failed(organization_id=organization.pk, started_at=at(9), **what))
    late = {"ai_model_id": small.pk, "feature_id": None, "cost": UNPRICED}
    record(organization, started_at=at(10, 23), latency_ms=100, **late)
    rolled_up(organization)
    return organization


def rows_of(response) -> list[tuple[str, str, str]]:
    return [
        (row.date.isoformat(), row.model.reference, row.feature.label)
        for row in response.context["page"].rows
    ]


def text_of(response) -> str:
    return b"".join(response.streaming_content).decode()


def test_a_row_tells_success_time_confidence_requests_and_cost(viewer, used):
    response = viewer.get(PAGE, RANGE)
    text = " ".join(response.content.decode().split())

    assert rows_of(response) == [
        ("2026-11-10", "openai/small", "No feature"),
        ("2026-11-09", "openai/large", "Chat"),
    ]
    for words in ("50.0%", "1.50 s", "0.50", "$2.00", "1 not priced"):
        assert words in text


def test_the_total_is_of_all_rows(viewer, used):
    response = viewer.get(PAGE, RANGE)

    assert response.context["whole"].cost_usd == 2
    assert response.context["page"].whole.calls == 3
    assert "Total of 2 rows" in response.content.decode()


def test_days_begin_at_midnight_in_the_zone_that_was_asked_for(viewer, used):
    here = viewer.get(PAGE, RANGE | {"tz": "Asia/Kolkata"})

    assert rows_of(here) == [("2026-11-09", "openai/large", "Chat")]


def test_rows_are_narrowed_and_sorted_by_the_address(viewer, used):
    only = viewer.get(PAGE, RANGE | {"feature": "chat"})
    slowest = viewer.get(PAGE, RANGE | {"sort": "time"})
    quickest = viewer.get(PAGE, RANGE | {"sort": "-time"})
    unknown_last = viewer.get(PAGE, RANGE | {"sort": "-cost"})

    assert [row[2] for row in rows_of(only)] == ["Chat"]
    assert [row[2] for row in rows_of(slowest)] == ["Chat", "No feature"]
    assert [row[2] for row in rows_of(quickest)] == ["No feature", "Chat"]
    assert [row[2] for row in rows_of(unknown_last)] == ["Chat", "No feature"]


def test_a_page_that_is_not_there_is_the_nearest(viewer, used):
    for word in ("0", "99", "x", "²"):
        assert len(rows_of(viewer.get(PAGE, RANGE | {"page": word}))) == 2


def test_what_is_wrong_is_said_and_the_rest_is_shown(viewer, used):
    response = viewer.get(PAGE, {"range": "7d", "tz": "Mars/Olympus"})

    assert response.status_code == 422
    assert "Mars/Olympus" in response.content.decode()
    assert viewer.get(f"{FILE}.csv", {"tz": "Mars/Olympus"}).status_code == 400


def test_five_years_are_told_to_be_cut_on_the_page(viewer, used):
    query = {"since": "2022-01-01", "until": "2026-11-10"}
    response = viewer.get(PAGE, query)

    assert "shows the last 400 days" in response.content.decode()
    assert len(text_of(viewer.get(f"{FILE}.csv", query)).splitlines()) == 3


def test_a_new_organisation_is_told_what_to_do(viewer):
    text = viewer.get(PAGE).content.decode()

    assert "No calls yet." in text
    assert "download.csv" not in text


def test_days_without_calls_say_so(viewer, used):
    query = {"since": "2020-01-01", "until": "2020-01-02"}

    assert "No calls in these days." in viewer.get(PAGE, query).content.decode()


def test_the_files_have_every_digit_and_the_organisation(viewer, used):
    lines = text_of(viewer.get(f"{FILE}.csv", RANGE))
    rows = list(csv.DictReader(io.StringIO(lines)))
    documents = json.loads(text_of(viewer.get(f"{FILE}.json", RANGE)))

    assert [row["date"] for row in rows] == ["2026-11-09", "2026-11-10"]
    assert [row["cost_usd"] for row in rows] == ["2", ""]
    assert {row["organization"] for row in rows} == {used.name}
    assert documents[0]["confidence_mean"] == 0.5
    assert documents[0]["latency_mean_ms"] == 1500
    assert documents[1]["cost_usd"] is None
