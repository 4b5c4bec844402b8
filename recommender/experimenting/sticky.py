"""Who gets which arm, for good: a hash of the unit, salted by the experiment. Pure.

The hash puts a unit into one of `BUCKETS` buckets. Candidates have the lowest ones, the
control the rest. A canary that grows takes buckets from the control alone, so that
whoever has the candidate keeps it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from hashlib import blake2b
from typing import Final

BUCKETS: Final = 10_000
"""A bucket is a hundredth of a percent, the smallest share there is."""
LONGEST_UNIT: Final = 1_000


@dataclass(frozen=True, slots=True)
class Draw:
    """`unit_hash` is signed, as a database keeps it; nobody learns the unit from it."""

    bucket: int
    unit_hash: int


def draw(salt: str, unit: str) -> Draw:
    """The same for the same unit at all times and in all processes."""
    said = f"{salt}\0{unit[:LONGEST_UNIT]}".encode("utf-8", "surrogatepass")
    digest = blake2b(said, digest_size=16).digest()
    return Draw(
        int.from_bytes(digest[:8], "big") % BUCKETS,
        int.from_bytes(digest[8:], "big", signed=True),
    )


def upper_buckets(shares_percent: Sequence[Decimal | float]) -> list[int]:
    """Where the buckets of each candidate end, one behind the other. What is left is
    the control's."""
    ends, end = [], Decimal(0)
    for share in shares_percent:
        end += Decimal(share)
        ends.append(min(BUCKETS, round(end * BUCKETS / 100)))
    return ends
