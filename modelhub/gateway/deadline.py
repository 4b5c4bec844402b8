"""One total deadline for all attempts of a request."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from registry.providers.adapter import Timeouts

SHARE_WITH_FALLBACKS = 0.75
"""Of the time that is left, what one attempt may use while others still wait: so a
provider that says nothing leaves time for the next one."""
CONNECT_S = 5.0
FIRST_TOKEN_S = 60.0
IDLE_S = 30.0
SHORTEST_S = 0.05


@dataclass(slots=True)
class Deadline:
    """Counts down from `total_s` seconds."""

    total_s: float
    started: float = field(default_factory=time.monotonic)

    @property
    def left_s(self) -> float:
        return max(0.0, self.started + self.total_s - time.monotonic())

    @property
    def is_over(self) -> bool:
        return self.left_s <= 0

    def timeouts(self, *, connection_s: float, has_next: bool) -> Timeouts:
        """The timers of one attempt."""
        left = self.left_s * (SHARE_WITH_FALLBACKS if has_next else 1.0)
        total = max(SHORTEST_S, min(connection_s, left))
        return Timeouts(
            connect=min(CONNECT_S, total),
            total=total,
            first_token=min(FIRST_TOKEN_S, total),
            idle=min(IDLE_S, total),
        )
