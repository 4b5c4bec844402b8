"""Durations between told moments. Pure."""

from __future__ import annotations

import datetime


def span_ms(start: datetime.datetime, end: datetime.datetime | None) -> float | None:
    """Milliseconds from one to the other; None where the end is not known or lies
    before the start, as clocks of two machines do."""
    if end is None or end < start:
        return None
    return (end - start).total_seconds() * 1000
