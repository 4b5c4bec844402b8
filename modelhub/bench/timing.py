"""Measures how long things take, and says so in a table. Times in milliseconds."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Timing:
    """What some runs of one thing took."""

    runs: int
    median_ms: float
    p95_ms: float


@dataclass(frozen=True)
class Measurement:
    """One line of the table. `beside` is the plainest way to do the same work, as a
    measure of how much of the time is ours; `target_ms` is what was promised."""

    name: str
    timing: Timing
    target_ms: float | None = None
    beside: str = ""
    beside_timing: Timing | None = None
    note: str = ""

    @property
    def is_met(self) -> bool:
        return self.target_ms is None or self.timing.median_ms <= self.target_ms


def measure(
    work: Callable[[], object],
    *,
    runs: int,
    warm: int = 2,
    each: int = 1,
    prepare: Callable[[], object] | None = None,
) -> Timing:
    """Time `work` `runs` times after `warm` runs that do not count. `prepare` goes
    before each run, unmeasured; `each` repetitions inside a run are averaged."""
    taken = []
    for number in range(warm + runs):
        if prepare:
            prepare()
        started = time.perf_counter()
        for _ in range(each):
            work()
        elapsed = (time.perf_counter() - started) * 1000 / each
        if number >= warm:
            taken.append(elapsed)
    return Timing(runs, statistics.median(taken), percentile(taken, 95))


def percentile(values: Sequence[float], percent: int) -> float:
    """The smallest value that `percent` of all values do not exceed."""
    ordered = sorted(values)
    rank = -(-len(ordered) * percent // 100)
    return ordered[max(rank, 1) - 1]


def table(measurements: Iterable[Measurement]) -> list[str]:
    """The lines of a table, columns aligned; `!` marks a target that was missed."""
    head = ("", "median", "p95", "runs", "target", "beside", "median")
    rows = [head, *(_row(each) for each in measurements)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    return [_line(row, widths) for row in rows]


def _row(each: Measurement) -> tuple[str, ...]:
    target = "" if each.target_ms is None else f"≤ {duration(each.target_ms)}"
    mark = "" if each.is_met else " !"
    beside = each.beside_timing
    return (
        f"{each.name} ({each.note})" if each.note else each.name,
        duration(each.timing.median_ms),
        duration(each.timing.p95_ms),
        str(each.timing.runs),
        f"{target}{mark}",
        each.beside,
        duration(beside.median_ms) if beside else "",
    )


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    words = {0, 5}
    cells = [
        cell.ljust(width) if column in words else cell.rjust(width)
        for column, (cell, width) in enumerate(zip(row, widths, strict=True))
    ]
    return "  ".join(cells).rstrip()


def duration(milliseconds: float) -> str:
    """A time with a unit that suits it: 0.0123 → 12.3 µs, 2345 → 2.35 s."""
    if milliseconds < 1:
        return f"{milliseconds * 1000:.1f} µs"
    if milliseconds < 1000:
        return f"{milliseconds:.1f} ms"
    return f"{milliseconds / 1000:.2f} s"
