"""Where the names of points go in a scatter plot, so that they do not cover one
another. Pure; distances are estimates for a plot of usual size."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import log10
from typing import Final

PLOT_WIDTH: Final = 640
PLOT_HEIGHT: Final = 240
CHARACTER_WIDTH: Final = 7.0
LINE_HEIGHT: Final = 16
EDGE: Final = 4
"""What a pixel outside the plot is worth in pixels covered."""
REACH: Final = 18
"""From the middle of a bubble to the nearest edge of its label."""


@dataclass(frozen=True)
class Box:
    left: float
    top: float
    right: float
    bottom: float

    def overlap(self, other: Box) -> float:
        """The shared area, in pixels."""
        width = min(self.right, other.right) - max(self.left, other.left)
        height = min(self.bottom, other.bottom) - max(self.top, other.top)
        return max(width, 0) * max(height, 0)

    @property
    def outside(self) -> float:
        """How far it sticks out of the plot sideways, in pixels."""
        return max(-self.left, 0) + max(self.right - PLOT_WIDTH, 0)


def scaled(values: Sequence[Decimal], *, is_logarithmic: bool) -> list[float]:
    """`values` from 0 (least) to 1 (most) as the axis places them."""
    placed = [log10(value) if is_logarithmic else float(value) for value in values]
    low, high = min(placed), max(placed)
    return [(value - low) / (high - low) if high > low else 0.5 for value in placed]


def label_positions(
    labels: Sequence[str], across: Sequence[float], up: Sequence[float]
) -> list[str]:
    """Plotly's `textposition` of each label: the side where it covers least of the
    bubbles and of the labels placed before it."""
    points = [
        (x * PLOT_WIDTH, (1 - y) * PLOT_HEIGHT) for x, y in zip(across, up, strict=True)
    ]
    taken = [Box(x - REACH, y - REACH, x + REACH, y + REACH) for x, y in points]
    positions = []
    for at, (label, point) in enumerate(zip(labels, points, strict=True)):
        others = [box for number, box in enumerate(taken) if number != at]
        sides = _sides(label, *point)
        best = min(sides, key=lambda side: _cost(sides[side], others))
        taken.append(sides[best])
        positions.append(best)
    return positions


def _cost(box: Box, others: Sequence[Box]) -> float:
    return sum(box.overlap(other) for other in others) + EDGE * box.outside


def _sides(label: str, x: float, y: float) -> dict[str, Box]:
    """The box of a label on each side of a point; the first side is preferred."""
    width, half = len(label) * CHARACTER_WIDTH, LINE_HEIGHT / 2
    left, right = x - width / 2, x + width / 2
    return {
        "top center": Box(left, y - REACH - LINE_HEIGHT, right, y - REACH),
        "bottom center": Box(left, y + REACH, right, y + REACH + LINE_HEIGHT),
        "middle right": Box(x + REACH, y - half, x + REACH + width, y + half),
        "middle left": Box(x - REACH - width, y - half, x - REACH, y + half),
    }
