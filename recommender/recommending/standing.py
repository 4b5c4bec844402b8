"""Is a candidate shown to be no worse than the current model? Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from analytics.benchmarking.statistics.bootstrap import FEW_CASES
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
    ends None where there are too few to say."""

    cases: int = 0
    difference: float | None = None
    low: float | None = None
    high: float | None = None
    further_cases: int | None = None
    suites: tuple[str, ...] = ()


@dataclass(frozen=True)
class Judgement:
    standing: Standing
    text: str
    pairing: Pairing


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
    more = found.further_cases
    ask = f" About {more:,} more cases would decide it." if more else ""
    text = f"It may be worse by more than {limit}: {seen}.{ask}"
    return Judgement(Standing.UNDECIDED, text, found)
