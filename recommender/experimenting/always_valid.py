"""Intervals for the difference between two arms that stay valid however often one
looks. Pure.

An ordinary 95 % interval holds for one look at a size fixed before. Who looks after
every batch and stops at the first difference is wrong far more often than once in 20.
A confidence sequence bounds all looks together: with probability 95 % the truth is in
every one of its intervals.

The width is that of the normal mixture (Robbins, "Statistical methods related to the
law of the iterated logarithm", Annals of Mathematical Statistics 41, 1970; Howard,
Ramdas, McAuliffe, Sekhon, "Time-uniform, nonparametric, nonasymptotic confidence
sequences", Annals of Statistics 49, 2021). With a measured instead of a known spread it
holds for large samples (Waudby-Smith, Arbour, Sinha, Kennedy, Ramdas, "Time-uniform
central limit theory and asymptotic confidence sequences", Annals of Statistics 52,
2024, theorem 2.2):

    z(n) = √((n·ρ² + 1) / (n·ρ²) · ln((n·ρ² + 1) / α²))

standard errors instead of 1.96. Rates are skewed near 0 and 1. So this z goes into the
likelihood interval of each share, {p : n·KL(p̂, p) ≤ z²/2} (Garivier, Cappé, "The KL-UCB
algorithm", COLT 2011), and both ends are put together by Newcombe's square-and-add
("Interval estimation for the difference between independent proportions", Statistics
in Medicine 17, 1998): that nothing failed yet is not taken for certainty.

What is counted need not be independent: where users or conversations keep their arm,
`effect` says how many requests tell as much as one that is (see `unit_groups`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

ALPHA: Final = 0.05
TARGET_OBSERVATIONS: Final = 2_000
"""The interval is tightest, beside an ordinary one, at about this many observations of
two equal arms; it is valid at every number. Fixed before anything is seen."""
FEWEST_VALUES: Final = 50
"""Of each arm, before a difference of means is told: below, the measured spread of
costs and latencies says little."""

HALVINGS: Final = 40
"""Of a range at most 1 wide: exact to 1e-12."""


@dataclass(frozen=True)
class Counted:
    """`hits` of `count` observations of one arm, such as calls that went well. So many
    of them as `effect` tell as much as one that is independent of the others."""

    hits: int
    count: int
    effect: float = 1.0

    @property
    def share(self) -> float:
        """0 to 1. Raises ZeroDivisionError of nothing."""
        return self.hits / self.count

    @property
    def weight(self) -> float:
        """How many independent observations tell as much."""
        return self.count / self.effect


@dataclass(frozen=True)
class Sample:
    """Values of one arm: their number, mean and variance (of the sample); `effect` as
    of `Counted`."""

    count: int
    mean: float
    variance: float
    effect: float = 1.0

    @classmethod
    def of_sums(
        cls, count: int, total: float, squares: float, effect: float = 1.0
    ) -> Sample:
        """From a sum and a sum of squares; of less than two values the variance is
        not known (NaN)."""
        if count < 2:
            return cls(count, total / count if count else math.nan, math.nan)
        spread = (squares - total * total / count) / (count - 1)
        return cls(count, total / count, max(0.0, spread), effect)

    @property
    def weight(self) -> float:
        """How many independent values tell as much."""
        return self.count / self.effect

    @property
    def is_usable(self) -> bool:
        return (
            self.count >= FEWEST_VALUES
            and math.isfinite(self.mean)
            and math.isfinite(self.variance)
            and self.variance >= 0
        )


@dataclass(frozen=True)
class Difference:
    """Candidate minus control, with an always-valid 95 % interval."""

    value: float
    low: float
    high: float

    @property
    def half(self) -> float:
        """Half the width of the interval."""
        return (self.high - self.low) / 2

    def is_below(self, bound: float) -> bool:
        """Whether all of the interval is."""
        return self.high < bound

    def is_above(self, bound: float) -> bool:
        return self.low > bound


def rate_difference(
    candidate: Counted, control: Counted, target: float = TARGET_OBSERVATIONS
) -> Difference | None:
    """Of two shares, −1 to 1. None where an arm has no observation or its counts
    cannot be."""
    if not _is_possible(candidate) or not _is_possible(control):
        return None
    z = looks_z(balanced_count(candidate.weight, control.weight), target)
    one, other = share_interval(candidate, z), share_interval(control, z)
    value = one.value - other.value
    down = math.hypot(one.value - one.low, other.high - other.value)
    up = math.hypot(one.high - one.value, other.value - other.low)
    return Difference(value, max(-1.0, value - down), min(1.0, value + up))


def share_interval(counted: Counted, z: float) -> Difference:
    """Every share whose likelihood lies within exp(−z²/2) of the best."""
    share = counted.share
    reach = z * z / (2 * counted.weight)
    return Difference(share, _end(share, 0.0, reach), _end(share, 1.0, reach))


def mean_difference(
    candidate: Sample, control: Sample, target: float = TARGET_OBSERVATIONS
) -> Difference | None:
    """Of two means of costs or durations, in their unit. None where an arm has fewer
    than `FEWEST_VALUES` values, or values that are no numbers.

    Costs and durations have long tails, so that a small arm that is low by chance also
    looks narrow. No arm is therefore taken to spread less, as a share of its mean, than
    the other one does."""
    if not candidate.is_usable or not control.is_usable:
        return None
    z = looks_z(balanced_count(candidate.weight, control.weight), target)
    error = math.sqrt(
        _spread(candidate, control) / candidate.weight
        + _spread(control, candidate) / control.weight
    )
    value = candidate.mean - control.mean
    return Difference(value, value - z * error, value + z * error)


def looks_z(count: float, target: float = TARGET_OBSERVATIONS) -> float:
    """By how many standard errors a difference of `count` observations may be off, at
    all looks together; 1.96 is the answer for one look. `target` is where it is
    tightest. Infinite of nothing."""
    if count <= 0:
        return math.inf
    grown = count * _squared_rho(target)
    return math.sqrt((grown + 1) / grown * math.log((grown + 1) / ALPHA**2))


def balanced_count(candidate: float, control: float) -> float:
    """How many observations of two equal arms tell as much as these two do: a small
    arm is what holds a comparison back."""
    whole = candidate + control
    return 4 * candidate * control / whole if whole else 0.0


def _squared_rho(target: float) -> float:
    """Tightest at `target` (Waudby-Smith et al., appendix B.2, in units of the
    spread)."""
    wide = -2 * math.log(ALPHA)
    return (wide + math.log(wide) + 1) / target


def _spread(sample: Sample, other: Sample) -> float:
    if sample.mean <= 0 or other.mean <= 0:
        return sample.variance
    ratio = sample.mean / other.mean
    return max(sample.variance, other.variance * ratio * ratio)


def _end(share: float, edge: float, reach: float) -> float:
    """Where between `share` and `edge` the divergence from `share` gets to `reach`."""
    inner, outer = share, edge
    for _ in range(HALVINGS):
        middle = (inner + outer) / 2
        if _divergence(share, middle) <= reach:
            inner = middle
        else:
            outer = middle
    return outer


def _divergence(seen: float, true: float) -> float:
    """Kullback–Leibler, of one observation with the share `seen` from `true`."""
    hit = seen * math.log(seen / true) if seen else 0.0
    miss = (1 - seen) * math.log((1 - seen) / (1 - true)) if seen < 1 else 0.0
    return hit + miss


def _is_possible(counted: Counted) -> bool:
    return counted.count > 0 and 0 <= counted.hits <= counted.count
