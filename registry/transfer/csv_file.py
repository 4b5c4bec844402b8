"""CSV in and out. Exports neutralise formulas; reading such a file takes that back."""

import csv
import io
import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

import defusedcsv.csv

from registry.transfer.table import Table, UnreadableFile, as_text, collect

FORMULA_STARTS = "@+-=|%"
NEUTRALISED = re.compile(rf"'+[{re.escape(FORMULA_STARTS)}]")
LIST_SEPARATOR = ";"


def read_csv(content: bytes) -> Table:
    """Rows of a CSV file with commas, semicolons (as spreadsheets write them in much
    of Europe) or tabs. An empty cell is an empty text. Raises UnreadableFile."""
    text = as_text(content)
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True
    )
    try:
        return collect(_rows(reader))
    except csv.Error as error:
        raise UnreadableFile(
            f"Line {reader.line_num}: the CSV cannot be read: {error}."
        ) from error


def _delimiter(text: str) -> str:
    header = text.lstrip("\r\n").split("\n", 1)[0]
    return next((mark for mark in ",;\t" if mark in header), ",")


def _rows(reader: Any) -> Iterator[tuple[int, dict[str, str]]]:
    header: list[str] = []
    line = 1
    for cells in reader:
        start, line = line, reader.line_num + 1
        if not any(cell.strip() for cell in cells):
            continue
        if not header:
            header = _header(cells)
            continue
        if len(cells) != len(header):
            raise UnreadableFile(
                f"Line {start}: {len(header)} cells were expected, {len(cells)} found."
            )
        yield start, dict(zip(header, map(restored, cells), strict=True))


def _header(cells: list[str]) -> list[str]:
    names = [cell.strip() for cell in cells]
    twice = sorted({name for name in names if names.count(name) > 1})
    if "" in names:
        raise UnreadableFile("The first line holds the columns; one has no name.")
    if twice:
        raise UnreadableFile(f"The column {twice[0]} is there twice.")
    return names


def write_csv(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    out = io.StringIO(newline="")
    writer = defusedcsv.csv.writer(out)
    writer.writerow(columns)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return out.getvalue()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        value = LIST_SEPARATOR.join(value)
    if isinstance(value, dict):
        value = json.dumps(value, ensure_ascii=False)
    text = str(value)
    # A text that looks neutralised already is marked too, or reading would change it.
    return f"'{text}" if NEUTRALISED.match(text) else text


def restored(cell: str) -> str:
    """The text before it was neutralised: "'=1+1" → "=1+1"."""
    if not NEUTRALISED.match(cell):
        return cell
    if cell[1] == "'":
        return cell[1:]
    return cell[1:].replace("\\|", "|")
