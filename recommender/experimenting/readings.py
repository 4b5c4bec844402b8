"""What was measured of one arm, as the decisions read it. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field

from analytics.histogram import Histogram
from recommender.experimenting.always_valid import Counted
from recommender.experimenting.percentile_ratio import Latencies


@dataclass(frozen=True)
class ArmReading:
    """Of one arm over some time. `latency` holds answered requests; `rated` are answers
    that people rated, `thumbs_down` those of them they disliked; `cost_usd` None where
    the cost of nothing is known. Each effect is that of `always_valid.Counted`: 1 where
    every request is a unit of its own."""

    requests: int = 0
    successes: int = 0
    latency: Histogram = field(default_factory=Histogram)
    rated: int = 0
    thumbs_down: int = 0
    cost_usd: float | None = 0.0
    success_effect: float = 1.0
    rating_effect: float = 1.0
    latency_effect: float = 1.0

    @property
    def success(self) -> Counted:
        return Counted(self.successes, self.requests, self.success_effect)

    @property
    def disliked(self) -> Counted:
        return Counted(self.thumbs_down, self.rated, self.rating_effect)

    @property
    def slowness(self) -> Latencies:
        return Latencies(self.latency, self.latency_effect)
