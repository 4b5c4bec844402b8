"""From which volume on one option is cheaper than another. Pure, in exact fractions.

An option costs `fixed` a month for each machine plus a price per item. A machine serves
up to `capacity` items a month; a further one adds the fixed cost again, so that lines
may have steps and cross more than once. Volumes are items a month.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Final

MAX_PIECES: Final = 400
"""How many straight pieces are looked at before the answer says that it stops."""


class Winner(StrEnum):
    FIRST = "first"
    SECOND = "second"
    SAME = "same"


@dataclass(frozen=True)
class Option:
    """One way to pay. Amounts in US dollars, not negative; no capacity: unlimited."""

    name: str
    per_item_usd: Decimal
    fixed_usd: Decimal = Decimal(0)
    capacity: int | None = None

    def machines(self, volume: Fraction | int) -> int:
        """How many machines `volume` takes; one stands there even when idle."""
        if self.capacity is None:
            return 1
        return max(1, -(-Fraction(volume) // self.capacity))

    def cost_at(self, volume: Fraction | int) -> Fraction:
        """Dollars a month at `volume`, exactly."""
        fixed = Fraction(self.fixed_usd) * self.machines(volume)
        return fixed + Fraction(self.per_item_usd) * volume

    @property
    def long_run_per_item(self) -> Fraction:
        """What an item costs where every machine is full."""
        share = Fraction(self.fixed_usd) / self.capacity if self.capacity else 0
        return Fraction(self.per_item_usd) + share


@dataclass(frozen=True)
class Span:
    """Volumes above `start` up to `end` (None: without end) at which `winner` is
    cheaper. Where a machine is exactly full, both may cost the same for once."""

    start: Fraction
    end: Fraction | None
    winner: Winner


@dataclass(frozen=True)
class Crossing:
    """Where the cheaper option changes: the lines meet (`is_step` False, both cost
    `usd`), or one jumps over the other because it needs a further machine right
    above `volume`."""

    volume: Fraction
    usd: Fraction
    is_step: bool
    then: Winner


@dataclass(frozen=True)
class BreakEven:
    """Spans cover all volumes above zero in order. `is_complete` is False where the
    search stopped before the end: lines with many steps can cross for ever."""

    first: Option
    second: Option
    spans: tuple[Span, ...]
    crossings: tuple[Crossing, ...]
    is_complete: bool

    @property
    def is_settled(self) -> bool:
        """One option is cheaper (or both cost the same) at every volume."""
        return len(self.spans) == 1 and self.is_complete

    @property
    def long_run(self) -> Winner:
        """Which option is cheaper with every machine full."""
        return _winner(self.first.long_run_per_item - self.second.long_run_per_item)

    def winner_at(self, volume: Fraction | int) -> Winner:
        return _compare(self.first, self.second, Fraction(volume))


def break_even(first: Option, second: Option) -> BreakEven:
    """All volumes at which the cheaper of the two options changes."""
    horizon = _horizon(first, second)
    ends = itertools.islice(_piece_ends(first, second, horizon), MAX_PIECES)
    spans: list[Span] = []
    start = Fraction(0)
    for end in ends:
        _extend(spans, _piece_spans(first, second, start, end))
        start = end if end is not None else start
    crossings = tuple(
        _crossing(first, second, before, after)
        for before, after in itertools.pairwise(spans)
    )
    return BreakEven(first, second, tuple(spans), crossings, spans[-1].end is None)


def _horizon(first: Option, second: Option) -> Fraction | None:
    """Above this volume the winner stays the same; None: it may change for ever.
    A stepped line lies between its long-run line and that plus one machine."""
    slopes = abs(first.long_run_per_item - second.long_run_per_item)
    fixed = Fraction(first.fixed_usd) + Fraction(second.fixed_usd)
    if slopes:
        return fixed / slopes
    return None if first.capacity or second.capacity else Fraction(0)


def _piece_ends(
    first: Option, second: Option, horizon: Fraction | None
) -> Iterator[Fraction | None]:
    """Where the straight pieces end: at each full machine, and at last nowhere."""
    capacities = [
        option.capacity for option in (first, second) if option.capacity is not None
    ]
    steps: list[Iterator[int]] = [itertools.count(each, each) for each in capacities]
    last = 0
    upcoming = [next(step) for step in steps]
    while upcoming and (horizon is None or last <= horizon):
        last = min(upcoming)
        yield Fraction(last)
        upcoming = [
            next(step) if value == last else value
            for step, value in zip(steps, upcoming, strict=True)
        ]
    yield None


def _piece_spans(
    first: Option, second: Option, start: Fraction, end: Fraction | None
) -> list[Span]:
    """The one or two spans of a piece on which both options are straight lines."""
    inside = start + 1 if end is None else (start + end) / 2
    fixed = Fraction(first.fixed_usd) * first.machines(inside) - Fraction(
        second.fixed_usd
    ) * second.machines(inside)
    slope = Fraction(first.per_item_usd) - Fraction(second.per_item_usd)
    has_steps = bool(first.capacity or second.capacity)
    # Above the last full machine only the winner is settled, not the shape.
    meet = None if not slope or (end is None and has_steps) else -fixed / slope
    if meet is None or meet <= start or (end is not None and meet >= end):
        return [Span(start, end, _compare_piece(fixed, slope, inside))]
    below = _compare_piece(fixed, slope, (start + meet) / 2)
    above = Winner.SECOND if below is Winner.FIRST else Winner.FIRST
    return [Span(start, meet, below), Span(meet, end, above)]


def _compare_piece(fixed: Fraction, slope: Fraction, volume: Fraction) -> Winner:
    return _winner(fixed + slope * volume)


def _compare(first: Option, second: Option, volume: Fraction) -> Winner:
    return _winner(first.cost_at(volume) - second.cost_at(volume))


def _winner(difference: Fraction) -> Winner:
    if difference == 0:
        return Winner.SAME
    return Winner.FIRST if difference < 0 else Winner.SECOND


def _extend(spans: list[Span], more: list[Span]) -> None:
    """Add spans, joining neighbours with the same winner."""
    for span in more:
        if spans and spans[-1].winner is span.winner:
            spans[-1] = Span(spans[-1].start, span.end, span.winner)
        else:
            spans.append(span)


def _crossing(first: Option, second: Option, before: Span, after: Span) -> Crossing:
    volume = after.start
    usd = first.cost_at(volume)
    return Crossing(
        volume=volume,
        usd=usd,
        is_step=usd != second.cost_at(volume),
        then=after.winner,
    )
