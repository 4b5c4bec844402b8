"""Answers laid along a timeline. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from analytics.questions import Answer, Key, Part
from analytics.sums import Sums, total
from analytics.timeline import Timeline

MOST_SERIES: Final = 6
"""Colours that can be told apart; what is over is one series, "Other"."""
OTHER: Final = "Other"


@dataclass(frozen=True)
class Line:
    """One series: its name and a value for each step."""

    name: str
    values: tuple[Decimal, ...]

    @property
    def total(self) -> Decimal:
        return sum(self.values, Decimal(0))


def placed(answer: Answer, line: Timeline) -> Iterator[tuple[int, Part]]:
    """Each part with the step of the line that it lies in."""
    last, place = None, line.index(answer.question.start)
    for part in answer.parts:
        # Parts of one step stand together and share its start.
        if part.start is not None and part.start is not last:
            last, place = part.start, line.index(part.start)
        yield place, part


def along(answer: Answer, line: Timeline) -> tuple[Sums, ...]:
    """The sums of each step, whatever the answer is split by."""
    found: list[list[Sums]] = [[] for _ in range(len(line))]
    for place, part in placed(answer, line):
        found[place].append(part.sums)
    return tuple(total(several) for several in found)


def stacked(
    answer: Answer,
    line: Timeline,
    value: Callable[[Sums], Decimal | int],
    name: Callable[[tuple[Key, ...]], str],
    most: int = MOST_SERIES,
) -> list[Line]:
    """A series for each part of the split, the largest first and the small ones
    together, so that they add up to the whole."""
    found: dict[tuple[Key, ...], list[Decimal]] = {}
    for place, part in placed(answer, line):
        values = found.setdefault(part.keys, [Decimal(0)] * len(line))
        values[place] += value(part.sums)
    largest = sorted(
        ((sum(values), keys, values) for keys, values in found.items()),
        key=lambda one: one[0],
        reverse=True,
    )
    shown = [one for one in largest if one[0] > 0]
    if len(shown) > most:
        shown, rest = shown[:most], shown[most:]
    else:
        rest = []
    lines = [Line(name(keys), tuple(values)) for _, keys, values in shown]
    return [*lines, _together([values for _, _, values in rest])] if rest else lines


def _together(values: Sequence[Sequence[Decimal]]) -> Line:
    sums = tuple(sum(column, Decimal(0)) for column in zip(*values, strict=True))
    return Line(OTHER, sums)
