"""Where the names of points go in a scatter plot, so that they do not cover one
another. Pure; distances are estimates for a plot of usual size."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import log10
from typing import Final

EDGE: Final = 4
"""What a pixel outside the plot is worth in pixels covered."""
COVERED: Final = 24
"""Square pixels that a label may cover before it cannot be read."""


@dataclass(frozen=True)
class Plot:
    """Sizes in pixels. `reach` is from the middle of a bubble to the nearest edge of
    its label."""

    width: int = 640
    height: int = 240
    reach: int = 18
    character_width: float = 7.0
    line_height: int = 16


USUAL: Final = Plot()


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

    def outside(self, width: int) -> float:
        """How far it sticks out of a plot of `width` sideways, in pixels."""
        return max(-self.left, 0) + max(self.right - width, 0)


@dataclass(frozen=True)
class Placed:
    """A label on a side of its point, as Plotly calls it. `is_clear`: it can be
    read."""

    label: str
    side: str
    is_clear: bool


def scaled(values: Sequence[Decimal], *, is_logarithmic: bool) -> list[float]:
    """`values` from 0 (least) to 1 (most) as the axis places them."""
    placed = [log10(value) if is_logarithmic else float(value) for value in values]
    low, high = min(placed), max(placed)
    return [(value - low) / (high - low) if high > low else 0.5 for value in placed]


def label_positions(
    labels: Sequence[str],
    across: Sequence[float],
    up: Sequence[float],
    plot: Plot = USUAL,
) -> list[str]:
    """Plotly's `textposition` of each label: the side where it covers least of the
    bubbles and of the labels placed before it."""
    return [one.side for one in placed_labels(labels, across, up, plot)]


def placed_labels(
    labels: Sequence[str],
    across: Sequence[float],
    up: Sequence[float],
    plot: Plot = USUAL,
) -> list[Placed]:
    """The best side of each label; one that cannot be read even there takes no place
    from those after it."""
    points = [
        (x * plot.width, (1 - y) * plot.height) for x, y in zip(across, up, strict=True)
    ]
    reach = plot.reach
    taken = [Box(x - reach, y - reach, x + reach, y + reach) for x, y in points]
    found = []
    for at, (label, point) in enumerate(zip(labels, points, strict=True)):
        others = [box for number, box in enumerate(taken) if number != at]
        sides = _sides(label, *point, plot)
        costs = {
            side: _cost(box, others) + EDGE * box.outside(plot.width)
            for side, box in sides.items()
        }
        best = min(sides, key=lambda side: costs[side])
        is_clear = costs[best] <= COVERED
        if is_clear:
            taken.append(sides[best])
        found.append(Placed(label, best, is_clear))
    return found


def _cost(box: Box, others: Sequence[Box]) -> float:
    return sum(box.overlap(other) for other in others)


def _sides(label: str, x: float, y: float, plot: Plot) -> dict[str, Box]:
    """The box of a label on each side of a point; the first side is preferred."""
    width, half = len(label) * plot.character_width, plot.line_height / 2
    left, right = x - width / 2, x + width / 2
    near, high = plot.reach, plot.line_height
    above, below = (y - near - high, y - near), (y + near, y + near + high)
    return {
        "top center": Box(left, above[0], right, above[1]),
        "bottom center": Box(left, below[0], right, below[1]),
        "middle right": Box(x + near, y - half, x + near + width, y + half),
        "middle left": Box(x - near - width, y - half, x - near, y + half),
        "top right": Box(x, above[0], x + width, above[1]),
        "top left": Box(x - width, above[0], x, above[1]),
        "bottom right": Box(x, below[0], x + width, below[1]),
        "bottom left": Box(x - width, below[0], x, below[1]),
    }
