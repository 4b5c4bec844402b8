"""Calls that any price bills alike, added up. Pure.

A price depends on a call's size only by the tiers of its input, which are cliffs: calls
between two neighbouring edges have one rate each, and so their tokens may be summed.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal, localcontext
from typing import Final

from analytics.token_counts import COLUMNS
from registry.pricing import EXACT

ZERO: Final = Decimal(0)
SUMS: Final = (
    "calls",
    "requests",
    *COLUMNS,
    "cost_usd",
    "estimated_calls",
    "failed_calls",
)
"""What adds up."""
SHORT_AUDIO_SECONDS: Final = 10
"""Some prices bill shorter audio as this long (registry.pricing)."""

CUT: Final = "Sums of these calls are being built again: a price or a window is new."


class CutBandError(ValueError):
    """A band holds calls of both sides of an edge: it cannot tell them apart yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """Sums of calls with input above `above_tokens`, to the next edge.

    `at` is the first moment of the calls. `kinds` has a bit for each of
    `token_counts.COLUMNS` that every call of the band used. `is_counted` False: the
    calls told of no tokens; `failed_calls` of them were refused, and cost nothing.
    `is_priced` says whether `cost_usd`, the recorded cost, is known. `other_counts`
    are sums of images, audio, searches, …, which all calls of the band have."""

    at: datetime.datetime
    feature_id: int | None = None
    ai_model_id: int | None = None
    price_id: int | None = None
    connection_id: int | None = None
    source: str = ""
    is_counted: bool = True
    is_priced: bool = True
    is_batch: bool = False
    is_short_audio: bool = False
    kinds: int = 0
    above_tokens: int = 0
    other_names: str = ""
    min_input_tokens: int = 0
    max_input_tokens: int = 0
    calls: int = 0
    requests: int = 0
    input_tokens: int | Decimal = 0
    output_tokens: int | Decimal = 0
    cache_read_tokens: int | Decimal = 0
    cache_write_tokens: int | Decimal = 0
    cache_write_1h_tokens: int | Decimal = 0
    reasoning_tokens: int | Decimal = 0
    cost_usd: Decimal = ZERO
    estimated_calls: int = 0
    failed_calls: int = 0
    other_counts: Mapping[str, Decimal] = field(default_factory=dict)

    def is_split_by(self, threshold: int) -> bool:
        """Whether calls of both sides of an edge are in it: it was built when nobody
        knew of that edge, and cannot say how many are on which."""
        return self.min_input_tokens <= threshold < self.max_input_tokens


def merged(bands: Sequence[Band]) -> Band:
    """One band with the sums of all; the rest is that of the first. Raises ValueError
    where there is none."""
    if not bands:
        raise ValueError("There is nothing to add up.")
    if len(bands) == 1:
        return bands[0]
    others: dict[str, Decimal] = {}
    with localcontext(EXACT):
        sums = {name: sum(getattr(one, name) for one in bands) for name in SUMS}
        for one in bands:
            for name, count in one.other_counts.items():
                others[name] = others.get(name, ZERO) + count
    return replace(
        bands[0],
        **sums,
        at=min(one.at for one in bands),
        min_input_tokens=min(one.min_input_tokens for one in bands),
        max_input_tokens=max(one.max_input_tokens for one in bands),
        other_counts=others,
    )


def side_of(band: Band, thresholds: Collection[int]) -> int:
    """How many thresholds the calls of a band are above. Raises CutBandError where
    they are on both sides of one."""
    if any(band.is_split_by(one) for one in thresholds):
        raise CutBandError(CUT)
    return sum(band.max_input_tokens > one for one in thresholds)
