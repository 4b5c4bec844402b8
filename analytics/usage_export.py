"""The analytics page as rows for a file: the table, and the series over time. Pure."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable, Iterator
from decimal import Decimal
from itertools import chain
from typing import Any, Final

from analytics.asked import SPLITS, Asked
from analytics.questions import Answer, Key
from analytics.readings import Reading
from analytics.table_files import csv_lines as table_lines
from registry.money import exact_text

FIGURES: Final = (
    "requests",
    "calls",
    "cost_usd",
    "estimated_usd",
    "unpriced_calls",
    "input_tokens",
    "output_tokens",
    "cache_read_tokens",
    "cache_write_tokens",
    "reasoning_tokens",
    "error_calls",
    "truncated_calls",
    "cancelled_calls",
    "success_level",
    "success_share",
    "success_low",
    "success_high",
    "latency_p50_ms",
    "latency_p95_ms",
    "latency_p99_ms",
    "latency_mean_ms",
    "cache_share",
    "confidence_mean",
    "feedback_mean",
)
ADDED_UP: Final = FIGURES[:13]
Names = Callable[[tuple[Key, ...]], tuple[str, ...]]


def columns(answer: Answer) -> list[str]:
    step = ["start"] if answer.question.step else []
    return [*step, *(SPLITS[one].lower() for one in answer.question.split), *FIGURES]


def rows(answer: Answer, asked: Asked, names: Names) -> Iterator[list[Any]]:
    """A value for each column, None where it is not known; moments in the zone that
    was asked for."""
    for part in answer.parts:
        start = [_moment(part.start, asked)] if answer.question.step else []
        reading = Reading(part.sums, asked.split_level)
        yield [*start, *names(part.keys), *figures(reading).values()]


def figures(reading: Reading) -> dict[str, Any]:
    """By the names of FIGURES. An amount is text, so that no digit is lost."""
    sums, rate = reading.sums, reading.success
    plain = {name: getattr(sums, name) for name in ADDED_UP}
    cost = reading.cost_usd
    plain["cost_usd"] = None if cost is None else exact_text(cost)
    plain["estimated_usd"] = exact_text(sums.estimated_usd)
    return plain | {
        "success_level": str(reading.level),
        "success_share": rate and rate.share,
        "success_low": rate and rate.low,
        "success_high": rate and rate.high,
        "latency_p50_ms": reading.p50_ms,
        "latency_p95_ms": reading.p95_ms,
        "latency_p99_ms": reading.p99_ms,
        "latency_mean_ms": sums.mean_latency_ms,
        "cache_share": sums.cache_share,
        "confidence_mean": sums.mean_confidence,
        "feedback_mean": sums.mean_feedback,
    }


def csv_lines(answer: Answer, asked: Asked, names: Names) -> Iterator[str]:
    """Line by line; formulas of spreadsheets are made harmless."""
    return table_lines(chain([columns(answer)], rows(answer, asked, names)))


def json_pieces(answer: Answer, asked: Asked, names: Names) -> Iterator[str]:
    """One document, row by row."""
    head = {
        "from": asked.period.first.isoformat(),
        "to": asked.period.last.isoformat(),
        "time_zone": str(asked.zone),
        "as_of": answer.as_of.isoformat(),
        "total": figures(Reading(answer.total, asked.level)),
    }
    yield json.dumps(head)[:-1] + ', "rows": ['
    names_of_columns = columns(answer)
    for number, row in enumerate(rows(answer, asked, names)):
        document = dict(zip(names_of_columns, row, strict=True))
        yield (",\n" if number else "\n") + json.dumps(document, default=_plain)
    yield "\n]}\n"


def file_name(what: str, asked: Asked, extension: str) -> str:
    """usage-by-model-2026-10-23-to-2026-11-21.csv"""
    split = "-and-".join(one.value.replace("_", "-") for one in asked.split)
    over = f"-by-{asked.step}" if what == "series" else ""
    by = f"-by-{split}" if split else ""
    period = f"{asked.period.first}-to-{asked.period.last}"
    return f"usage{by}{over}-{period}.{extension}"


def _moment(start: datetime.datetime | None, asked: Asked) -> str:
    return start.astimezone(asked.zone).isoformat() if start else ""


def _plain(value: Any) -> str:
    if isinstance(value, Decimal):
        return exact_text(value)
    return str(value)
