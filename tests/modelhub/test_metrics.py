"""`/metrics` adds up what all processes counted, and says how things stand."""

import datetime
import os
import subprocess
import sys
import uuid
from decimal import Decimal

import pytest
from django.db import OperationalError, connections
from prometheus_client.parser import text_string_to_metric_families

from analytics.call_counting import note_call
from analytics.models import DirtyHour, UsageImport
from analytics.usage_row import Outcome, UsageRow
from registry import instruments
from registry.cost import Cost, CostState
from registry.usage import Usage
from tests.factories import AIModelFactory
from tests.modelhub.embedding import REPOSITORY

PATH = "/metrics"
COUNTING = """
import os, sys
os.environ["PROMETHEUS_MULTIPROC_DIR"] = sys.argv[1]
from registry.instruments import counted, counter, gauge
counted(lambda: counter("modelhub_http_requests", "x", ("area", "method", "status"))
        .labels("v1", "POST", "299").inc(float(sys.argv[2])))
counted(lambda: gauge("modelhub_process_snapshot_version", "x").set(5))
print(os.getpid())
"""


def samples(client, **request) -> dict[tuple, float]:
    response = client.get(PATH, **request)
    assert response.status_code == 200, response.content
    return {
        (one.name, *sorted(one.labels.items())): one.value
        for family in text_string_to_metric_families(response.content.decode())
        for one in family.samples
    }


def call(organization, model, **facts) -> UsageRow:
    usual = {
        "id": uuid.uuid4(),
        "request_id": uuid.uuid4(),
        "attempt": 1,
        "started_at": datetime.datetime(2026, 11, 1, tzinfo=datetime.UTC),
        "organization_id": organization.pk,
        "ai_model_id": model.pk,
        "connection_id": None,
        "cost": Cost(CostState.COMPUTED, Decimal("0.25")),
        "outcome": Outcome.OK,
        "usage": Usage(input_tokens=10, output_tokens=4),
        "latency_ms": 1_500.0,
    }
    return UsageRow(**{**usual, **facts})


def test_calls_are_counted_with_names_cost_tokens_and_time(client, organization):
    model = AIModelFactory()
    for _ in range(2):
        note_call(call(organization, model))
    note_call(
        call(
            organization,
            model,
            cost=Cost(CostState.UNPRICED, None),
            outcome=Outcome.ERROR,
            usage=None,
            latency_ms=None,
        )
    )

    found = samples(client)

    who = (("model", model.reference), ("organization", organization.slug))
    counted = ("modelhub_calls_total", *who)
    assert found[(*counted, ("outcome", "ok"), ("source", "gateway"))] == 2
    assert found[(*counted, ("outcome", "error"), ("source", "gateway"))] == 1
    assert found[("modelhub_cost_usd_total", *who)] == 0.5
    assert found[("modelhub_calls_unpriced_total", *who)] == 1
    tokens = {
        key[1][1]: value
        for key, value in found.items()
        if key[0] == "modelhub_tokens_total" and who[0] in key and who[1] in key
    }
    assert tokens == {"input": 20, "output": 8}
    duration = "modelhub_call_duration_seconds"
    assert found[(f"{duration}_count", *who)] == 2
    assert found[(f"{duration}_bucket", ("le", "1.0"), *who)] == 0
    assert found[(f"{duration}_bucket", ("le", "2.5"), *who)] == 2


def test_processes_are_added_up_and_the_dead_keep_their_counts(client, db):
    for number in ("2", "3"):
        subprocess.run(
            [sys.executable, "-c", COUNTING, str(instruments.folder()), number],
            cwd=REPOSITORY,
            env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"},
            check=True,
            timeout=60,
        )

    found = samples(client)

    area = (("area", "v1"), ("method", "POST"), ("status", "299"))
    assert found[("modelhub_http_requests_total", *area)] == 5
    # Of the living alone.
    assert not [key for key in found if "modelhub_process_snapshot_version" in key]


def test_work_that_waits_has_a_number_and_an_age(client, organization, broker):
    now = datetime.datetime.now(datetime.UTC)
    ago = now - datetime.timedelta(hours=2)
    DirtyHour.objects.create(organization_id=organization.pk, hour=ago, marked_at=ago)
    UsageImport.objects.create(
        organization=organization, key=uuid.uuid4(), size_bytes=1, state="waiting"
    )
    UsageImport.objects.update(created_at=ago)

    found = samples(client)

    assert found[("modelhub_database_up",)] == 1
    assert found[("modelhub_broker_up",)] == 1
    assert found[("modelhub_queue_messages",)] == 0
    assert found[("modelhub_rollup_marks",)] == 1
    assert found[("modelhub_ingestion_lag_seconds",)] >= 7_200
    assert found[("modelhub_jobs_waiting", ("kind", "import"))] == 1
    assert found[("modelhub_jobs_oldest_seconds", ("kind", "import"))] >= 7_200
    assert found[("modelhub_jobs_waiting", ("kind", "benchmark"))] == 0
    assert found[("modelhub_circuits", ("state", "open"))] == 0
    assert found[("modelhub_configuration_version",)] > 0


def test_without_database_and_broker_it_says_so(client, db, settings, monkeypatch):
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"

    def away(*_args, **_kwargs):
        raise OperationalError("connection refused")

    with monkeypatch.context() as patched:
        patched.setattr(connections["default"], "cursor", away)
        found = samples(client)

    assert found[("modelhub_database_up",)] == 0
    assert found[("modelhub_broker_up",)] == 0
    assert ("modelhub_queue_messages",) not in found
    assert ("modelhub_rollup_marks",) not in found


@pytest.mark.parametrize(
    "request_",
    [
        {"REMOTE_ADDR": "203.0.113.7"},
        {"REMOTE_ADDR": ""},
        {"REMOTE_ADDR": "127.0.0.1", "headers": {"X-Forwarded-For": "203.0.113.7"}},
        {"REMOTE_ADDR": "127.0.0.1", "headers": {"Forwarded": "for=203.0.113.7"}},
    ],
)
def test_from_elsewhere_it_is_closed(client, request_):
    response = client.get(PATH, **request_)

    assert response.status_code == 403
    assert "METRICS_TOKEN" in response.content.decode()


def test_with_a_token_it_is_open_to_whoever_has_it(client, db, settings):
    settings.METRICS_TOKEN = "only-for-prometheus"

    for said in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "Bearer é"}):
        assert client.get(PATH, headers=said).status_code == 403
    assert samples(
        client,
        REMOTE_ADDR="203.0.113.7",
        headers={"Authorization": "Bearer only-for-prometheus"},
    )


def test_a_full_disk_costs_numbers_and_no_call(organization, monkeypatch):
    def full(*_args) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr("analytics.call_counting._note", full)

    note_call(call(organization, AIModelFactory()))


def test_metrics_are_for_reading(client):
    assert client.post(PATH).status_code == 405
