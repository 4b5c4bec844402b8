"""What a comparison is made of, and which cell of a row is the best. Pure.

Three rules hold for every row. What is not known neither wins nor loses. Cells that are
equally good tie. Where values have intervals, a leader whose interval touches another's
is tied with it, and nobody is the best.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Final, Generic, TypeVar

from registry.money import exact_text

Subject = TypeVar("Subject")

DASH: Final = "–"
MOST_MODELS: Final = 6


class Direction(StrEnum):
    """Which values of a row are better; `none` for facts that are not a contest."""

    HIGHER = "higher"
    LOWER = "lower"
    NONE = "none"


@dataclass(frozen=True)
class Cell:
    """One model's entry in a row. `value` is compared and exported to the last digit,
    `text` is what a page shows. `low` and `high` are its interval, `scale` what it is
    measured on: numbers of different scales are not compared. A cell that is not
    ranked shows a value that does not count, e.g. of a call that would not fit."""

    value: Decimal | None = None
    text: str = DASH
    low: Decimal | None = None
    high: Decimal | None = None
    scale: str = ""
    notes: tuple[str, ...] = ()
    reasons: tuple[tuple[str, str], ...] = ()
    level: int | None = None
    is_ranked: bool = True

    @property
    def is_known(self) -> bool:
        return self.value is not None or self.text != DASH

    @property
    def plain(self) -> str:
        """The exact value for files and programs; empty where it is not known."""
        if self.value is not None:
            return exact_text(self.value)
        return self.text if self.is_known else ""

    @property
    def interval(self) -> tuple[Decimal, Decimal]:
        value = self.value or Decimal(0)
        low = value if self.low is None else self.low
        high = value if self.high is None else self.high
        return low, high


UNKNOWN: Final = Cell()


@dataclass(frozen=True)
class Verdict:
    """Positions of the best cells, and of those that tie. A tie of equal values is
    also best; a tie within intervals is not."""

    best: frozenset[int] = frozenset()
    tied: frozenset[int] = frozenset()


NOBODY: Final = Verdict()


def judge(cells: Sequence[Cell], direction: Direction) -> Verdict:
    """Which of `cells` are the best. Nobody is where fewer than two are known, where
    all of them tie, or where they are not measured on one scale."""
    known = {
        position: cell
        for position, cell in enumerate(cells)
        if cell.value is not None and cell.is_ranked
    }
    if direction is Direction.NONE or len(known) < 2:
        return NOBODY
    values = {cell.value for cell in known.values() if cell.value is not None}
    if len({cell.scale for cell in known.values()}) > 1 or len(values) == 1:
        return NOBODY
    top = max(values) if direction is Direction.HIGHER else min(values)
    leaders = frozenset(at for at, cell in known.items() if cell.value == top)
    reach = _within_reach(known, leaders)
    if len(reach) == len(known):
        return NOBODY
    if reach != leaders or (len(leaders) > 1 and _has_interval(known, leaders)):
        return Verdict(tied=reach)
    return Verdict(leaders, leaders if len(leaders) > 1 else frozenset())


def _within_reach(known: dict[int, Cell], leaders: frozenset[int]) -> frozenset[int]:
    """The leaders and everyone whose interval overlaps a leader's."""
    return leaders | {
        at
        for at, cell in known.items()
        for leader in leaders
        if _overlap(cell.interval, known[leader].interval)
    }


def _overlap(one: tuple[Decimal, Decimal], other: tuple[Decimal, Decimal]) -> bool:
    return one[0] <= other[1] and other[0] <= one[1]


def _has_interval(known: dict[int, Cell], leaders: frozenset[int]) -> bool:
    return any(known[at].low is not None for at in leaders)


@dataclass(frozen=True)
class ComparisonRow:
    """One property of all compared models, in their order. `hint` is shown under the
    label, `meaning` explains the word itself."""

    key: str
    label: str
    cells: tuple[Cell, ...]
    direction: Direction = Direction.NONE
    unit: str = ""
    hint: str = ""
    meaning: str = ""

    @cached_property
    def verdict(self) -> Verdict:
        return judge(self.cells, self.direction)

    @property
    def differs(self) -> bool:
        """Whether the models are not all the same in this row."""
        return len({(cell.value, cell.text) for cell in self.cells}) > 1

    @property
    def is_known(self) -> bool:
        return any(cell.is_known for cell in self.cells)

    @property
    def marked(self) -> list[tuple[Cell, str]]:
        """Each cell with its mark: "best", "best, tie", "tie" or nothing."""
        return [(cell, self.mark(at)) for at, cell in enumerate(self.cells)]

    def mark(self, position: int) -> str:
        words = []
        if position in self.verdict.best:
            words.append("best")
        if position in self.verdict.tied:
            words.append("tie")
        return ", ".join(words)


@dataclass(frozen=True)
class Category:
    key: str
    title: str
    rows: tuple[ComparisonRow, ...]

    def only_differences(self) -> Category:
        rows = tuple(row for row in self.rows if row.differs)
        return Category(self.key, self.title, rows)


@dataclass(frozen=True)
class RowMaker(Generic[Subject]):
    """How to make one row: a cell for each subject, by `read`."""

    key: str
    label: str
    read: Callable[[Subject], Cell]
    direction: Direction = Direction.NONE
    unit: str = ""
    hint: str = ""
    meaning: str = ""

    def row(self, subjects: Sequence[Subject]) -> ComparisonRow:
        return ComparisonRow(
            self.key,
            self.label,
            tuple(self.read(one) for one in subjects),
            self.direction,
            self.unit,
            self.hint,
            self.meaning,
        )
