"""OTLP in protobuf. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from google.protobuf.message import DecodeError
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
)
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.metrics.v1.metrics_pb2 import Metric as MetricMessage
from opentelemetry.proto.trace.v1.trace_pb2 import Span as SpanMessage

from analytics.otlp.points import CUMULATIVE, DELTA, Point
from analytics.otlp.spans import Span, SpanEvent, Value, is_content
from analytics.otlp.undecodable import Undecodable

ERROR: Final = 2
"""STATUS_CODE_ERROR."""
TEMPORALITIES: Final = {1: DELTA, 2: CUMULATIVE}


def spans_of(body: bytes) -> list[Span]:
    """Raises Undecodable."""
    request = ExportTraceServiceRequest()
    try:
        request.ParseFromString(body)
    except DecodeError as error:
        raise Undecodable("This is no ExportTraceServiceRequest.") from error
    found: list[Span] = []
    for group in request.resource_spans:
        resource, _ = _attributes(group.resource.attributes)
        for scoped in group.scope_spans:
            scope = scoped.scope.name
            found += [_span(one, resource, scope) for one in scoped.spans]
    return found


def points_of(body: bytes) -> list[Point]:
    """Histogram and sum points of all metrics. Raises Undecodable."""
    request = ExportMetricsServiceRequest()
    try:
        request.ParseFromString(body)
    except DecodeError as error:
        raise Undecodable("This is no ExportMetricsServiceRequest.") from error
    found: list[Point] = []
    for group in request.resource_metrics:
        resource, _ = _attributes(group.resource.attributes)
        for scoped in group.scope_metrics:
            for metric in scoped.metrics:
                found += _points(metric, resource, scoped.scope.name)
    return found


def _span(one: SpanMessage, resource: dict[str, Value], scope: str) -> Span:
    attributes, content = _attributes(one.attributes)
    status = one.status
    return Span(
        one.trace_id.hex(),
        one.span_id.hex(),
        one.parent_span_id.hex(),
        one.name,
        one.start_time_unix_nano,
        one.end_time_unix_nano,
        attributes,
        resource,
        scope,
        status.code == ERROR,
        status.message,
        [
            SpanEvent(
                event.name, event.time_unix_nano, _attributes(event.attributes)[0]
            )
            for event in one.events
        ],
        content,
    )


def _attributes(pairs: Iterable[KeyValue]) -> tuple[dict[str, Value], int]:
    """The attributes by name, and how many were left out as content."""
    found: dict[str, Value] = {}
    content = 0
    for pair in pairs:
        name = pair.key
        if is_content(name):
            content += 1
            continue
        value = _value(pair.value)
        if value is not None:
            found[name] = value
    return found, content


def _value(value: AnyValue) -> Value | None:
    kind = value.WhichOneof("value")
    if kind == "string_value":
        return value.string_value
    if kind == "array_value":
        return tuple(_value(one) for one in value.array_value.values)
    # Maps and bytes mean nothing in any vocabulary that is read here.
    if kind in ("int_value", "double_value", "bool_value"):
        plain: Value = getattr(value, kind)
        return plain
    return None


def _points(
    metric: MetricMessage, resource: dict[str, Value], scope: str
) -> Iterator[Point]:
    kind = metric.WhichOneof("data")
    if kind not in ("histogram", "exponential_histogram", "sum"):
        return
    data = getattr(metric, kind)
    temporality = TEMPORALITIES.get(data.aggregation_temporality, "")
    for point in data.data_points:
        is_sum = kind == "sum"
        yield Point(
            metric=metric.name,
            unit=metric.unit,
            temporality=temporality,
            attributes=_attributes(point.attributes)[0],
            resource=resource,
            scope=scope,
            start_ns=point.start_time_unix_nano,
            time_ns=point.time_unix_nano,
            count=0 if is_sum else point.count,
            total=(point.as_double or point.as_int) if is_sum else point.sum,
        )
