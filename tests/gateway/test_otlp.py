"""OTLP over HTTP, against a running server."""

import gzip
import json
import secrets
import subprocess
import sys
import time

import httpx
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)

TRACES = "/otlp/v1/traces"
PROTOBUF = "application/x-protobuf"
JSON = "application/json"
SCRIPT = """
import sys
from opentelemetry import metrics, trace
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

model = sys.argv[1]
provider = TracerProvider()
provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
meters = MeterProvider([PeriodicExportingMetricReader(OTLPMetricExporter())])
histogram = meters.get_meter("test").create_histogram("gen_ai.client.token.usage")
tracer = provider.get_tracer("test")
with tracer.start_as_current_span("invoke_agent") as agent:
    agent.set_attribute("gen_ai.operation.name", "invoke_agent")
    for number in range(3):
        with tracer.start_as_current_span(f"chat {model}") as span:
            span.set_attributes({
                "gen_ai.operation.name": "chat",
                "gen_ai.provider.name": "openai",
                "gen_ai.request.model": model,
                "gen_ai.usage.input_tokens": 100,
                "gen_ai.usage.output_tokens": 10,
                "modelhub.feature": "chat",
            })
        histogram.record(100, {"gen_ai.token.type": "input",
                               "gen_ai.request.model": model})
provider.shutdown()
meters.shutdown()
"""


def chat(model: str, **attributes) -> dict:
    told = {"gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai"}
    told |= {"gen_ai.request.model": model, "gen_ai.usage.input_tokens": 7}
    told |= attributes
    now = time.time_ns()
    return {
        "traceId": secrets.token_hex(16),
        "spanId": secrets.token_hex(8),
        "name": "chat",
        "startTimeUnixNano": str(now - 10**9),
        "endTimeUnixNano": str(now),
        "attributes": [
            {"key": name, "value": {"intValue": str(value)}}
            if isinstance(value, int)
            else {"key": name, "value": {"stringValue": value}}
            for name, value in told.items()
            if value is not None
        ],
    }


def document(*spans: dict) -> dict:
    return {"resourceSpans": [{"scopeSpans": [{"spans": list(spans)}]}]}


def protobuf(*spans: dict) -> bytes:
    request = ExportTraceServiceRequest()
    group = request.resource_spans.add().scope_spans.add()
    for one in spans:
        span = group.spans.add()
        span.trace_id = bytes.fromhex(one["traceId"])
        span.span_id = bytes.fromhex(one["spanId"])
        span.start_time_unix_nano = int(one["startTimeUnixNano"])
        span.end_time_unix_nano = int(one["endTimeUnixNano"])
        for pair in one["attributes"]:
            found = span.attributes.add()
            found.key = pair["key"]
            for kind, value in pair["value"].items():
                if kind == "intValue":
                    found.value.int_value = int(value)
                else:
                    found.value.string_value = value
    return request.SerializeToString()


def post(
    site, body: bytes, kind: str = PROTOBUF, *, token="usage_only", path=TRACES, **more
) -> httpx.Response:
    headers = {"content-type": kind, "authorization": f"Bearer {site.tokens[token]}"}
    headers |= {name.replace("_", "-"): value for name, value in more.items()}
    return httpx.post(f"{site.url}{path}", content=body, headers=headers, timeout=20)


def stored(site, model: str) -> list[tuple]:
    return site.query(
        "SELECT input_tokens, source FROM analytics_usagerecord "
        f"WHERE model_name = 'openai/{model}'"
    )


@pytest.fixture
def model() -> str:
    """A model that only this test names."""
    return f"told-{secrets.token_hex(4)}"


def test_an_instrumented_script_needs_two_variables(gateway_site, model):
    environment = {
        "PATH": "/usr/bin",
        "OTEL_EXPORTER_OTLP_ENDPOINT": f"{gateway_site.url}/otlp",
        "OTEL_EXPORTER_OTLP_HEADERS": "Authorization=Bearer%20"
        + gateway_site.tokens["usage_only"],
        "OTEL_EXPORTER_OTLP_COMPRESSION": "gzip",
        "OTEL_SERVICE_NAME": "shop",
    }

    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, model],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )

    assert "rror" not in done.stderr
    assert stored(gateway_site, model) == [(100, "otlp")] * 3
    seen = gateway_site.query(
        f"SELECT count, total FROM analytics_telemetrymetric WHERE model = '{model}'"
    )
    assert seen == [(3, 300.0)]


