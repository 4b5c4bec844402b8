"""How things stand at this moment, as gauges: read when somebody asks, so that nobody
has to keep them up to date. What cannot be read is left out, never 0."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from typing import Any, Final

from django.conf import settings
from django.db import Error, connection
from django.db.models import Count, Min, Model
from django.utils import timezone
from kombu.connection import Connection
from kombu.exceptions import OperationalError
from prometheus_client.metrics_core import GaugeMetricFamily, Metric

from analytics.models import (
    AlertDelivery,
    BenchmarkRun,
    CapabilityProbe,
    DirtyHour,
    SampleLoad,
    UsageAdjustment,
    UsageImport,
)
from analytics.spool import backlog
from registry.circuit import Phase
from registry.models import CircuitState, DiscoveryRun

WAITING: Final[dict[str, tuple[type[Model], str, str]]] = {
    "alert": (AlertDelivery, "waiting", "next_try_at"),
    "adjustment": (UsageAdjustment, "waiting", "created_at"),
    "benchmark": (BenchmarkRun, "waiting", "created_at"),
    "discovery": (DiscoveryRun, "queued", "asked_at"),
    "import": (UsageImport, "waiting", "created_at"),
    "probe": (CapabilityProbe, "waiting", "created_at"),
    "sample": (SampleLoad, "queued", "asked_at"),
}
"""Work that waits for a worker, by kind: the table, the state, and since when."""
QUEUE: Final = "celery"
BROKER_SECONDS: Final = 2


def standing() -> Iterator[Metric]:
    for read in (_database, _queue, _spool):
        yield from read()


def _database() -> Iterator[Metric]:
    try:
        found = [one for read in _READINGS for one in read(timezone.now())]
    except Error:
        found = []
    yield _gauge("modelhub_database_up", "1 where the database answers.", bool(found))
    yield from found


def _jobs(now: datetime.datetime) -> Iterator[Metric]:
    count = GaugeMetricFamily(
        "modelhub_jobs_waiting", "Work that waits for a worker.", labels=["kind"]
    )
    age = GaugeMetricFamily(
        "modelhub_jobs_oldest_seconds", "How long the oldest waits.", labels=["kind"]
    )
    for kind, (model, state, since) in WAITING.items():
        rows = model._default_manager.filter(state=state)
        found = rows.aggregate(number=Count("pk"), oldest=Min(since))
        count.add_metric([kind], found["number"])
        age.add_metric([kind], _seconds(found["oldest"], now))
    return iter((count, age))


def _circuits(now: datetime.datetime) -> Iterator[Metric]:
    states = GaugeMetricFamily(
        "modelhub_circuits", "Circuit breakers by state.", labels=["state"]
    )
    counts = dict(
        CircuitState.objects.order_by().values_list("state").annotate(Count("pk"))
    )
    for phase in Phase:
        states.add_metric([phase.value], counts.get(phase.value, 0))
    yield states


def _ingestion(now: datetime.datetime) -> Iterator[Metric]:
    dirty = DirtyHour.objects.aggregate(number=Count("pk"), oldest=Min("marked_at"))
    yield _gauge(
        "modelhub_rollup_marks", "Hours whose sums are to be made.", dirty["number"]
    )
    yield _gauge(
        "modelhub_ingestion_lag_seconds",
        "How long the oldest recorded call waits to be summed up.",
        _seconds(dirty["oldest"], now),
    )


def _configuration(now: datetime.datetime) -> Iterator[Metric]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT last_value FROM registry_configuration_version")
        (version,) = cursor.fetchone()
    yield _gauge(
        "modelhub_configuration_version", "Newest version in the database.", version
    )


_READINGS: Final[tuple[Callable[[datetime.datetime], Iterator[Metric]], ...]] = (
    _jobs,
    _circuits,
    _ingestion,
    _configuration,
)


def _queue() -> Iterator[Metric]:
    try:
        # kombu is untyped.
        with Connection(  # type: ignore[no-untyped-call]
            settings.CELERY_BROKER_URL, connect_timeout=BROKER_SECONDS
        ) as broker:
            broker.ensure_connection(max_retries=1, interval_start=0)
            length = _messages(broker)
    except (OperationalError, OSError):
        yield _gauge("modelhub_broker_up", "1 where the broker answers.", False)
        return
    yield _gauge("modelhub_broker_up", "1 where the broker answers.", True)
    yield _gauge("modelhub_queue_messages", "Messages in the broker.", length)


def _messages(broker: Any) -> int:
    try:
        told = broker.default_channel.queue_declare(QUEUE, passive=True)
    except broker.channel_errors:
        # Nothing was ever sent, or Redis has let go of an empty list.
        return 0
    return int(told.message_count)


def _spool() -> Iterator[Metric]:
    if not settings.MODELHUB_SPOOL.is_dir():
        return
    waiting = backlog(settings.MODELHUB_SPOOL)
    yield _gauge(
        "modelhub_spool_bytes",
        "Calls on their way to the database.",
        waiting.size_bytes,
    )
    yield _gauge("modelhub_spool_files", "Files of the spool.", waiting.files)


def _gauge(name: str, text: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, text, value=float(value))


def _seconds(since: datetime.datetime | None, now: datetime.datetime) -> float:
    """0 where nothing waits, or is not due yet."""
    return max(0.0, (now - since).total_seconds()) if since else 0.0
