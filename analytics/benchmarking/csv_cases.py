"""Cases as rows of CSV. Lists and objects are JSON in their cells; several tags are
parted by semicolons. Pure."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from analytics.benchmarking.case_reading import Fault

COLUMNS: Final = (
    "key",
    "prompt",
    "messages",
    "system",
    "images",
    "expected",
    "expected_json",
    "rubric",
    "schema",
    "scorers",
    "tags",
    "weight",
)
"""`expected` is a text; anything else that is expected stands in `expected_json`."""
DELIMITERS: Final = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
AS_JSON: Final = ("messages", "schema", "scorers", "expected_json")
MOST_CELL: Final = 64 * 1024 * 1024
RISKY: Final = re.compile(r"'*[=+\-@\t\r]")
"""How a cell begins that a spreadsheet would run; written with one ' before it."""
QUOTED: Final = re.compile(r"'+[=+\-@\t\r]")


@dataclass
class CsvTable:
    """`problem`: nothing can be read."""

    delimiter: str = ","
    entries: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    problem: str = ""


def csv_entries(text: str, delimiter: str = "") -> CsvTable:
    """Rows as objects of the fields of a case; an empty delimiter is found out."""
    first = text.lstrip("\n").partition("\n")[0]
    likely = max(DELIMITERS, key=lambda sign: _known(first, sign))
    table = CsvTable(delimiter or likely)
    if not _known(first, table.delimiter):
        table.problem = _no_columns(first, table.delimiter, likely)
        return table
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=table.delimiter, strict=True
    )
    usual = csv.field_size_limit(MOST_CELL)  # of the whole process: given back
    try:
        header = [name.strip().lower() for name in next(reader)]
        table.problem = _wrong_header(header)
        start = reader.line_num + 1
        for row in () if table.problem else reader:
            if any(row):
                _take(table, header, row, start)
            start = reader.line_num + 1
    except csv.Error as error:
        table.faults.append(Fault(reader.line_num, "", f"The CSV breaks: {error}."))
    finally:
        csv.field_size_limit(usual)
    return table


def csv_text(cases: Sequence[Mapping[str, Any]]) -> str:
    """Cases, as objects of their fields, in CSV that `csv_entries` reads back."""
    kept = io.StringIO(newline="")
    # A lone carriage return is put in quotes only where it may end a line.
    writer = csv.writer(kept, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for case in cases:
        writer.writerow([_cell(case, name) for name in COLUMNS])
    return kept.getvalue()


def _cell(case: Mapping[str, Any], name: str) -> str:
    expected = case.get("expected")
    if name in {"expected", "expected_json"}:
        is_text = isinstance(expected, str)
        if expected is None or is_text != (name == "expected"):
            return ""
        return _defused(expected) if is_text else _json(expected)
    value = case.get(name)
    if value is None:
        return ""
    if name == "tags":
        return _defused("; ".join(value))
    if name == "images":
        return " ".join(value)
    return _defused(value) if isinstance(value, str) else _json(value)


def _take(table: CsvTable, header: list[str], row: list[str], line: int) -> None:
    if len(row) != len(header):
        text = f"It has {len(row)} cells; the columns are {len(header)}."
        table.faults.append(Fault(line, "", text))
        return
    said: dict[str, Any] = {}
    for name, cell in zip(header, row, strict=True):
        if not cell:
            continue
        try:
            said["expected" if name == "expected_json" else name] = _value(name, cell)
        except ValueError as error:
            table.faults.append(Fault(line, name, str(error)))
            return
    table.entries.append((line, said))


def _value(name: str, cell: str) -> Any:
    text = cell[1:] if QUOTED.match(cell) else cell
    if name in AS_JSON:
        try:
            return json.loads(text, parse_constant=_refuse)
        except (ValueError, RecursionError) as error:
            raise ValueError("This is no JSON.") from error
    if name == "weight":
        try:
            return float(text.replace(",", "."))
        except ValueError:
            raise ValueError(f"“{text[:30]}” is no number.") from None
    if name == "tags":
        return [tag.strip() for tag in text.split(";") if tag.strip()]
    return text.split() if name == "images" else text


def _known(first: str, sign: str) -> int:
    names = {name.strip().strip('"').lower() for name in first.split(sign)}
    return len(names & set(COLUMNS))


def _no_columns(first: str, delimiter: str, likely: str) -> str:
    if _known(first, likely):
        return (
            f"The columns are parted by {DELIMITERS[likely]}, not by "
            f"{DELIMITERS.get(delimiter, repr(delimiter))}."
        )
    return (
        "The first line of a CSV file names its columns; at least “prompt” or "
        f"“messages”. Known: {', '.join(COLUMNS)}. It says: “{first.strip()[:80]}”."
    )


def _wrong_header(header: list[str]) -> str:
    unknown = [name for name in header if name not in COLUMNS]
    if unknown:
        shown = ", ".join(f"“{name[:40]}”" for name in unknown[:5])
        return f"Columns that are not known: {shown}. Known: {', '.join(COLUMNS)}."
    twice = {name for name in header if header.count(name) > 1}
    if twice:
        return f"The column {min(twice)} is there twice."
    if not {"prompt", "messages"} & set(header):
        return "There is no column “prompt”, and none “messages”."
    return ""


def _defused(text: str) -> str:
    return f"'{text}" if RISKY.match(text) else text


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _refuse(word: str) -> Any:
    raise ValueError(word)
