"""How many spans a second are accepted, and stand in the table when they are."""

from __future__ import annotations

import http.client
import secrets
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from django.core.management import CommandError
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
)

from analytics.models import UsageRecord
from analytics.services.partitions import ensure_partitions
from analytics.usage_row import Source
from modelhub.bench.gateway_site import MODEL, PROVIDER, GatewaySite, gateway_site
from registry.models import Organization, TokenScope
from registry.services.api_tokens import create_token

BATCH: Final = 512
"""What exporters send at once by default."""
AT_ONCE: Final = 8
TARGET: Final = 5_000
WAIT_S: Final = 10.0
PATH: Final = "/otlp/v1/traces"


def measure_telemetry(spans: int) -> Iterator[str]:
    """One web process; `spans` are sent by eight exporters at once."""
    with gateway_site() as site:
        ensure_partitions()
        organization = Organization.objects.get(slug="gateway-bench")
        token = create_token(
            organization=organization,
            label="telemetry",
            scopes=[TokenScope.USAGE],
            actor=None,
        ).text
        _wait_for(site, token)
        _send(site, token, [_body(BATCH)])
        before = _stored(organization)
        bodies = [_body(BATCH) for _ in range(max(1, spans // BATCH))]
        started = time.perf_counter()
        with ThreadPoolExecutor(AT_ONCE) as threads:
            shares = [bodies[number::AT_ONCE] for number in range(AT_ONCE)]
            list(threads.map(lambda share: _send(site, token, share), shares))
        accepted_s = time.perf_counter() - started
        stored = _stored(organization) - before
        stored_s = time.perf_counter() - started
    sent = len(bodies) * BATCH
    yield (
        f"OTLP: {sent:,} spans accepted at {sent / accepted_s:,.0f} a second; "
        f"{stored:,} in the table at {stored / stored_s:,.0f} a second "
        f"(aim: {TARGET:,})"
    )
    if stored != sent:
        raise CommandError(f"{sent - stored:,} spans were accepted and are not there.")


def _stored(organization: Organization) -> int:
    rows = UsageRecord.objects.filter(organization_id=organization.pk)
    return rows.filter(source=Source.OTLP.value).count()


def _wait_for(site: GatewaySite, token: str) -> None:
    """Until the server knows the token."""
    until = time.monotonic() + WAIT_S
    while _post(site, token, b"") != 200:
        if time.monotonic() > until:
            raise CommandError("The server does not take telemetry.")
        time.sleep(0.05)


def _post(site: GatewaySite, token: str, body: bytes) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=60)
    try:
        return _ask(connection, token, body)
    finally:
        connection.close()


def _send(site: GatewaySite, token: str, bodies: Sequence[bytes]) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=60)
    for body in bodies:
        status = _ask(connection, token, body)
        if status != 200:
            raise CommandError(f"Spans were answered with {status}.")
    connection.close()


def _ask(connection: http.client.HTTPConnection, token: str, body: bytes) -> int:
    headers = {
        "Authorization": f"Bearer {token}",
        "Content-Type": "application/x-protobuf",
    }
    connection.request("POST", PATH, body, headers)
    answer = connection.getresponse()
    answer.read()
    return answer.status


def _body(count: int) -> bytes:
    """Chats with what an instrumentation tells, each with an answer of its own."""
    request = ExportTraceServiceRequest()
    group = request.resource_spans.add()
    service = group.resource.attributes.add()
    service.key, service.value.string_value = "service.name", "bench"
    scoped = group.scope_spans.add()
    words = {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": PROVIDER,
        "gen_ai.request.model": MODEL,
        "gen_ai.response.model": MODEL,
        "server.address": "api.example.com",
    }
    counts = {
        "gen_ai.usage.input_tokens": 1200,
        "gen_ai.usage.output_tokens": 150,
        "gen_ai.usage.cache_read.input_tokens": 800,
        "gen_ai.request.max_tokens": 1000,
    }
    now = time.time_ns()
    for _ in range(count):
        span = scoped.spans.add()
        span.trace_id, span.span_id = secrets.token_bytes(16), secrets.token_bytes(8)
        span.name = f"chat {MODEL}"
        span.start_time_unix_nano, span.end_time_unix_nano = now - 10**9, now
        told = {**words, "gen_ai.response.id": secrets.token_hex(12)}
        for name, word in told.items():
            pair = span.attributes.add()
            pair.key, pair.value.string_value = name, word
        for name, number in counts.items():
            pair = span.attributes.add()
            pair.key, pair.value.int_value = name, number
    return bytes(request.SerializeToString())
