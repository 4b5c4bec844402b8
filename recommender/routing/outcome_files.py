"""Tables of outcomes from CSV and JSON lines, plain or gzipped. Two shapes: a row for
each prompt (`prompt`, then `MODEL` and `MODEL|cost_usd` for each model; also
RouterBench's `MODEL|total_cost`), or a row for each answer (`prompt`, `model`,
`correct`, `cost_usd`)."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from recommender.routing.outcome_table import OutcomesRefused, OutcomeTable, checked

PROMPT: Final = "prompt"
LONG: Final = ("model", "correct", "cost_usd")
COST_ENDINGS: Final = ("|cost_usd", "|total_cost")
LARGEST_BYTES: Final = 500_000_000
LONGEST_FIELD: Final = 10_000_000
SHAPES: Final = (
    "Give it `prompt` and, for each model, `MODEL` (0 to 1) and `MODEL|cost_usd`; or "
    "`prompt`, `model`, `correct` and `cost_usd`."
)
TRUTHS: Final = {"true": 1.0, "false": 0.0, "yes": 1.0, "no": 0.0}


@dataclass(frozen=True)
class Line:
    number: int
    values: Mapping[str, Any]


def read_outcomes(path: Path, *, keeps_first: bool = False) -> OutcomeTable:
    """The table in a file, checked. `keeps_first`: of a prompt that stands there twice
    the first is taken. Raises OutcomesRefused."""
    text = _text(path)
    name = path.name.removesuffix(".gz").lower()
    is_json = name.endswith((".jsonl", ".ndjson", ".json"))
    lines = list(_json_lines(text) if is_json else _csv_lines(text))
    if not lines:
        raise OutcomesRefused(f"{path.name} holds no outcomes.")
    columns = set(lines[0].values)
    if PROMPT not in columns:
        raise OutcomesRefused(f"The column `prompt` is missing. {SHAPES}")
    if "model" in columns:
        return _of_answers(lines, keeps_first)
    return _of_prompts(lines, keeps_first)


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise OutcomesRefused(f"{path.name} is larger than 500 MB.")
        if path.suffix == ".gz":
            with gzip.open(path) as packed:
                data = packed.read(LARGEST_BYTES + 1)
        else:
            data = path.read_bytes()
        if len(data) > LARGEST_BYTES:
            raise OutcomesRefused(f"{path.name} is larger than 500 MB unpacked.")
        return data.decode("utf-8-sig")
    except (OSError, EOFError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise OutcomesRefused(f"{path} cannot be read: {reason}.") from error
    except UnicodeDecodeError as error:
        raise OutcomesRefused(f"{path.name} is not UTF-8 text.") from error


def _csv_lines(text: str) -> Iterator[Line]:
    csv.field_size_limit(LONGEST_FIELD)
    reader = csv.DictReader(io.StringIO(text, newline=""))
    try:
        names = [one for one in reader.fieldnames or () if one]
        twice = next((one for one in names if names.count(one) > 1), "")
        if twice:
            raise OutcomesRefused(f"The column `{twice}` is there twice.")
        for values in reader:
            if None in values:
                raise OutcomesRefused(
                    f"Line {reader.line_num} has more cells than there are columns; "
                    "a prompt with a comma stands in quotes."
                )
            yield Line(reader.line_num, values)
    except csv.Error as error:
        raise OutcomesRefused(f"Line {reader.line_num}: {error}.") from error


def _json_lines(text: str) -> Iterator[Line]:
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            values = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise OutcomesRefused(f"Line {number} is no JSON.") from error
        if not isinstance(values, dict):
            raise OutcomesRefused(f"Line {number} is no JSON object.")
        yield Line(number, values)


def _of_prompts(lines: list[Line], keeps_first: bool) -> OutcomeTable:
    costs = _cost_columns(list(lines[0].values))
    kept: dict[str, Line] = {}
    for line in lines:
        prompt = _prompt(line)
        if prompt in kept:
            if keeps_first:
                continue
            raise _twice(line, kept[prompt])
        kept[prompt] = line
    models = list(costs)
    return checked(
        list(kept),
        models,
        [[_number(line, one) for one in models] for line in kept.values()],
        [[_number(line, costs[one]) for one in models] for line in kept.values()],
    )


def _cost_columns(columns: list[str]) -> dict[str, str]:
    """By model, in the order of the file. Raises OutcomesRefused where a model has a
    cost without a score; a column without a cost is no model."""
    found: dict[str, str] = {}
    for column in columns:
        for ending in COST_ENDINGS:
            if column and column.endswith(ending):
                found[column.removesuffix(ending)] = column
    missing = [one for one in found if one not in columns]
    if missing:
        raise OutcomesRefused(
            f"The column `{missing[0]}` is missing beside `{found[missing[0]]}`."
        )
    if not found:
        raise OutcomesRefused(f"No column holds the cost of a model. {SHAPES}")
    return found


def _of_answers(lines: list[Line], keeps_first: bool) -> OutcomeTable:
    missing = [one for one in LONG if one not in lines[0].values]
    if missing:
        named = ", ".join(f"`{one}`" for one in missing)
        raise OutcomesRefused(f"Missing columns: {named}. {SHAPES}")
    answers: dict[tuple[str, str], Line] = {}
    for line in lines:
        key = (_prompt(line), str(line.values.get("model") or "").strip())
        if key in answers:
            if keeps_first:
                continue
            raise _twice(line, answers[key])
        answers[key] = line
    prompts = list(dict.fromkeys(prompt for prompt, _ in answers))
    models = list(dict.fromkeys(model for _, model in answers))
    cells = [[_answer(answers, one, model) for model in models] for one in prompts]
    return checked(
        prompts,
        models,
        [[_number(cell, "correct") for cell in row] for row in cells],
        [[_number(cell, "cost_usd") for cell in row] for row in cells],
    )


def _answer(answers: Mapping[tuple[str, str], Line], prompt: str, model: str) -> Line:
    line = answers.get((prompt, model))
    if line is None:
        raise OutcomesRefused(
            f"{model or 'A model without a name'} has no outcome for the prompt "
            f"“{prompt[:60]}”: every model must have answered every prompt."
        )
    return line


def _prompt(line: Line) -> str:
    said = line.values.get(PROMPT)
    if not isinstance(said, str) or not said.strip():
        raise OutcomesRefused(f"Line {line.number} has no prompt.")
    return said


def _twice(line: Line, first: Line) -> OutcomesRefused:
    return OutcomesRefused(
        f"Line {line.number} has the same prompt as line {first.number}. Keep one of "
        "them, or pass --keep-first."
    )


def _number(line: Line, column: str) -> float:
    said = line.values.get(column)
    text = str(said).strip().lower() if said is not None else ""
    if text in TRUTHS:
        return TRUTHS[text]
    try:
        return float(text)
    except ValueError:
        shown = f"“{text[:40]}” is no number" if text else "is empty"
        raise OutcomesRefused(f"Line {line.number}: `{column}` {shown}.") from None