def test_json_tells_the_same_as_protobuf(gateway_site, model):
    spans = [chat(model), chat(model)]

    first = post(gateway_site, json.dumps(document(*spans)).encode(), JSON)
    again = post(gateway_site, protobuf(*spans))

    assert (first.status_code, first.json()) == (200, {})
    assert (again.status_code, again.content) == (200, b"")
    assert stored(gateway_site, model) == [(7, "otlp")] * 2


def test_what_is_refused_is_counted_in_the_answer_and_the_rest_is_kept(
    gateway_site, model
):
    spans = [
        chat(model),
        chat(model, **{"gen_ai.request.model": None}),
        chat(model, **{"gen_ai.usage.input_tokens": -1}),
    ]

    answer = post(gateway_site, protobuf(*spans))

    said = ExportTraceServiceResponse.FromString(answer.content).partial_success
    assert (answer.status_code, said.rejected_spans) == (200, 2)
    assert "names no model" in said.error_message
    assert "negative" in said.error_message
    assert len(stored(gateway_site, model)) == 1


def test_a_packed_body_is_unpacked(gateway_site, model):
    body = gzip.compress(protobuf(chat(model)))

    assert post(gateway_site, body, content_encoding="gzip").status_code == 200
    assert len(stored(gateway_site, model)) == 1


def _cut() -> bytes:
    return gzip.compress(protobuf(chat("m")))[:-12]


def _bomb() -> bytes:
    return gzip.compress(bytes(80 * 2**20))


@pytest.mark.parametrize(
    ("body", "kind", "packing", "status"),
    [
        pytest.param(lambda: b"\xff\xfe\xfd", PROTOBUF, "", 400, id="garbage"),
        pytest.param(lambda: b"{]", JSON, "", 400, id="no json"),
        pytest.param(
            lambda: b'{"resourceSpans": [{"scopeSpans": 7}]}',
            JSON,
            "",
            400,
            id="wrong types",
        ),
        pytest.param(lambda: b'"\xff"', JSON, "", 400, id="no unicode"),
        pytest.param(_cut, PROTOBUF, "gzip", 400, id="truncated gzip"),
        pytest.param(lambda: b"plain", PROTOBUF, "gzip", 400, id="no gzip"),
        pytest.param(_bomb, PROTOBUF, "gzip", 413, id="gzip bomb"),
        pytest.param(lambda: b"", PROTOBUF, "br", 415, id="unknown packing"),
        pytest.param(lambda: b"", "text/plain", "", 415, id="unknown type"),
        pytest.param(lambda: b"", PROTOBUF, "", 200, id="nothing"),
    ],
)
def test_bad_bodies_get_a_clear_answer(gateway_site, body, kind, packing, status):
    more = {"content_encoding": packing} if packing else {}

    answer = post(gateway_site, body(), kind, **more)

    assert answer.status_code == status
    if status != 200:
        is_json = kind != PROTOBUF
        assert answer.headers["content-type"] == (JSON if is_json else PROTOBUF)
        if is_json:
            assert answer.json()["message"]
        else:
            # google.rpc.Status: a code, then a message.
            assert answer.content[0] == 0x08
            assert answer.content[2] == 0x12


@pytest.mark.parametrize(
    ("token", "status"), [("gateway_only", 403), ("feedback_only", 403)]
)
def test_a_token_needs_the_right_to_send_usage(gateway_site, token, status):
    assert post(gateway_site, b"", token=token).status_code == status


def test_nobody_sends_without_a_token(gateway_site):
    answer = httpx.post(f"{gateway_site.url}{TRACES}", headers={"content-type": JSON})

    assert answer.status_code == 401
    assert "Bearer" in answer.json()["message"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", TRACES, 405),
        ("POST", "/otlp/v1/logs", 404),
        ("POST", "/otlp/v1/spans", 404),
    ],
)
def test_other_addresses_say_what_is_there(gateway_site, method, path, status):
    answer = httpx.request(method, f"{gateway_site.url}{path}")

    assert answer.status_code == status
    assert answer.json()["message"]
