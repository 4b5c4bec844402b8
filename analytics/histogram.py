"""A histogram of milliseconds whose buckets grow by 2 %: sums of it are exact, and
percentiles read from it lie within 1 % of the true ones. Pure.

It is stored as pairs of a bucket (2 bytes) and a count (4 bytes), big endian, in any
order and with repetitions: many are merged by putting them one behind the other, which
PostgreSQL does with `string_agg`. The shape is that of DDSketch (Masson, Rim, Lee:
"DDSketch: a fast and fully-mergeable quantile sketch", VLDB 2019).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Final

import numpy as np

ACCURACY: Final = 0.01
GAMMA: Final = (1 + ACCURACY) / (1 - ACCURACY)
LN_GAMMA: Final = math.log(GAMMA)
PAIR: Final = np.dtype([("bucket", ">i2"), ("count", ">i4")])
HIGHEST: Final = math.ceil(math.log(2**31) / LN_GAMMA)
"""The bucket of the largest number of milliseconds that a row can hold."""


def bucket_of(value_ms: int) -> int:
    """Bucket 0 holds everything up to 1 ms; bucket n what is above GAMMA^(n − 1) and
    not above GAMMA^n. Raises ValueError for a negative number."""
    if value_ms < 0:
        raise ValueError("A duration is not negative.")
    return 0 if value_ms <= 1 else math.ceil(math.log(value_ms) / LN_GAMMA)


NONE: Final = np.zeros(HIGHEST + 1, np.int64)
"""Shared by all histograms of nothing, and never written to."""
NONE.flags.writeable = False


class Histogram:
    """Counts by bucket; may be added to another."""

    __slots__ = ("_counts",)

    def __init__(self, counts: np.ndarray | None = None) -> None:
        self._counts = NONE if counts is None else counts

    @classmethod
    def of(cls, values_ms: Iterable[int]) -> Histogram:
        counts = np.zeros(HIGHEST + 1, np.int64)
        for value in values_ms:
            counts[bucket_of(value)] += 1
        return cls(counts)

    @classmethod
    def from_bytes(cls, stored: bytes | memoryview | None) -> Histogram:
        """What is stored, or many such one behind the other. Raises ValueError for
        bytes that are none."""
        if not stored:
            return cls()
        pairs = np.frombuffer(stored, PAIR)
        counts = np.bincount(
            pairs["bucket"], weights=pairs["count"], minlength=HIGHEST + 1
        )
        return cls(counts.astype(np.int64))

    def to_bytes(self) -> bytes:
        (buckets,) = np.nonzero(self._counts)
        pairs = np.empty(len(buckets), PAIR)
        pairs["bucket"], pairs["count"] = buckets, self._counts[buckets]
        return pairs.tobytes()

    def __add__(self, other: Histogram) -> Histogram:
        return merged((self, other))

    def __sub__(self, other: Histogram) -> Histogram:
        return self if other.is_empty else Histogram(self._counts - other._counts)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Histogram):
            return NotImplemented
        return bool(np.array_equal(self._counts, other._counts))

    __hash__ = None  # type: ignore[assignment]  # it holds an array

    @property
    def is_empty(self) -> bool:
        """It was made of nothing; quickly told."""
        return self._counts is NONE

    @property
    def count(self) -> int:
        return int(self._counts.sum())

    def percentile_ms(self, percent: float) -> float | None:
        """The value below which `percent` (0–100) of all lie; None of nothing."""
        if not 0 <= percent <= 100:
            raise ValueError("A percentile is between 0 and 100.")
        total = self.count
        if not total:
            return None
        rank = percent / 100 * (total - 1)
        bucket = int(np.searchsorted(np.cumsum(self._counts), rank, side="right"))
        if bucket == 0:
            return 1.0
        # The middle in relative terms: as far from the lower edge as from the upper.
        return float(2 * GAMMA**bucket / (GAMMA + 1))


def merged(histograms: Iterable[Histogram]) -> Histogram:
    """The sum of any number of them; those of nothing cost nothing."""
    filled = [one for one in histograms if not one.is_empty]
    if len(filled) < 2:
        return filled[0] if filled else Histogram()
    return Histogram(np.sum([one._counts for one in filled], axis=0))
