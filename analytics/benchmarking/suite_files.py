"""Files of cases: JSON lines, CSV or YAML. One shape of a document in all three
(docs/benchmarks.md); everything that is wrong is told at once. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any, Final

from analytics.benchmarking.case_reading import (
    Fault,
    OpenImage,
    ReadCase,
    Unfit,
    plain,
    read_case,
)
from analytics.benchmarking.csv_cases import csv_entries
from registry.lined.document import Unreadable
from registry.lined.yaml_text import lined_yaml

FORMATS: Final = {"jsonl": "JSON lines", "csv": "CSV", "yaml": "YAML"}
ENDINGS: Final = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "jsonl",
    ".csv": "csv",
    ".tsv": "csv",
    ".yaml": "yaml",
    ".yml": "yaml",
}
ENCODINGS: Final = {
    "utf-8-sig": "UTF-8",
    "utf-16": "UTF-16",
    "cp1252": "Windows-1252 (Western Europe)",
    "latin-1": "Latin-1",
}
HEAD: Final = (
    "suite",
    "name",
    "description",
    "system",
    "parameters",
    "scorers",
    "pass_score",
    "version",
)
MOST_BYTES: Final = 32 * 1024 * 1024
MOST_VALUES: Final = 1_000_000
PACKED: Final = {
    b"PK\x03\x04": "a spreadsheet (save it as CSV) or a packed folder (unpack it)",
    b"\xd0\xcf\x11\xe0": "an old Excel spreadsheet (save it as CSV)",
    b"\x1f\x8b": "packed with gzip (unpack it)",
    b"%PDF": "a PDF",
}
"""How files begin that people send in place of text."""
Entry = tuple[int, Any]


@dataclass(frozen=True)
class Reading:
    """How a file is to be read; empty: found out."""

    format: str = ""
    encoding: str = ""
    delimiter: str = ""


@dataclass
class ReadSuite:
    """What a file says. `head` is what it says of the suite itself (HEAD), empty in a
    file of cases only."""

    format: str
    head: dict[str, Any] = field(default_factory=dict)
    cases: list[ReadCase] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    encoding: str = ""
    delimiter: str = ""


class NotRead(Exception):
    """Nothing of the file can be read; the text says why and what may help."""


def read_suite(
    content: bytes,
    *,
    name: str = "",
    reading: Reading | None = None,
    open_image: OpenImage | None = None,
) -> ReadSuite:
    """Read a file. Raises NotRead; what is wrong with single cases is in `faults`."""
    reading = reading or Reading()
    text, encoding = decoded(content, reading.encoding)
    found = ReadSuite(reading.format or format_of(name, text), encoding=encoding)
    entries = _entries(found, text, reading)
    keys: dict[str, int] = {}
    for line, said in entries:
        try:
            case = read_case(said, line, open_image)
        except Unfit as unfit:
            found.faults += unfit.faults
            continue
        if case.key and case.key in keys:
            text = f"{case.key} is there twice: on line {keys[case.key]} already."
            found.faults.append(Fault(line, "key", text))
            continue
        keys[case.key] = line
        found.cases.append(case)
    found.faults.sort()
    return found


def decoded(content: bytes, encoding: str = "") -> tuple[str, str]:
    """The text of a file, and its encoding. Raises NotRead."""
    if len(content) > MOST_BYTES:
        raise NotRead(f"The file is larger than {MOST_BYTES // 1024**2} MB.")
    if not content.strip():
        raise NotRead("The file is empty.")
    for signature, kind in PACKED.items():
        if content.startswith(signature):
            raise NotRead(f"The file is {kind}, not text.")
    has_mark = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    chosen = encoding or ("utf-16" if has_mark else "utf-8-sig")
    try:
        text = content.decode(chosen)
    except UnicodeError as error:
        start = getattr(error, "start", 0)
        line = content.count(b"\n", 0, start) + 1
        raise NotRead(
            f"Line {line}: the file is not {ENCODINGS[chosen]}. Save it as UTF-8, or "
            "choose the encoding it was saved in (Excel on Windows: Windows-1252)."
        ) from None
    if "\x00" in text:
        raise NotRead("The file is not text: it holds NUL bytes.")
    return text, chosen


def format_of(name: str, text: str) -> str:
    """By the ending of the name; without one, by how the text begins."""
    known = ENDINGS.get(PurePath(name).suffix.lower())
    if known:
        return known
    start = text.lstrip()[:1]
    if start == "{":
        return "jsonl"
    first = text.lstrip().partition("\n")[0]
    return "yaml" if first.rstrip().endswith(":") or ": " in first else "csv"


def _entries(found: ReadSuite, text: str, reading: Reading) -> list[Entry]:
    if found.format == "csv":
        table = csv_entries(text, reading.delimiter)
        if table.problem:
            raise NotRead(table.problem)
        found.delimiter = table.delimiter
        found.faults += table.faults
        return table.entries
    if found.format == "yaml":
        return _yaml_entries(found, text)
    return list(_json_entries(found, text))


def _json_entries(found: ReadSuite, text: str) -> Iterator[Entry]:
    if text.lstrip().startswith("["):
        raise NotRead(
            "This is one JSON list. Write one object a line, or name the file .yaml."
        )
    is_first = True
    # Not splitlines: U+2028 and others may stand in a JSON text.
    for line, one in enumerate(text.split("\n"), start=1):
        if not one.strip():
            continue
        try:
            said = json.loads(one, parse_constant=_refuse_constant)
        except RecursionError:
            found.faults.append(Fault(line, "", "It nests too deep."))
            continue
        except ValueError as error:
            why = getattr(error, "msg", None) or str(error)
            found.faults.append(Fault(line, "", f"This is no JSON: {why}."))
            continue
        if is_first and isinstance(said, dict) and "suite" in said:
            found.head = _head(found, said, line)
        else:
            yield line, said
        is_first = False


def _yaml_entries(found: ReadSuite, text: str) -> list[Entry]:
    try:
        document = lined_yaml(text, MOST_VALUES)
    except Unreadable as error:
        raise NotRead(str(error)) from error
    found.faults += [Fault(one.line, "", one.text) for one in document.problems]
    value: Any = document.value
    path: tuple[str, ...] = ()
    if isinstance(value, Mapping) and "cases" in value:
        head = {name: plain(one) for name, one in value.items() if name != "cases"}
        found.head = _head(found, head, 1)
        value, path = value["cases"], ("cases",)
    if not isinstance(value, list):
        raise NotRead(
            "A YAML file has its cases as a list under “cases:”, one dash each."
        )
    starts = [document.line_of((*path, place)) for place in range(len(value))]
    wrong = {one.line for one in document.problems}
    # What is wrong was left out of its case: the rest of it says something else.
    return [
        (start, one)
        for start, end, one in zip(starts, [*starts[1:], None], value, strict=True)
        if not any(start <= line < (end or line + 1) for line in wrong)
    ]


def _head(found: ReadSuite, said: dict[str, Any], line: int) -> dict[str, Any]:
    for name in said.keys() - set(HEAD):
        text = f"This is no field of a suite. Known: {', '.join(HEAD)}."
        found.faults.append(Fault(line, str(name), text))
    shapes: dict[str, Any] = {
        "parameters": dict,
        "scorers": list,
        "pass_score": (int, float),
    }
    kept = {}
    for name in HEAD:
        value = said.get(name)
        if value is None:
            continue
        if name != "version" and not isinstance(value, shapes.get(name, str)):
            found.faults.append(Fault(line, name, "This is not what it holds."))
        else:
            kept[name] = value
    return kept


def _refuse_constant(word: str) -> Any:
    raise ValueError(f"{word} is no JSON")
