"""The audit log as a file, line by line. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any, Final

import defusedcsv.csv

from registry.models import AuditEntry

COLUMNS: Final = (
    "at",
    "action",
    "object_type",
    "object_id",
    "object",
    "by",
    "source",
    "source_detail",
    "address",
    "user_agent",
    "request_id",
    "before",
    "after",
    "note",
)


class _Echo:
    """A file that gives back each line instead of keeping it."""

    def write(self, line: str) -> str:
        return line


def csv_lines(entries: Iterable[AuditEntry]) -> Iterator[str]:
    """Formulas of spreadsheets are made harmless."""
    writer = defusedcsv.csv.writer(_Echo())
    yield writer.writerow(COLUMNS)
    for entry in entries:
        yield writer.writerow([_cell(value) for value in _facts(entry).values()])


def json_lines(entries: Iterable[AuditEntry]) -> Iterator[str]:
    """One list, an entry a line."""
    yield "["
    for number, entry in enumerate(entries):
        yield (",\n" if number else "\n") + json.dumps(_facts(entry))
    yield "\n]\n"


def _facts(entry: AuditEntry) -> dict[str, Any]:
    return {
        "at": entry.at.isoformat(),
        "action": entry.action,
        "object_type": entry.object_type,
        "object_id": entry.object_id,
        "object": entry.object_label,
        "by": entry.actor_label,
        "source": entry.source,
        "source_detail": entry.source_detail,
        "address": entry.address,
        "user_agent": entry.user_agent,
        "request_id": entry.request_id,
        "before": entry.before,
        "after": entry.after,
        "note": entry.note,
    }


def _cell(value: Any) -> Any:
    if value is None:
        return ""
    return json.dumps(value) if isinstance(value, dict) else value
