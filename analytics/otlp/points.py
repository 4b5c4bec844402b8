"""A point of a metric, and what it adds to what was told before. Pure."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

import msgspec

from analytics.otlp.spans import Attributes

DELTA: Final = "delta"
CUMULATIVE: Final = "cumulative"


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """`count` observations with the sum `total`, since `start_ns` (cumulative) or
    since the point before (delta), as of `time_ns`."""

    metric: str
    unit: str
    temporality: str
    attributes: Attributes
    resource: Attributes
    scope: str
    start_ns: int
    time_ns: int
    count: int
    total: float

    def series(self) -> str:
        """What tells this series of points from any other: a digest."""
        told = (
            *(self.metric, self.unit, self.temporality, self.scope),
            *(sorted(self.attributes.items()), sorted(self.resource.items())),
        )
        return hashlib.sha256(msgspec.json.encode(told)).hexdigest()[:40]


@dataclass(frozen=True, slots=True)
class Last:
    """What a series had told by `time_ns`. Of a delta series only times matter."""

    start_ns: int
    time_ns: int
    count: int
    total: float


@dataclass(frozen=True, slots=True)
class Added:
    count: int
    total: float


def added_by(point: Point, last: Last | None) -> Added | None:
    """What is new in `point`; None for one that was told before or came too late.

    A delta point is new as a whole. Of a cumulative one, what was told before is taken
    off, unless the program was started again since: then its start is later, or (where
    starts are not sent) its count is lower, and it counts from zero.
    Source: opentelemetry.io/docs/specs/otel/metrics/data-model/#resets-and-gaps
    """
    if last is not None and point.time_ns <= last.time_ns:
        return None
    if point.temporality == DELTA or last is None:
        return Added(point.count, point.total)
    is_restarted = point.start_ns > last.start_ns or point.count < last.count
    if is_restarted:
        return Added(point.count, point.total)
    return Added(point.count - last.count, max(0.0, point.total - last.total))


def last_of(point: Point) -> Last:
    return Last(point.start_ns, point.time_ns, point.count, point.total)
