"""Points of metrics become minutes beside what spans told."""

import dataclasses
import time

import pytest

from analytics.models import TelemetryMetric, UsageRecord
from analytics.otlp.points import CUMULATIVE, DELTA, Point
from analytics.services.telemetry_metrics import receive_points

pytestmark = pytest.mark.django_db
NOW = time.time_ns() - 60 * 10**9


def point(count: int, at_s: int = 0, **facts) -> Point:
    usual = {
        "metric": "gen_ai.client.token.usage",
        "unit": "{token}",
        "temporality": CUMULATIVE,
        "attributes": {
            "gen_ai.token.type": "input",
            "gen_ai.request.model": "gpt-9",
            "gen_ai.provider.name": "openai",
        },
        "resource": {"service.name": "shop"},
        "scope": "test",
        "start_ns": NOW - 10**9,
        "time_ns": NOW + at_s * 10**9,
        "count": count,
        "total": count * 100.0,
    }
    return Point(**{**usual, **facts})


def totals() -> tuple[int, float]:
    rows = TelemetryMetric.objects.values_list("count", "total")
    return sum(row[0] for row in rows), sum(row[1] for row in rows)


def test_a_cumulative_series_counts_each_call_once(organization):
    for one in (point(2), point(2), point(5, 10)):
        receive_points(organization, [one])

    assert totals() == (5, 500.0)
    row = TelemetryMetric.objects.first()
    assert (row.provider, row.model, row.token_type) == ("openai", "gpt-9", "input")
    assert row.service == "shop"


def test_a_restart_between_two_requests_loses_and_repeats_nothing(organization):
    receive_points(organization, [point(5)])
    receive_points(organization, [point(3, 20, start_ns=NOW + 10**9)])

    assert totals() == (8, 800.0)


def test_delta_points_are_added_up(organization):
    points = [point(2, 0, temporality=DELTA), point(3, 10, temporality=DELTA)]

    receive_points(organization, points)
    again = receive_points(organization, points)

    assert totals() == (5, 500.0)
    assert again.repeated == 2


def test_metrics_never_become_calls(organization):
    receive_points(organization, [point(5)])

    assert not UsageRecord.objects.exists()


@pytest.mark.parametrize(
    ("facts", "word"),
    [
        ({"temporality": ""}, "delta or cumulative"),
        ({"count": -1}, "negative"),
        ({"total": float("nan")}, "negative or absurd"),
        ({"time_ns": 2**63 - 1}, "check the clock"),
    ],
)
def test_points_that_make_no_sense_are_refused(organization, facts, word):
    counted = receive_points(organization, [dataclasses.replace(point(1), **facts)])

    assert counted.refused == 1
    assert word in counted.reason
    assert totals() == (0, 0)


def test_metrics_of_something_else_are_ignored(organization):
    other = point(1, metric="http.server.duration")

    assert receive_points(organization, [other]).ignored == 1
