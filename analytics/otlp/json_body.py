"""OTLP in JSON: ids in hexadecimal, 64-bit numbers as text, names in camelCase, unknown
fields passed over (opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding). Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Final

import msgspec

from analytics.otlp.points import Point
from analytics.otlp.protobuf import ERROR, TEMPORALITIES
from analytics.otlp.spans import Span, SpanEvent, Value, is_content
from analytics.otlp.undecodable import Undecodable

HEX: Final = re.compile(r"[0-9a-f]*\Z")
WORDS: Final = {
    "AGGREGATION_TEMPORALITY_DELTA": 1,
    "AGGREGATION_TEMPORALITY_CUMULATIVE": 2,
}


class Struct(msgspec.Struct, rename="camel"):
    pass


class Values(Struct):
    values: list[AnyValue] = []


class AnyValue(Struct):
    string_value: str | None = None
    int_value: int | None = None
    double_value: float | None = None
    bool_value: bool | None = None
    array_value: Values | None = None

    def plain(self) -> Value | None:
        if self.array_value is not None:
            return tuple(one.plain() for one in self.array_value.values)
        for value in (self.string_value, self.bool_value, self.int_value):
            if value is not None:
                return value
        return self.double_value


class Pair(Struct):
    key: str = ""
    value: AnyValue = msgspec.field(default_factory=AnyValue)


class Resource(Struct):
    attributes: list[Pair] = []


class Scope(Struct):
    name: str = ""


class Event(Struct):
    time_unix_nano: int = 0
    name: str = ""
    attributes: list[Pair] = []


class Status(Struct):
    code: int | str = 0
    message: str = ""


class SpanBody(Struct):
    trace_id: str = ""
    span_id: str = ""
    parent_span_id: str = ""
    name: str = ""
    start_time_unix_nano: int = 0
    end_time_unix_nano: int = 0
    attributes: list[Pair] = []
    events: list[Event] = []
    status: Status = msgspec.field(default_factory=Status)


class ScopeSpans(Struct):
    scope: Scope = msgspec.field(default_factory=Scope)
    spans: list[SpanBody] = []


class ResourceSpans(Struct):
    resource: Resource = msgspec.field(default_factory=Resource)
    scope_spans: list[ScopeSpans] = []


class TraceBody(Struct):
    resource_spans: list[ResourceSpans] = []


class NumberPoint(Struct):
    attributes: list[Pair] = []
    start_time_unix_nano: int = 0
    time_unix_nano: int = 0
    count: int = 0
    sum: float = 0.0
    as_int: int | None = None
    as_double: float | None = None


class MetricData(Struct):
    data_points: list[NumberPoint] = []
    aggregation_temporality: int | str = 0


class MetricBody(Struct):
    name: str = ""
    unit: str = ""
    histogram: MetricData | None = None
    exponential_histogram: MetricData | None = None
    sum: MetricData | None = None


class ScopeMetrics(Struct):
    scope: Scope = msgspec.field(default_factory=Scope)
    metrics: list[MetricBody] = []


class ResourceMetrics(Struct):
    resource: Resource = msgspec.field(default_factory=Resource)
    scope_metrics: list[ScopeMetrics] = []


class MetricsBody(Struct):
    resource_metrics: list[ResourceMetrics] = []


@cache
def _traces() -> msgspec.json.Decoder[TraceBody]:
    return msgspec.json.Decoder(TraceBody, strict=False)


@cache
def _metrics() -> msgspec.json.Decoder[MetricsBody]:
    return msgspec.json.Decoder(MetricsBody, strict=False)


def spans_of(body: bytes) -> list[Span]:
    """Raises Undecodable."""
    try:
        document = _traces().decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Undecodable(f"This is no OTLP JSON: {error}") from error
    found: list[Span] = []
    for group in document.resource_spans:
        resource, _ = _attributes(group.resource.attributes)
        for scoped in group.scope_spans:
            found += [_span(one, resource, scoped.scope.name) for one in scoped.spans]
    return found


def points_of(body: bytes) -> list[Point]:
    """Histogram and sum points of all metrics. Raises Undecodable."""
    try:
        document = _metrics().decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Undecodable(f"This is no OTLP JSON: {error}") from error
    return [
        point
        for group in document.resource_metrics
        for scoped in group.scope_metrics
        for metric in scoped.metrics
        for point in _points(metric, group.resource, scoped.scope.name)
    ]


def _span(one: SpanBody, resource: dict[str, Value], scope: str) -> Span:
    attributes, content = _attributes(one.attributes)
    return Span(
        _id(one.trace_id),
        _id(one.span_id),
        _id(one.parent_span_id),
        one.name,
        one.start_time_unix_nano,
        one.end_time_unix_nano,
        attributes,
        resource,
        scope,
        one.status.code in (ERROR, "STATUS_CODE_ERROR"),
        one.status.message,
        [
            SpanEvent(
                event.name, event.time_unix_nano, _attributes(event.attributes)[0]
            )
            for event in one.events
        ],
        content,
    )


def _id(text: str) -> str:
    """In lower case; empty for what is no hexadecimal, which is refused later."""
    lower = text.lower()
    return lower if HEX.match(lower) else ""


def _attributes(pairs: Iterable[Pair]) -> tuple[dict[str, Value], int]:
    found: dict[str, Value] = {}
    content = 0
    for pair in pairs:
        if is_content(pair.key):
            content += 1
        elif (value := pair.value.plain()) is not None:
            found[pair.key] = value
    return found, content


def _points(metric: MetricBody, resource: Resource, scope: str) -> Iterator[Point]:
    data = metric.histogram or metric.exponential_histogram or metric.sum
    if data is None:
        return
    said = data.aggregation_temporality
    number = WORDS.get(said, 0) if isinstance(said, str) else said
    for point in data.data_points:
        yield Point(
            metric=metric.name,
            unit=metric.unit,
            temporality=TEMPORALITIES.get(number, ""),
            attributes=_attributes(point.attributes)[0],
            resource=_attributes(resource.attributes)[0],
            scope=scope,
            start_ns=point.start_time_unix_nano,
            time_ns=point.time_unix_nano,
            count=point.count,
            total=point.sum or point.as_double or point.as_int or 0.0,
        )
