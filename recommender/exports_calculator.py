"""A calculation as rows of exact text: CSV, Markdown and the API share them."""

from __future__ import annotations

import io
from decimal import Decimal
from typing import Any

from defusedcsv import csv

from recommender.calculation import Calculation, Row
from recommender.words_calculator import break_even_words, roi_words
from recommender.workload import PartKind
from registry.money import exact_text

COLUMNS = (
    "model",
    "state",
    "per_item_usd",
    "monthly_usd",
    "yearly_usd",
    "input_usd",
    "cached_usd",
    "output_usd",
    "other_usd",
    "batch_usd",
    "change_usd",
    "change_percent",
    "image_tokens",
    "negotiated",
    "baseline",
    "fits",
    "notes",
)


def row_record(row: Row) -> dict[str, Any]:
    """One option with exact amounts as text; None where something is not known."""
    parts = row.parts_usd if row.monthly_usd is not None else {}
    return {
        "model": row.label if row.is_own else row.reference,
        "state": row.state.value,
        "per_item_usd": _text(row.per_item_usd),
        "monthly_usd": _text(row.monthly_usd),
        "yearly_usd": _text(row.yearly_usd),
        **{f"{kind.value}_usd": _text(parts.get(kind)) for kind in PartKind},
        "batch_usd": _text(row.batch_usd),
        "change_usd": _text(row.change_usd),
        "change_percent": _text(row.change_percent),
        "image_tokens": row.image_tokens,
        "negotiated": row.is_negotiated,
        "baseline": row.is_baseline,
        "fits": row.fits,
        "notes": " ".join(row.notes),
    }


def calculation_document(calculation: Calculation, permalink: str) -> dict[str, Any]:
    """The whole answer as JSON-ready data."""
    return {
        "at": calculation.at.isoformat(),
        "link": permalink,
        "items": calculation.request.items,
        "baseline": calculation.baseline and calculation.baseline.reference,
        "rows": [row_record(row) for row in calculation.rows],
        "left_out": [
            {"reason": each.reason, "count": each.count, "models": each.references}
            for each in calculation.left_out
        ],
        "messages": list(calculation.messages),
        "break_even": _break_even(calculation),
        "roi": _roi(calculation),
        "features": [
            {
                "feature": each.feature.key,
                "today": row_record(each.today),
                "alternatives": [row_record(row) for row in each.alternatives],
            }
            for each in calculation.features
        ],
    }


def calculation_csv(calculation: Calculation) -> str:
    """Rows as CSV; a cell that a spreadsheet would run as a formula is neutralised."""
    stream = io.StringIO()
    writer = csv.DictWriter(stream, COLUMNS)
    writer.writeheader()
    for row in calculation.rows:
        writer.writerow(row_record(row))
    return stream.getvalue()


def calculation_markdown(calculation: Calculation, permalink: str) -> str:
    """Rows as a Markdown table, with the link that shows them again."""
    shown = ("model", "per_item_usd", "monthly_usd", "change_percent", "state", "notes")
    lines = [
        "# Cost per month",
        "",
        f"Prices in force on {calculation.at:%Y-%m-%d %H:%M} UTC. {permalink}",
        "",
        f"| {' | '.join(shown)} |",
        f"|{'---|' * len(shown)}",
    ]
    for row in calculation.rows:
        record = row_record(row)
        lines.append(f"| {' | '.join(_cell(record[name]) for name in shown)} |")
    return "\n".join(lines) + "\n"


def _break_even(calculation: Calculation) -> dict[str, Any] | None:
    result = calculation.break_even
    if result is None:
        return None
    return {
        "first": result.first.name,
        "second": result.second.name,
        "answer": break_even_words(result),
        # Fractions as text: 340/0.0018848 has no last decimal.
        "crossings": [
            {
                "volume": str(each.volume),
                "usd": str(each.usd),
                "is_step": each.is_step,
            }
            for each in result.crossings
        ],
        "is_complete": result.is_complete,
    }


def _roi(calculation: Calculation) -> dict[str, Any] | None:
    roi, row = calculation.roi, calculation.roi_row
    if roi is None or row is None:
        return None
    return {
        "model": row.reference,
        "value_usd": _text(roi.value_usd),
        "cost_usd": _text(roi.cost_usd),
        "net_usd": _text(roi.net_usd),
        "setup_usd": _text(roi.setup_usd),
        "percent": _text(roi.percent),
        "payback_months": _text(roi.payback_months),
        "first_year_net_usd": _text(roi.first_year_net_usd),
        "answer": roi_words(roi),
    }


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else exact_text(amount)


def _cell(value: object) -> str:
    """A cell that cannot break the table or smuggle in markup."""
    text = "–" if value is None else str(value)
    for mark in ("\\", "|", "`", "*", "_", "[", "]", "<", ">"):
        text = text.replace(mark, f"\\{mark}")
    return text.replace("\n", " ")
