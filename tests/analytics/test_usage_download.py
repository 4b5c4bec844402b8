"""The table and the series as files."""

import csv
import datetime
import io
import json
from decimal import Decimal

import pytest
from django.utils import timezone

from registry.cost import Cost, CostState
from tests.analytics.calls import UNPRICED
from tests.analytics.records import record
from tests.analytics.rolling import rolled_up
from tests.factories import FeatureFactory

TABLE = "/analytics/download/table"
SERIES = "/analytics/download/series"


@pytest.fixture
def used(organization):
    spend = Cost(CostState.COMPUTED, Decimal("0.000000000123"))
    trap = FeatureFactory(organization=organization, name="=cmd|' /C calc'!A0")
    record(organization, feature_id=trap.pk, cost=spend)
    record(organization, feature_id=None, cost=UNPRICED)
    rolled_up(organization)
    return organization


def text_of(response) -> str:
    return b"".join(response.streaming_content).decode()


def rows_of(response) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text_of(response))))


def test_the_table_is_a_csv_whose_amounts_lose_nothing(editor, used):
    response = editor.get(f"{TABLE}.csv", {"range": "7d", "split": "feature"})
    rows = rows_of(response)

    assert [row["cost_usd"] for row in rows] == ["0.000000000123", ""]
    assert [row["calls"] for row in rows] == ["1", "1"]
    assert rows[1]["feature"] == "No feature"


def test_a_name_cannot_become_a_formula(editor, used):
    rows = rows_of(editor.get(f"{TABLE}.csv", {"split": "feature"}))

    assert rows[0]["feature"].startswith("'=cmd")


def test_the_file_is_named_for_its_days(editor, used):
    today = timezone.now().date()
    first = today - datetime.timedelta(days=6)
    query = {"range": "7d", "split": ["model", "feature"], "step": "day"}

    table = editor.get(f"{TABLE}.csv", query)["Content-Disposition"]
    series = editor.get(f"{SERIES}.json", query)["Content-Disposition"]

    assert f'"usage-by-model-and-feature-{first}-to-{today}.csv"' in table
    assert f'"usage-by-model-and-feature-by-day-{first}-to-{today}.json"' in series


def test_the_series_tells_each_step_in_the_zone(editor, used):
    query = {"range": "7d", "split": "none", "step": "day", "tz": "Asia/Kolkata"}
    document = json.loads(text_of(editor.get(f"{SERIES}.json", query)))

    (row,) = document["rows"]
    assert row["start"].endswith("T00:00:00+05:30")
    assert (row["calls"], row["unpriced_calls"]) == (2, 1)
    assert document["time_zone"] == "Asia/Kolkata"
    assert document["total"]["cost_usd"] == "0.000000000123"


def test_what_makes_no_sense_is_no_file(editor, used):
    response = editor.get(f"{TABLE}.csv", {"tz": "Mars/Olympus"})

    assert response.status_code == 400
    assert "There is no time zone" in response.content.decode()


def test_other_formats_do_not_exist(editor):
    assert editor.get(f"{TABLE}.exe").status_code == 404
