"""Simulated experiments that are looked at after every batch."""

from collections.abc import Iterator

import numpy as np

from recommender.experimenting.always_valid import Counted, Difference, Sample

LOOKS = 150


def rate_looks(
    seed: int, *, rates: tuple[float, float], share: float, batch: int
) -> Iterator[tuple[Counted, Counted]]:
    """Candidate and control after every batch; `rates` and `share` of the candidate
    come first."""
    random = np.random.default_rng(seed)
    ones = random.binomial(batch, share, LOOKS)
    others = batch - ones
    rows = np.cumsum(
        [
            random.binomial(ones, rates[0]),
            ones,
            random.binomial(others, rates[1]),
            others,
        ],
        axis=1,
    )
    for one, count, other, other_count in rows.T.tolist():
        yield Counted(one, count), Counted(other, other_count)


def mean_looks(
    seed: int, *, share: float, batch: int, times: float = 1.0
) -> Iterator[tuple[Sample, Sample]]:
    """Values with a long tail (log-normal); the candidate's are `times` as large."""
    random = np.random.default_rng(seed)
    values = random.lognormal(0, 1, LOOKS * batch)
    is_one = random.random(LOOKS * batch) < share
    values[is_one] *= times
    ends = slice(batch - 1, None, batch)
    sums = [
        [
            np.cumsum(np.where(mask, part, 0))[ends]
            for part in (values**0, values, values**2)
        ]
        for mask in (is_one, ~is_one)
    ]
    for look in range(LOOKS):
        one, other = (
            Sample.of_sums(int(count[look]), total[look], squares[look])
            for count, total, squares in sums
        )
        yield one, other


def excludes(found: Difference | None, value: float) -> bool:
    return found is not None and not found.low <= value <= found.high
