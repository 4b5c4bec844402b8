"""Aligned columns for terminals."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

DASH = "–"
GAP = "  "


def columns(rows: Iterable[Sequence[str]], right: frozenset[int]) -> list[str]:
    """One line a row, each column as wide as its widest cell; those in `right` are
    aligned to the right."""
    table = [list(row) for row in rows]
    widths = [max(len(cell) for cell in column) for column in zip(*table, strict=True)]
    return [
        GAP.join(
            cell.rjust(width) if place in right else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in table
    ]


def plain(number: Decimal | int) -> str:
    """A number as it is, without exponent and needless zeros: 0.00080 → 0.0008."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def dollars(amount: Decimal | None) -> str:
    return DASH if amount is None else f"${plain(amount)}"
