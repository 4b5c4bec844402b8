"""Small lines without axes, drawn by the server. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

WIDTH: Final = 72
HEIGHT: Final = 28
TOP: Final = 3
BOTTOM: Final = 25


@dataclass(frozen=True)
class Sparkline:
    """Points of an SVG of 72 × 28, and the place of the last one."""

    line: str
    last_x: str
    last_y: str

    @property
    def area(self) -> str:
        """The line, closed along the bottom."""
        first = self.line.partition(",")[0]
        return f"{first},{HEIGHT} {self.line} {self.last_x},{HEIGHT}"


def sparkline(values: Sequence[Decimal | float | None]) -> Sparkline | None:
    """From the lowest value to the highest; gaps are bridged. None where fewer than
    two values are known, or all are the same: a flat line tells nothing."""
    known = [(at, float(value)) for at, value in enumerate(values) if value is not None]
    if len(known) < 2:
        return None
    low, high = (pick(value for _, value in known) for pick in (min, max))
    if low == high:
        return None
    points = [
        (
            f"{WIDTH * at / (len(values) - 1):.1f}",
            f"{BOTTOM - (BOTTOM - TOP) * (value - low) / (high - low):.1f}",
        )
        for at, value in known
    ]
    return Sparkline(" ".join(",".join(point) for point in points), *points[-1])
