"""What a paired comparison says, in words. Scores are 0 to 1, words are in points."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Final

from analytics.benchmarking.statistics.bootstrap import FEW_CASES
from analytics.benchmarking.statistics.power import ALPHA, about

MINUS: Final = "−"


class Outcome(enum.StrEnum):
    A_BETTER = "a_better"
    B_BETTER = "b_better"
    UNDECIDED = "undecided"
    LITTLE = "little"


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """A minus B over the cases that both answered. `p_adjusted` counts the other
    comparisons of the same run; `further_cases` None: no number would do."""

    cases: int
    difference: float | None
    low: float | None
    high: float | None
    p_adjusted: float | None
    further_cases: int | None
    family: int = 1

    @property
    def outcome(self) -> Outcome:
        if self.difference is None or self.p_adjusted is None or self.low is None:
            return Outcome.LITTLE
        if self.p_adjusted >= ALPHA or self.low <= 0 <= (self.high or 0.0):
            return Outcome.UNDECIDED
        return Outcome.A_BETTER if self.difference > 0 else Outcome.B_BETTER


def verdict(found: Comparison, a: str, b: str) -> str:
    """One or two sentences."""
    match found.outcome:
        case Outcome.LITTLE:
            return (
                f"Not enough data: {a} and {b} both answered {found.cases} "
                f"case{'' if found.cases == 1 else 's'}, and below {FEW_CASES} "
                "nothing can be said."
            )
        case Outcome.A_BETTER:
            return f"{a} is better by {_better(found, 1)}."
        case Outcome.B_BETTER:
            return f"{b} is better by {_better(found, -1)}."
    return f"{a} and {b} cannot be told apart{_why(found)}; {_settling(found)}."


def no_worse(low: float | None, margin: float, a: str, b: str) -> str:
    """Non-inferiority of A, from the lower end of A minus B. `margin` is 0 to 1."""
    by = f"by more than {points(margin)} points"
    if low is None:
        return f"Whether {a} is worse than {b} {by} cannot be said yet."
    if low > -margin:
        return f"{a} is not worse than {b} {by}."
    return f"{a} may be worse than {b} {by}."


def points(value: float) -> str:
    """A score or a difference in points of 100: 0.041 → 4.1, −0.02 → −2.0."""
    text = f"{abs(100 * value):.1f}"
    return f"{MINUS}{text}" if value < 0 and text != "0.0" else text


def _better(found: Comparison, sign: int) -> str:
    ends = sorted(sign * (one or 0.0) for one in (found.low, found.high))
    gap = points(sign * (found.difference or 0.0))
    return f"{gap} points ({points(ends[0])} to {points(ends[1])})"


def _why(found: Comparison) -> str:
    low, high = found.low or 0.0, found.high or 0.0
    seen = (
        f"({points(found.difference or 0.0)} points, {points(low)} to {points(high)})"
    )
    if low <= 0 <= high:
        return f" {seen}"
    return f" {seen} once all {found.family} comparisons of the run are counted"


def _settling(found: Comparison) -> str:
    if found.further_cases is None:
        return "the difference is too small for any number of cases to settle it"
    more = about(found.further_cases)
    return f"about {more:,} more case{'' if more == 1 else 's'} would settle it"
