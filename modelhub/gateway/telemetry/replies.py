"""Answers as the OTLP specification wants them (opentelemetry.io/docs/specs/otlp/
#otlphttp-response): in the encoding of the request. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import msgspec
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceResponse,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceResponse,
)

PROTOBUF: Final = "application/x-protobuf"
JSON: Final = "application/json"
CODES: Final = {
    400: 3,
    401: 16,
    403: 7,
    404: 5,
    405: 12,
    413: 3,
    415: 3,
    429: 8,
    500: 13,
    503: 14,
}
"""google.rpc.Code by HTTP status: INVALID_ARGUMENT, UNAUTHENTICATED, …"""
LONGEST_MESSAGE: Final = 1000


@dataclass(frozen=True, slots=True)
class Rejected:
    """How many of what was sent were not taken, and why."""

    count: int = 0
    message: str = ""


def traces_reply(rejected: Rejected, *, is_json: bool) -> bytes:
    message = rejected.message[:LONGEST_MESSAGE]
    if is_json:
        return _json_reply("rejectedSpans", rejected.count, message)
    reply = ExportTraceServiceResponse()
    if rejected.count:
        reply.partial_success.rejected_spans = rejected.count
        reply.partial_success.error_message = message
    return bytes(reply.SerializeToString())


def metrics_reply(rejected: Rejected, *, is_json: bool) -> bytes:
    message = rejected.message[:LONGEST_MESSAGE]
    if is_json:
        return _json_reply("rejectedDataPoints", rejected.count, message)
    reply = ExportMetricsServiceResponse()
    if rejected.count:
        reply.partial_success.rejected_data_points = rejected.count
        reply.partial_success.error_message = message
    return bytes(reply.SerializeToString())


def status_reply(status: int, message: str, *, is_json: bool) -> bytes:
    """A google.rpc.Status. Its two fields are written by hand: no package that is
    needed otherwise has them."""
    code = CODES.get(status, 2)
    if is_json:
        return msgspec.json.encode({"code": code, "message": message})
    text = message.encode("utf-8", "replace")[:LONGEST_MESSAGE]
    return bytes((0x08, code, 0x12)) + _varint(len(text)) + text


def _json_reply(name: str, count: int, message: str) -> bytes:
    # 64-bit numbers are text in OTLP's JSON.
    said = {name: str(count), "errorMessage": message}
    return msgspec.json.encode({"partialSuccess": said} if count else {})


def _varint(number: int) -> bytes:
    found = bytearray()
    while number > 0x7F:
        found.append(number & 0x7F | 0x80)
        number >>= 7
    found.append(number)
    return bytes(found)
