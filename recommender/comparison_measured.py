"""Rows of what the organisation measured itself: accuracy, speed and reliability."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import partial
from typing import Final

from recommender.comparison import UNKNOWN, Cell, ComparisonRow, Direction, RowMaker
from recommender.subject import Subject
from registry.measured import Indicator, Measured, best

NOT_MEASURED: Final = "Not measured yet."
ROWS: Final = (
    (
        Indicator.ACCURACY,
        "Accuracy, own benchmarks",
        # Two models may have been asked different cases: only a paired comparison of a
        # run says which is better.
        Direction.NONE,
        "of 100",
        "Mean score of the cases that each model was asked; Compare two on the page of "
        "a run to see which is better.",
    ),
    (
        Indicator.SPEED,
        "Speed",
        Direction.HIGHER,
        "tokens/s",
        "Output tokens a second of whole calls; 95% interval.",
    ),
    (
        Indicator.RELIABILITY,
        "Reliability",
        Direction.HIGHER,
        "share",
        "Share of calls that were answered; 95% interval.",
    ),
)


def measured_rows(subjects: Sequence[Subject]) -> list[ComparisonRow]:
    """Speed stands there also where nobody measured it: it is looked for."""
    rows = [
        RowMaker(
            "speed" if indicator is Indicator.SPEED else f"measured_{indicator}",
            label,
            partial(_cell, indicator),
            direction,
            unit,
            "" if _is_known(indicator, subjects) else NOT_MEASURED,
            meaning,
        ).row(subjects)
        for indicator, label, direction, unit, meaning in ROWS
    ]
    return [row for row in rows if row.is_known or row.key == "speed"]


def _is_known(indicator: Indicator, subjects: Sequence[Subject]) -> bool:
    return any(best(one.measured, indicator) is not None for one in subjects)


def _cell(indicator: Indicator, subject: Subject) -> Cell:
    found = best(subject.measured, indicator)
    if found is None:
        return UNKNOWN
    return Cell(
        value=Decimal(repr(found.value)),
        text=found.text,
        low=None if found.low is None else Decimal(repr(found.low)),
        high=None if found.high is None else Decimal(repr(found.high)),
        notes=_notes(found),
        # Without an interval nobody knows whether it is better.
        is_ranked=found.low is not None,
    )


def _notes(found: Measured) -> tuple[str, ...]:
    counted = f"{found.counted}, {found.measured_by}, {found.day}"
    return (found.interval, counted) if found.interval else (counted,)
