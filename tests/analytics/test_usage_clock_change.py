"""Days of 25 and of 23 hours on the analytics page: each call is in one day, and the
days add up to the whole."""

import datetime
import json
from decimal import Decimal

import pytest

from registry.cost import Cost, CostState
from tests.analytics.records import record
from tests.analytics.rolling import rolled_up
from tests.factories import AIModelFactory

HALF_HOUR = datetime.timedelta(minutes=30)


@pytest.fixture
def spent(organization):
    """A dollar in the middle of every half hour, from a day before the clocks change in
    Los Angeles to a day after it."""
    model = AIModelFactory(model_name="large")
    start = datetime.datetime(2026, 10, 31, 0, 15, tzinfo=datetime.UTC)
    for number in range(4 * 48):
        at = start + number * HALF_HOUR
        cost = Cost(CostState.COMPUTED, Decimal(1))
        record(organization, ai_model_id=model.pk, cost=cost, started_at=at)
    rolled_up(organization)
    return organization


@pytest.mark.parametrize(
    ("zone", "hours"),
    [
        ("America/Los_Angeles", {"2026-10-31": 24, "2026-11-01": 25, "2026-11-02": 24}),
        ("Asia/Kolkata", {"2026-10-31": 24 - 5.5, "2026-11-01": 24, "2026-11-02": 24}),
        ("UTC", {"2026-10-31": 24, "2026-11-01": 24, "2026-11-02": 24}),
    ],
    ids=["los-angeles", "kolkata", "utc"],
)
def test_each_day_has_the_calls_of_its_hours(editor, spent, zone, hours):
    state = {"range": "custom", "since": "2026-10-31", "until": "2026-11-02"}
    state["tz"] = zone
    response = editor.get("/analytics/download/series.json", {**state, "step": "day"})

    rows = json.loads(b"".join(response.streaming_content))["rows"]
    days = {row["start"][:10]: Decimal(row["cost_usd"]) for row in rows}
    assert days == {day: Decimal(2 * number) for day, number in hours.items()}
    table = editor.get("/analytics/", state).context["table"]
    assert table.total.reading.sums.cost_usd == sum(days.values())
