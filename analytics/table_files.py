"""Tables as files: CSV whose lines come one by one, and the answer that sends them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

import defusedcsv.csv
from django.http import HttpRequest, StreamingHttpResponse

from registry.streams import streamed

CONTENT_TYPES: Final = {"csv": "text/csv", "json": "application/json"}


class _Echo:
    """A file that gives back each line instead of keeping it."""

    def write(self, line: str) -> str:
        return line


def csv_lines(rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """Line by line, None as an empty cell; formulas of spreadsheets are made
    harmless."""
    writer = defusedcsv.csv.writer(_Echo())
    for row in rows:
        yield writer.writerow(["" if value is None else value for value in row])


def json_text(document: Any) -> Iterator[str]:
    """The document piece by piece, indented."""
    return json.JSONEncoder(indent=1).iterencode(document)


def as_objects(
    columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> list[dict[str, Any]]:
    """Each row by the names of its columns."""
    return [dict(zip(columns, row, strict=True)) for row in rows]


def file_response(
    request: HttpRequest, name: str, lines: Iterator[str]
) -> StreamingHttpResponse:
    """`lines` as a file to save; its name ends in .csv or .json."""
    extension = name.rpartition(".")[2]
    response = StreamingHttpResponse(
        streamed(request, lines), content_type=CONTENT_TYPES[extension]
    )
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
