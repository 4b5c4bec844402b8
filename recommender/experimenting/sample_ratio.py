"""Was traffic split as planned? Pure.

Where the counts of arms cannot come from the planned shares, something loses or moves
requests, and every other number of the experiment may be wrong too (Fabijan et al.,
"Diagnosing sample ratio mismatch in online controlled experiments", KDD 2019). It is
Pearson's χ² test; its threshold is low, because one looks often.

Count what is assigned: requests where each request is, else distinct conversations or
users. Many requests of one user are one draw.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from scipy.special import chdtrc

MISMATCH_P: Final = 0.001
FEWEST_EXPECTED: Final = 5
"""In every arm; below, χ² does not hold."""
FEWEST_UNITS: Final = 100


class SplitVerdict(StrEnum):
    AS_PLANNED = "as_planned"
    MISMATCH = "mismatch"
    TOO_FEW = "too_few"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class SampleRatio:
    """`planned` and `seen` are percent by arm; `p_value` and `chi_squared` None where
    nothing was tested."""

    verdict: SplitVerdict
    text: str
    planned: Mapping[str, float]
    seen: Mapping[str, float]
    chi_squared: float | None = None
    p_value: float | None = None

    @property
    def is_off(self) -> bool:
        """Whether results are to be hidden."""
        return self.verdict == SplitVerdict.MISMATCH


def sample_ratio(
    planned: Mapping[str, float], counted: Mapping[str, int], unit: str = "request"
) -> SampleRatio:
    """`planned` are shares by arm, in any unit: percent, or the units expected over
    steps with different shares. Arms without a plan must have no traffic. `unit` is the
    word for what was counted."""
    shares = _shares(planned)
    total = sum(counted.values())
    if shares is None or any(number < 0 for number in counted.values()):
        text = "The planned shares are no shares: nothing can be tested."
        return SampleRatio(SplitVerdict.UNKNOWN, text, {}, {})
    shown = {key: 100 * share for key, share in shares.items()}
    keys = [*shares, *(key for key in counted if key not in shares)]
    seen = {key: 100 * counted.get(key, 0) / total if total else 0.0 for key in keys}
    stray = [key for key in keys if not shares.get(key) and counted.get(key)]
    if stray:
        text = f"{', '.join(stray)} got traffic that was not planned."
        return SampleRatio(SplitVerdict.MISMATCH, text, shown, seen, None, 0.0)
    expected = {key: share * total for key, share in shares.items() if share}
    if total < FEWEST_UNITS or min(expected.values()) < FEWEST_EXPECTED:
        return SampleRatio(
            SplitVerdict.TOO_FEW, _too_few(total, shares, unit), shown, seen
        )
    return _tested(expected, counted, shown, seen)


def _tested(
    expected: Mapping[str, float],
    counted: Mapping[str, int],
    planned: Mapping[str, float],
    seen: Mapping[str, float],
) -> SampleRatio:
    chi_squared = math.fsum(
        (counted.get(key, 0) - number) ** 2 / number for key, number in expected.items()
    )
    # One arm alone cannot be off.
    p_value = (
        float(chdtrc(len(expected) - 1, chi_squared)) if len(expected) > 1 else 1.0
    )
    if p_value < MISMATCH_P:
        text = (
            "The split is off: a difference this large from the plan would come by "
            f"chance less than once in {_once_in(p_value):,} times. Results are hidden "
            "until the cause is found."
        )
        verdict = SplitVerdict.MISMATCH
    else:
        verdict, text = SplitVerdict.AS_PLANNED, f"Split as planned, p = {p_value:.2g}."
    return SampleRatio(verdict, text, planned, seen, chi_squared, p_value)


def _too_few(total: int, shares: Mapping[str, float], unit: str) -> str:
    least = min(share for share in shares.values() if share)
    needed = max(FEWEST_UNITS, math.ceil(FEWEST_EXPECTED / least))
    words = f"{total:,} {unit}{'' if total == 1 else 's'}"
    return f"Too few to tell: {words} until now, {needed:,} are needed."


def _once_in(p_value: float) -> int:
    return int(min(10**9, 1 / max(p_value, 1e-12)))


def _shares(planned: Mapping[str, float]) -> dict[str, float] | None:
    numbers = list(planned.values())
    if any(not math.isfinite(one) or one < 0 for one in numbers) or not sum(numbers):
        return None
    whole = math.fsum(numbers)
    return {key: number / whole for key, number in planned.items()}
