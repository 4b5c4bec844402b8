"""What many calls add up to: additive counts and the figures read from them. Pure."""

from __future__ import annotations

import operator
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from decimal import Context, Decimal, localcontext
from typing import Final

from analytics.histogram import Histogram, merged
from analytics.wilson import Rate, wilson


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """Additive: the sums of parts are the sums of the whole.

    `calls` are attempts. `requests` are counted at their first attempt, `answered` at
    the attempt that answered well, so that a request with a fallback counts as a
    request of one model and as an answer of another. `cost_usd` leaves unpriced calls
    out; `estimated_usd` is the part of it whose state is estimated. `uncounted_calls`
    reported no tokens. Latencies are of calls that went well. `feedback_sum` is of the
    scores −1 to 1 named "score", `confidence_sum` of those named "confidence"."""

    calls: int = 0
    requests: int = 0
    answered: int = 0
    ok_calls: int = 0
    error_calls: int = 0
    truncated_calls: int = 0
    cancelled_calls: int = 0
    lost_race_calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0
    cache_write_1h_tokens: int = 0
    reasoning_tokens: int = 0
    uncounted_calls: int = 0
    cost_usd: Decimal = Decimal(0)
    estimated_usd: Decimal = Decimal(0)
    unpriced_calls: int = 0
    estimated_calls: int = 0
    latency_calls: int = 0
    latency_sum_ms: int = 0
    ttft_calls: int = 0
    ttft_sum_ms: int = 0
    feedback_count: int = 0
    feedback_sum: float = 0.0
    confidence_count: int = 0
    confidence_sum: float = 0.0
    latency: Histogram = field(default_factory=Histogram)
    ttft: Histogram = field(default_factory=Histogram)

    def __add__(self, other: Sums) -> Sums:
        return total((self, other))

    def __sub__(self, other: Sums) -> Sums:
        """What is left of a whole without one of its parts."""
        return Sums(
            **{name: getattr(self, name) - getattr(other, name) for name in ADDITIVE},
            latency=self.latency - other.latency,
            ttft=self.ttft - other.ttft,
        )

    @property
    def tokens(self) -> int:
        return self.input_tokens + self.output_tokens

    @property
    def request_success(self) -> Rate | None:
        """Of requests, but for those that the client left: the rate of a feature, a
        token, a pack, of everything. None where there are none."""
        trials = max(self.requests - self.cancelled_calls, self.answered)
        return wilson(self.answered, trials)

    @property
    def call_success(self) -> Rate | None:
        """Of attempts, but for those that were broken off: the rate of a model, a
        connection, a provider."""
        trials = self.calls - self.cancelled_calls - self.lost_race_calls
        return wilson(self.ok_calls, trials)

    @property
    def mean_latency_ms(self) -> float | None:
        return self.latency_sum_ms / self.latency_calls if self.latency_calls else None

    @property
    def cost_per_request_usd(self) -> Decimal | None:
        """None where nothing is priced."""
        if not self.requests or self.unpriced_calls == self.calls:
            return None
        return self.cost_usd / self.requests

    @property
    def cache_share(self) -> float | None:
        """Of input tokens, those that came from a cache."""
        if not self.input_tokens:
            return None
        return self.cache_read_tokens / self.input_tokens

    @property
    def unpriced_share(self) -> float:
        return self.unpriced_calls / self.calls if self.calls else 0.0

    @property
    def mean_feedback(self) -> float | None:
        return self.feedback_sum / self.feedback_count if self.feedback_count else None

    @property
    def mean_confidence(self) -> float | None:
        if not self.confidence_count:
            return None
        return self.confidence_sum / self.confidence_count


HISTOGRAMS: Final = ("latency", "ttft")
ADDITIVE: Final = tuple(one.name for one in fields(Sums) if one.name not in HISTOGRAMS)
"""The names of the sums that are numbers, in their order."""
EXACT: Final = Context(prec=100)
"""Sums of dollars lose no digit, as in the database."""
_NUMBERS: Final = operator.attrgetter(*ADDITIVE)


def total(parts: Iterable[Sums]) -> Sums:
    kept = list(parts)
    if len(kept) < 2:
        return kept[0] if kept else Sums()
    columns = zip(*map(_NUMBERS, kept), strict=True)
    with localcontext(EXACT):
        numbers = [sum(column) for column in columns]
    return Sums(
        **dict(zip(ADDITIVE, numbers, strict=True)),
        latency=merged(one.latency for one in kept),
        ttft=merged(one.ttft for one in kept),
    )
