"""How much less many requests of the same users tell than as many of different users
would. Pure.

A user, or a conversation, keeps its arm, and its requests resemble each other. What is
drawn are units, so that a rate is a ratio of two sums over units, whose spread the
delta method gives (Deng, Knoblich, Lu, "Applying the delta method in metric analytics:
a practical guide with novel ideas", KDD 2018, section 3):

    var(Σx / Σn) ≈ Σ (xᵢ − p·nᵢ)² / (Σn)²

The sum here runs over `analytics.arm_sql.GROUPS` groups of units, drawn by a hash:
their differences estimate the same, and their sums can be kept by the hour (Wolter,
"Introduction to variance estimation", 2007, chapter 2, random groups). That there are
so few of them is paid for by Student's t in place of the normal distribution.

What comes out is the design effect: this spread beside that of independent requests.
`count / effect` independent requests would tell as much (Rao, Scott, "A simple method
for the analysis of clustered binary data", Biometrics 48, 1992); with this number in
place of the count all that `always_valid` says holds for units.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from scipy.special import ndtr, stdtrit

RARE: Final = 2.0
"""While fewer than about so many failures (or successes) are there, how they come
together is not known: they are taken to come by whole units."""
USUAL_Z: Final = 3.0
"""About the smallest `always_valid.looks_z`: there the tails are compared."""
FEWEST_GROUPS: Final = 3


def effect_of_share(hits: np.ndarray, counts: np.ndarray) -> float:
    """The design effect of Σhits / Σcounts, both by group, from 1 on; no more than
    Σcounts, which is one observation in all."""
    count, hit = float(counts.sum()), float(hits.sum())
    if count <= 0:
        return 1.0
    share, rare = hit / count, min(hit, count - hit)
    effect = effect_of_sizes(counts)
    if rare > 0:
        residues = hits - share * counts
        seen = _spread(residues) / (count * share * (1 - share))
        effect = (rare * seen + RARE * effect) / (rare + RARE)
    return _bounded(effect, counts)


def effect_of_mean(totals: np.ndarray, counts: np.ndarray, variance: float) -> float:
    """That of Σtotals / Σcounts, where one value has this `variance`."""
    count = float(counts.sum())
    if count <= 0 or not (math.isfinite(variance) and variance > 0):
        return 1.0
    residues = totals - float(totals.sum()) / count * counts
    return _bounded(_spread(residues) / (count * variance), counts)


def effect_of_sizes(counts: np.ndarray) -> float:
    """What the effect would be if all requests of a unit went alike: Σnᵢ² / Σnᵢ over
    units, which the spread of the groups' sizes tells."""
    count = float(counts.sum())
    return _spread(counts - count / len(counts)) / count if count else 1.0


def _spread(residues: np.ndarray) -> float:
    """Of a sum over all groups."""
    groups = len(residues)
    return groups / (groups - 1) * float((residues**2).sum())


def _bounded(effect: float, counts: np.ndarray) -> float:
    count, filled = float(counts.sum()), int((counts > 0).sum())
    if filled < FEWEST_GROUPS:
        return count
    tails = -float(stdtrit(filled - 1, ndtr(-USUAL_Z))) / USUAL_Z
    return min(count, max(1.0, effect) * tails**2)
