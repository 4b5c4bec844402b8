"""Figures read from sums at the level of requests or of calls. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from analytics.asked import Level
from analytics.histogram import Histogram
from analytics.sums import Sums
from analytics.wilson import Rate

FEWEST: Final = {50.0: 5, 95.0: 20, 99.0: 100}
"""Calls that a percentile needs: from fewer it would be one call's own time."""
NAMES: Final = {Level.REQUEST: "Requests", Level.CALL: "Calls"}
SUCCESS_NAMES: Final = {
    Level.REQUEST: "Requests answered",
    Level.CALL: "Calls that went well",
}
ONE: Final = {Level.REQUEST: "request", Level.CALL: "call"}


@dataclass(frozen=True)
class Reading:
    """`count` are requests or calls; the figures of each are per one of these."""

    sums: Sums
    level: Level

    @property
    def count(self) -> int:
        is_call = self.level is Level.CALL
        return self.sums.calls if is_call else self.sums.requests

    @property
    def success(self) -> Rate | None:
        if self.level is Level.CALL:
            return self.sums.call_success
        return self.sums.request_success

    @property
    def is_priced(self) -> bool:
        """Something of it is: else its cost is not known."""
        return self.sums.unpriced_calls < self.sums.calls

    @property
    def cost_usd(self) -> Decimal | None:
        """None where nothing is priced; nothing at all costs nothing."""
        if self.sums.calls and not self.is_priced:
            return None
        return self.sums.cost_usd

    @property
    def cost_each_usd(self) -> Decimal | None:
        cost = self.cost_usd
        return cost / self.count if cost is not None and self.count else None

    @property
    def tokens_each(self) -> float | None:
        """None where no call's are known. Of calls, those that reported none are
        left out; of requests that cannot be told."""
        counted = self.sums.calls - self.sums.uncounted_calls
        if not self.count or not counted:
            return None
        return self.sums.tokens / min(self.count, counted)

    @property
    def p50_ms(self) -> float | None:
        return percentile(self.sums.latency, 50)

    @property
    def p95_ms(self) -> float | None:
        return percentile(self.sums.latency, 95)

    @property
    def p99_ms(self) -> float | None:
        return percentile(self.sums.latency, 99)


def percentile(histogram: Histogram, percent: float) -> float | None:
    """None where there are too few calls for it."""
    if histogram.count < FEWEST[percent]:
        return None
    return histogram.percentile_ms(percent)
