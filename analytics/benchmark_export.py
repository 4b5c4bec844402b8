"""Every answer of a run as a row of a file. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import chain
from typing import Any, Final

from analytics.table_files import csv_lines as table_lines
from registry.money import exact_text

COLUMNS: Final = (
    "model",
    "case",
    "tags",
    "weight",
    "repetition",
    "state",
    "score",
    "is_passed",
    "latency_ms",
    "ttft_ms",
    "input_tokens",
    "output_tokens",
    "cache_read_tokens",
    "reasoning_tokens",
    "cost_usd",
    "judge_cost_usd",
    "finish_reason",
    "error_kind",
    "error",
    "answer",
)


def csv_lines(rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """Line by line; formulas of spreadsheets are made harmless."""
    return table_lines(
        chain([COLUMNS], ([_cell(value) for value in row] for row in rows))
    )


def json_pieces(
    head: Mapping[str, Any], rows: Iterable[Sequence[Any]]
) -> Iterator[str]:
    """One document, row by row."""
    yield json.dumps(dict(head))[:-1] + ', "results": ['
    for number, row in enumerate(rows):
        document = dict(zip(COLUMNS, row, strict=True))
        yield (",\n" if number else "\n") + json.dumps(document, default=_plain)
    yield "\n]}\n"


def _cell(value: Any) -> Any:
    if isinstance(value, list):
        return " ".join(value)
    return _plain(value) if isinstance(value, Decimal) else value


def _plain(value: Any) -> str:
    return exact_text(value) if isinstance(value, Decimal) else str(value)
