"""Reads Arena ratings: how people's blind votes rank models, by kind of task.

The data set is CC BY 4.0: name "Arena" wherever a rating is shown.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from registry.catalog.document import CatalogError
from registry.catalog.reading import Source
from registry.catalog.sheets import need, text

SOURCE: Final = "Arena"
NUMBERS: Final = ("score", "low", "high", "votes")
MAX_CATEGORIES: Final = 40


@dataclass(frozen=True)
class RatingCatalog:
    """`ratings["openai / gpt-5.5"]["coding"]` → score, low, high (95 %), votes."""

    read_on: datetime.date
    ratings: Mapping[str, Mapping[str, Mapping[str, float | int]]]


def is_arena(content: object) -> bool:
    return isinstance(content, dict) and "tasks" in (content.get("ratings") or {})


def read_arena(source: Source) -> RatingCatalog:
    """Ratings by "maker / model". Raises CatalogError for wrong types and numbers."""
    outer = need(source.content, dict, source.label)
    inner = need(outer.get("ratings"), dict, f"{source.label}: ratings")
    tasks = need(inner.get("tasks"), dict, f"{source.label}: tasks")
    ratings: dict[str, dict[str, Mapping[str, float | int]]] = {}
    for task, rows in list(tasks.items())[:MAX_CATEGORIES]:
        for row in need(rows, list, f"{source.label}: {task}"):
            model, rating = _rating(row, f"{source.label}: {task}")
            # One model stands there once for each effort; the best comes first.
            ratings.setdefault(model, {}).setdefault(task, rating)
    return RatingCatalog(_read_on(source, inner), ratings)


def _read_on(source: Source, ratings: dict[str, Any]) -> datetime.date:
    try:
        return datetime.date.fromisoformat(text(ratings.get("date"), source.label))
    except ValueError:
        return source.read_on


def _rating(row: object, label: str) -> tuple[str, Mapping[str, float | int]]:
    cells = need(row, list, label)
    model = text(cells[0] if cells else None, label)
    return model, rating_from_numbers(cells[2:6], f"{label}: {model}")


def rating_from_numbers(numbers: object, label: str) -> Mapping[str, float | int]:
    """[score, low, high, votes] by name. Raises CatalogError."""
    cells = need(numbers, list, label)
    if len(cells) != len(NUMBERS):
        message = f"{label}: score, low, high and votes were expected."
        raise CatalogError(message)
    return {
        name: _number(cell, f"{label}: {name}")
        for name, cell in zip(NUMBERS, cells, strict=True)
    }


def _number(value: object, label: str) -> float | int:
    good = isinstance(value, int | float) and not isinstance(value, bool)
    if not good or not math.isfinite(value) or not 0 <= value < 1e9:  # type: ignore[arg-type,operator]  # checked on its left
        message = f"{label}: {str(value)[:40]!r} is not a rating."
        raise CatalogError(message)
    return value  # type: ignore[return-value]  # checked above
