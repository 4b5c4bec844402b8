"""A comparison as CSV, as Markdown and as JSON: the same figures as on the page."""

from __future__ import annotations

import io
import re
from typing import Any

from defusedcsv import csv

from recommender.comparing import Comparison
from recommender.comparison import DASH, Category, Cell, ComparisonRow
from recommender.words_comparison import reading, volume_words
from registry.money import exact_text

MARKDOWN_SIGNS = re.compile(r"([\\`*_\[\]<>|#~&])")
LINE_BREAKS = re.compile(r"\s+")


def comparison_csv(comparison: Comparison, link: str) -> str:
    """One line a row, exact values; what is not known is empty. Cells that a
    spreadsheet would run as a formula are neutralised."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    references = comparison.references
    writer.writerow(["category", "row", "unit", *references, "best", "tie"])
    names = [subject.ai_model.name for subject in comparison.subjects]
    writer.writerow(["model", "Name", "", *names, "", ""])
    for label, value in _volume(comparison):
        writer.writerow(["volume", label, "", *[value for _ in references], "", ""])
    for category in comparison.shown:
        for row in category.rows:
            writer.writerow(_line(category, row, references))
    writer.writerow(["source", "Link", "", link, *[""] * (len(references) + 1)])
    return text.getvalue()


def _line(category: Category, row: ComparisonRow, references: list[str]) -> list[str]:
    best = "; ".join(references[at] for at in sorted(row.verdict.best))
    tied = "; ".join(references[at] for at in sorted(row.verdict.tied))
    cells = [cell.plain for cell in row.cells]
    return [category.title, row.label, row.unit, *cells, best, tied]


def _volume(comparison: Comparison) -> list[tuple[str, str]]:
    request, work = comparison.request, comparison.request.workload
    return [
        ("Requests a month", str(request.requests)),
        ("Input tokens each", str(work.input_tokens)),
        ("Output tokens each", str(work.output_tokens)),
        ("Cache hit, % of input", exact_text(work.cache_hit_percent)),
        ("Sent as batch, %", exact_text(work.batch_percent)),
    ]


def comparison_markdown(comparison: Comparison, link: str) -> str:
    """A table for each category, as on the page; the best of a row is bold."""
    columns = " | ".join(escaped(name) for name in comparison.references)
    rule = "|".join([" --- "] * (len(comparison.references) + 1))
    parts = ["# Model comparison", volume_words(comparison.request), f"<{link}>"]
    for category in comparison.shown:
        lines = [f"| {escaped(category.title)} | {columns} |", f"|{rule}|"]
        lines += [_markdown_line(row) for row in category.rows]
        parts.append("\n".join(lines))
    parts += [f"- {escaped(sentence)}" for sentence in reading(comparison)]
    return "\n\n".join(parts) + "\n"


def _markdown_line(row: ComparisonRow) -> str:
    cells = " | ".join(_markdown_cell(cell, mark) for cell, mark in row.marked)
    unit = f" ({row.unit})" if row.unit else ""
    return f"| {escaped(row.label + unit)} | {cells} |"


def _markdown_cell(cell: Cell, mark: str) -> str:
    text = escaped(" · ".join([cell.text, *cell.notes]))
    if "best" in mark:
        text = f"**{text}**"
    return f"{text} ({mark})" if "tie" in mark else text


def escaped(text: str) -> str:
    """`text` so that Markdown shows it as it is, on one line."""
    return LINE_BREAKS.sub(" ", MARKDOWN_SIGNS.sub(r"\\\1", text)).strip()


def comparison_document(
    comparison: Comparison, link: str, messages: list[str]
) -> dict[str, Any]:
    """The comparison for programs. `value` is exact and null where not known."""
    return {
        "link": link,
        "volume": volume_words(comparison.request),
        "messages": messages,
        "models": [
            {
                "reference": subject.reference,
                "name": subject.ai_model.name,
                "asked_as": subject.asked_as or None,
                "is_enabled": subject.is_enabled,
                "is_negotiated": subject.is_negotiated,
                "price": subject.quote.price.pk if subject.quote else None,
            }
            for subject in comparison.subjects
        ],
        "categories": [
            {
                "key": category.key,
                "title": category.title,
                "rows": [_row_document(row) for row in category.rows],
            }
            for category in comparison.shown
        ],
        "reading": reading(comparison),
    }


def _row_document(row: ComparisonRow) -> dict[str, Any]:
    return {
        "key": row.key,
        "label": row.label,
        "unit": row.unit,
        "better": row.direction.value,
        "cells": [
            {
                "value": cell.plain or None,
                "text": None if cell.text == DASH else cell.text,
                "low": None if cell.low is None else exact_text(cell.low),
                "high": None if cell.high is None else exact_text(cell.high),
                "mark": mark or None,
                "notes": list(cell.notes),
                "reasons": [text for _, text in cell.reasons],
            }
            for cell, mark in row.marked
        ],
    }
