"""Rows of facts: ratings, capabilities and limits. Unknown is a dash, never a guess."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import partial
from typing import Any, Final

from recommender.comparison import (
    UNKNOWN,
    Category,
    Cell,
    ComparisonRow,
    Direction,
    RowMaker,
)
from recommender.comparison_measured import measured_rows
from recommender.subject import Subject
from registry.capabilities import CAPABILITIES

OVERALL: Final = "overall"
TELLING: Final = (
    OVERALL,
    "coding",
    "instruction_following",
    "longer_query",
    "vision",
    "document",
    "math",
)
"""Categories of ratings that a choice of model turns on, in this order."""
MOST_RATINGS: Final = 7
"""More of them make the table longer, not clearer."""
RATING_UNKNOWN: Final = "No public rating is known for these models."


def performance(subjects: Sequence[Subject]) -> Category:
    categories = _rated_categories(subjects) or [OVERALL]
    ratings = [_rating_row(category, subjects) for category in categories]
    rows = (*ratings, *measured_rows(subjects))
    return Category("performance", "Performance", rows)


def _rated_categories(subjects: Sequence[Subject]) -> list[str]:
    """Rated categories: the telling ones, then those that most models have."""
    counts: dict[str, int] = {}
    for subject in subjects:
        for category in subject.ai_model.ratings:
            counts[category] = counts.get(category, 0) + 1
    telling = [name for name in TELLING if name in counts]
    others = sorted(set(counts) - set(telling), key=lambda name: (-counts[name], name))
    return [*telling, *others][:MOST_RATINGS]


def _rating_row(category: str, subjects: Sequence[Subject]) -> ComparisonRow:
    cells = tuple(_rating(category, subject) for subject in subjects)
    name = category.replace("_", " ")
    label = "Accuracy rating" if category == OVERALL else f"Rating, {name}"
    scales = sorted({cell.scale for cell in cells if cell.scale})
    source = f"{'; '.join(scales)}; 95% interval" if scales else RATING_UNKNOWN
    # Said once under the first row; elsewhere only where a row's source is its own.
    return ComparisonRow(
        f"rating_{category}",
        label,
        cells,
        Direction.HIGHER,
        "points",
        hint=source if category == OVERALL or len(scales) > 1 else "",
        meaning=source,
    )


def _rating(category: str, subject: Subject) -> Cell:
    rating: dict[str, Any] = subject.ai_model.ratings.get(category) or {}
    score = _decimal(rating.get("score"))
    if score is None:
        return UNKNOWN
    low, high = _decimal(rating.get("low")), _decimal(rating.get("high"))
    has_interval = low is not None and high is not None
    read_on = f", {rating['read_on']}" if rating.get("read_on") else ""
    return Cell(
        value=score,
        text=f"{score:,.0f}",
        low=low if has_interval else None,
        high=high if has_interval else None,
        scale=f"{rating.get('source') or 'Source not known'}{read_on}",
        notes=(f"{low:,.0f}–{high:,.0f}",) if has_interval else (),
    )


def _decimal(number: object) -> Decimal | None:
    """A number of a JSON document; text, true and NaN are not numbers."""
    if isinstance(number, bool) or not isinstance(number, int | float | str):
        return None
    try:
        value = Decimal(str(number))
    except ArithmeticError:
        return None
    return value if value.is_finite() else None


def capabilities(subjects: Sequence[Subject]) -> Category:
    rows = (
        RowMaker(f"can_{word}", label, partial(_capability, word), meaning=meaning).row(
            subjects
        )
        for word, (label, _, meaning) in CAPABILITIES.items()
    )
    return Category("capabilities", "Capabilities", tuple(rows))


def _capability(word: str, subject: Subject) -> Cell:
    return Cell(text="Yes") if word in subject.ai_model.capabilities else UNKNOWN


def limits(subjects: Sequence[Subject]) -> Category:
    rows = [maker.row(subjects) for maker in LIMITS]
    local = [maker.row(subjects) for maker in LOCAL]
    # Only local models have these; six dashes in each row would say nothing.
    rows += [row for row in local if row.is_known]
    return Category("limits", "Limits", tuple(rows))


def _number(field: str) -> Callable[[Subject], Cell]:
    def read(subject: Subject) -> Cell:
        value: int | None = getattr(subject.ai_model, field)
        return UNKNOWN if value is None else Cell(Decimal(value), f"{value:,}")

    return read


def _amount(field: str, unit: str) -> Callable[[Subject], Cell]:
    def read(subject: Subject) -> Cell:
        value: Decimal | None = getattr(subject.ai_model, field)
        if value is None:
            return UNKNOWN
        return Cell(value, f"{value:,.2f}".rstrip("0").rstrip(".") + unit)

    return read


def _text(field: str) -> Callable[[Subject], Cell]:
    def read(subject: Subject) -> Cell:
        value = getattr(subject.ai_model, field)
        if isinstance(value, datetime.date):
            return Cell(text=value.isoformat())
        if isinstance(value, bool):
            return Cell(text="Yes" if value else "No")
        return Cell(text=str(value)) if value else UNKNOWN

    return read


HIGHER, LOWER = Direction.HIGHER, Direction.LOWER
LIMITS: Final[tuple[RowMaker[Subject], ...]] = (
    RowMaker(
        "context_window", "Context window", _number("context_window"), HIGHER, "tokens"
    ),
    RowMaker(
        "max_output", "Maximum output", _number("max_output_tokens"), HIGHER, "tokens"
    ),
    RowMaker("max_images", "Images per request", _number("max_images"), HIGHER),
    RowMaker(
        "requests_per_minute",
        "Requests per minute",
        _number("requests_per_minute"),
        HIGHER,
    ),
    RowMaker(
        "tokens_per_minute", "Tokens per minute", _number("tokens_per_minute"), HIGHER
    ),
    RowMaker("knowledge_cutoff", "Knowledge cutoff", _text("knowledge_cutoff")),
    RowMaker("released_on", "Released", _text("released_on")),
    RowMaker("deprecated_on", "Deprecation", _text("deprecated_on")),
    RowMaker("retired_on", "Retirement", _text("retired_on")),
    RowMaker("is_open_weights", "Open weights", _text("is_open_weights")),
)
LOCAL: Final[tuple[RowMaker[Subject], ...]] = (
    RowMaker(
        "parameter_count",
        "Parameters",
        _amount("parameter_count_billions", " billion"),
        unit="billions",
    ),
    RowMaker("quantisation", "Quantisation", _text("quantisation")),
    RowMaker(
        "min_memory", "Minimum memory", _amount("min_memory_gb", " GB"), LOWER, "GB"
    ),
    RowMaker(
        "recommended_memory",
        "Recommended memory",
        _amount("recommended_memory_gb", " GB"),
        LOWER,
        "GB",
    ),
)
