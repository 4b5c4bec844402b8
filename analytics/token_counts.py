"""A usage as columns and back: the usual token kinds have a column each, what is rare
stands in one compact object. Pure."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final, Protocol

from registry.price_units import Quantity
from registry.usage import USUAL, Usage

COLUMNS: Final = USUAL
Counts = tuple[int | None, ...]
Others = dict[str, int | str | bool] | None
UNKNOWN: Final[Counts] = (None,) * len(COLUMNS)
DEFAULTS: Final = vars(Usage())


class Counted(Protocol):
    """A stored row."""

    input_tokens: Any  # a Django field on the class, a number on the row
    other_counts: Any  # likewise


def stored_counts(usage: Usage | None) -> tuple[Counts, Others]:
    """The counts of `COLUMNS`, and what has no column and is not as usual (decimal
    numbers as text); all None where nothing is known. Raises ValueError for a count of
    tokens that is not whole."""
    if usage is None:
        return UNKNOWN, None
    usual = usage.usual_counts()
    if usual:
        return usual, None
    return _column_counts(usage), _other_counts(usage)


def _column_counts(usage: Usage) -> Counts:
    return tuple(_whole(name, getattr(usage, name)) for name in COLUMNS)


def _other_counts(usage: Usage) -> Others:
    rest = {
        name: str(value) if isinstance(value, Decimal) else value
        for name, value in vars(usage).items()
        if name not in COLUMNS and value != DEFAULTS[name]
    }
    return rest or None


def usage_from(row: Counted) -> Usage | None:
    """The usage of a stored row, or None where nothing was known."""
    if row.input_tokens is None:
        return None
    counts: dict[str, Any] = {name: getattr(row, name) or 0 for name in COLUMNS}
    for name, value in (row.other_counts or {}).items():
        counts[name] = Decimal(value) if isinstance(value, str) else value
    return Usage(**counts)


def _whole(name: str, value: Quantity) -> int:
    if value != int(value):
        raise ValueError(f"{name} must be a whole number.")
    return int(value)
