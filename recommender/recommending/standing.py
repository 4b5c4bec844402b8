"""Is a candidate shown to be no worse than the current model? Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from analytics.benchmarking.statistics.bootstrap import FEW_CASES
from analytics.benchmarking.statistics.power import (
    about,
    cases_needed,
    cases_to_show_no_worse,
)
from analytics.benchmarking.statistics.verdicts import points


class Standing(StrEnum):
    NOT_WORSE = "not_worse"
    UNDECIDED = "undecided"
    UNTESTED = "untested"
    WORSE = "worse"

    @property
    def needs_benchmark(self) -> bool:
        return self in (Standing.UNDECIDED, Standing.UNTESTED)


@dataclass(frozen=True)
class Pairing:
    """The candidate minus the current model over cases that both answered, 0 to 1; both
    ends None where there are too few to say. `mean_square` of the differences."""

    cases: int = 0
    difference: float | None = None
    low: float | None = None
    high: float | None = None
    mean_square: float = 0.0
    suites: tuple[str, ...] = ()


@dataclass(frozen=True)
class Judgement:
    standing: Standing
    text: str
    pairing: Pairing
    further_cases: int | None = None


def judge(pairing: Pairing | None, margin: float) -> Judgement:
    """By non-inferiority: not worse where the lower end of the 95 % interval stays
    above −`margin` (0 to 1); worse where all of it is below 0 and it is not. What is
    between needs more cases."""
    found = pairing or Pairing()
    if not found.cases or found.difference is None:
        text = "The two were never asked the same benchmark cases."
        return Judgement(Standing.UNTESTED, text, found)
    if found.low is None or found.high is None:
        text = (
            f"Both answered {found.cases} benchmark case"
            f"{'' if found.cases == 1 else 's'}; below {FEW_CASES} nothing can be said."
        )
        return Judgement(Standing.UNTESTED, text, found)
    seen = (
        f"{points(found.difference)} points ({points(found.low)} to "
        f"{points(found.high)}) over {found.cases:,} cases of "
        f"{', '.join(found.suites) or 'your suites'}"
    )
    limit = f"{points(margin)} points"
    if found.low > -margin:
        text = f"Not worse by more than {limit}: {seen}."
        return Judgement(Standing.NOT_WORSE, text, found)
    if found.high < 0:
        return Judgement(Standing.WORSE, f"Shown to be worse: {seen}.", found)
    more = further_cases(found, margin)
    ask = f" About {about(more):,} more cases would decide it." if more else ""
    text = f"It may be worse by more than {limit}: {seen}.{ask}"
    return Judgement(Standing.UNDECIDED, text, found, more)


def further_cases(found: Pairing, margin: float) -> int | None:
    """How many would show that it is not worse by more than `margin` (0 to 1), or that
    it is worse, were the difference seen so far the true one. None: no number would."""
    gap = found.difference
    if gap is None:
        return None
    # Were all cases alike so far: one in so many may yet be lost.
    square = max(found.mean_square, 1 / (found.cases + 2))
    needed = cases_to_show_no_worse(gap, square, margin)
    if gap <= -margin:
        needed = cases_needed(gap, square)
    return None if needed is None else max(1, needed - found.cases)
