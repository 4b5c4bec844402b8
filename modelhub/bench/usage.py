"""Pages, questions and rollups over 90 days of usage, beside scans of its records."""

from __future__ import annotations

import datetime
import time
import zoneinfo
from collections.abc import Iterator
from typing import Any, Final

from django.db import connection
from django.test import Client
from django.utils import timezone

from analytics.models import UsageRecord
from analytics.queries.calls import Position
from analytics.queries.measures import measure as answer
from analytics.questions import Dimension, Question, Step
from analytics.recording.dirty_hours import mark_dirty
from analytics.services.day_rollups import close_days
from analytics.services.partitions import ensure_partitions
from analytics.services.rollup_rebuilding import mark_all_dirty
from analytics.services.rollups import build_hours, roll_up
from modelhub.bench.pages import Page, asker, signed_in_client
from modelhub.bench.timing import Measurement, measure
from modelhub.bench.usage_rows import DAYS, busy_hour, fill, make_organization
from registry.models import Feature, Organization

PAGE_TARGET_MS: Final = 100
WHAT_IF_TARGET_MS: Final = 1_000
LOG_TARGET_MS: Final = 50
HOUR_TARGET_MS: Final = 1_000
BUSY: Final = 100_000
UTC: Final = zoneinfo.ZoneInfo("UTC")
SCAN: Final = """
SELECT date_trunc('day', started_at, 'UTC'), ai_model_id, count(*), sum(cost_usd),
  sum(input_tokens), sum(output_tokens),
  percentile_cont(0.95) WITHIN GROUP (ORDER BY latency_ms)
FROM analytics_usagerecord
WHERE organization_id = %s AND started_at >= %s AND started_at < %s
GROUP BY 1, 2
"""


def measure_usage(runs: int, rows: int, said: Any) -> Iterator[Measurement]:
    """Needs models with prices. `said` is where the preparation is told of: it takes
    most of the time."""
    now = timezone.now()
    organization, models = make_organization()
    since = now - DAYS
    ensure_partitions(4, now=since)
    started = time.perf_counter()
    fill(organization, models, since, DAYS, rows)
    said.write(f"{rows:,} rows made in {time.perf_counter() - started:,.0f} s")
    started = time.perf_counter()
    hours = _sum_up(organization, now)
    taken = time.perf_counter() - started
    said.write(f"{hours:,} hours and their days summed up in {taken:,.0f} s")
    client = signed_in_client(organization)
    for page in [*_pages(), *_log_pages(organization, since)]:
        yield _page(client, page, runs)
    for days in (30, 90):
        yield _question(organization, now, days, runs)
    yield _busy_hour(organization, models, now, min(runs, 5))


def _sum_up(organization: Organization, now: datetime.datetime) -> int:
    mark_all_dirty(organization_id=organization.pk)
    built = roll_up(organization_id=organization.pk)
    close_days(organization, now=now)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return built


def _pages() -> list[Page]:
    month = [("range", "30d")]
    quarter = [("range", "90d"), ("split", "model"), ("split", "feature")]
    return [
        Page("Overview", "analytics:overview", target_ms=PAGE_TARGET_MS),
        Page("Analytics, 30 days", "analytics:usage", month, target_ms=PAGE_TARGET_MS),
        Page(
            "Analytics, 90 days, two splits",
            "analytics:usage",
            quarter,
            target_ms=PAGE_TARGET_MS,
        ),
        Page("What-if page", "analytics:what_if", target_ms=WHAT_IF_TARGET_MS),
    ]


def _log_pages(organization: Organization, since: datetime.datetime) -> Iterator[Page]:
    """The newest page of the log and one near its end, without and with filters."""
    feature = Feature.objects.filter(organization=organization).order_by("pk")[0]
    model = organization.model_settings.select_related("ai_model__provider")[0]
    deep = since + DAYS / 20
    last = UsageRecord.objects.filter(
        organization_id=organization.pk, started_at__gte=deep
    ).order_by("started_at")[0]
    cursor = Position(last.started_at, last.id).as_cursor()
    filters: dict[str, list[tuple[str, str]]] = {
        "": [],
        ", one feature": [("feature", feature.key)],
        ", one model": [("model", model.ai_model.reference)],
        ", not good": [("outcome", "not_ok")],
    }
    for name, chosen in filters.items():
        for depth, more in (("", []), (" near its end", [("before", cursor)])):
            yield Page(
                f"Request log{depth}{name}",
                "analytics:request_list",
                [*chosen, *more],
                target_ms=LOG_TARGET_MS,
            )


def _page(client: Client, page: Page, runs: int) -> Measurement:
    timing = measure(asker(client, page), runs=runs)
    return Measurement(page.name, timing, page.target_ms)


def _question(
    organization: Organization, now: datetime.datetime, days: int, runs: int
) -> Measurement:
    start = now - datetime.timedelta(days=days)
    question = Question(
        organization_id=organization.pk,
        start=start,
        end=now,
        zone=UTC,
        step=Step.DAY,
        split=(Dimension.MODEL,),
        with_histograms=True,
    )

    def scan() -> None:
        with connection.cursor() as cursor:
            cursor.execute(SCAN, [organization.pk, start, now])
            cursor.fetchall()

    timing = measure(lambda: answer(question), runs=runs)
    beside = measure(scan, runs=min(runs, 3), warm=1)
    ratio = beside.median_ms / timing.median_ms
    return Measurement(
        f"Question about {days} days",
        timing,
        beside="one scan of the records",
        beside_timing=beside,
        note=f"day, model, percentiles: {ratio:,.0f} times as quick",
    )


def _busy_hour(
    organization: Organization, models: list[int], now: datetime.datetime, runs: int
) -> Measurement:
    hour = busy_hour(now)
    fill(organization, models, hour, datetime.timedelta(hours=1), BUSY)

    def mark() -> None:
        with connection.cursor() as cursor:
            mark_dirty(cursor, [(organization.pk, hour)])

    timing = measure(
        lambda: build_hours(organization.pk, [hour]), runs=runs, warm=1, prepare=mark
    )
    return Measurement(f"Rollup of an hour of {BUSY:,} calls", timing, HOUR_TARGET_MS)
