"""What was measured of one arm, as the decisions read it. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field

from analytics.histogram import Histogram
from recommender.experimenting.always_valid import Counted


@dataclass(frozen=True)
class ArmReading:
    """Of one arm over some time. `latency` holds answered requests; `rated` are answers
    that people rated, `thumbs_down` those of them they disliked; `cost_usd` None where
    the cost of nothing is known."""

    requests: int = 0
    successes: int = 0
    latency: Histogram = field(default_factory=Histogram)
    rated: int = 0
    thumbs_down: int = 0
    cost_usd: float | None = 0.0

    @property
    def success(self) -> Counted:
        return Counted(self.successes, self.requests)

    @property
    def disliked(self) -> Counted:
        return Counted(self.thumbs_down, self.rated)
