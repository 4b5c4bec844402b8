"""Simulated users, each with 1 to 50 requests that resemble each other, of an
experiment that is looked at after every batch."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from analytics.arm_sql import GROUPS

USERS, LOOKS = 480, 60
"""About 12,000 requests."""


@dataclass
class Look:
    """Sums of one arm by group of users."""

    counts: np.ndarray
    hits: np.ndarray
    totals: np.ndarray
    squares: float


def looks(
    seed: int, *, rate: float, alike: float, share: float
) -> Iterator[tuple[Look, Look]]:
    """Candidate and control after every batch, without a difference between them. A
    user's own success rate is a beta variable around `rate`, `alike` the correlation of
    any two of its requests; its cost is its own too, with a long tail. A user asks for
    a tenth of the whole time."""
    random = np.random.default_rng(seed)
    sizes = random.integers(1, 51, USERS)
    spread = (1 - alike) / alike
    rates = random.beta(rate * spread, (1 - rate) * spread, USERS)
    costs = random.lognormal(0, 0.5, USERS)
    is_candidate = random.random(USERS) < share
    groups = random.integers(0, GROUPS, USERS)
    user = np.repeat(np.arange(USERS), sizes)
    at = random.random(USERS)[user] + random.exponential(0.1, len(user))
    user = user[np.argsort(at)]
    hits = random.random(len(user)) < rates[user]
    values = costs[user] * random.lognormal(0, 0.5, len(user))
    for end in np.linspace(0, len(user), LOOKS + 1).astype(int)[1:]:
        yield tuple(
            _summed(groups[user[:end]], hits[:end], values[:end], mask[user[:end]])
            for mask in (is_candidate, ~is_candidate)
        )


def _summed(groups, hits, values, mask) -> Look:
    def by_group(weights=None):
        return np.bincount(groups[mask], weights, minlength=GROUPS).astype(float)

    mine = values[mask]
    return Look(
        by_group(), by_group(hits[mask]), by_group(mine), float((mine * mine).sum())
    )
