"""What a process may spend of a bucket without asking the store. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from modelhub.gateway.limits.bucket import LEASE_S, Ask, Rate

MINUTE_S: Final = 60.0


@dataclass(slots=True)
class Lease:
    """One resource of one connection: what is left, until when, and how much was used
    in this second and the one before, by which the next lease is measured."""

    amount: float = 0.0
    expires_s: float = 0.0
    second: int = 0
    used: float = 0.0
    used_before: float = 0.0
    fading: float = 0.0
    faded_s: float = 0.0

    def left(self, now_s: float) -> float:
        return self.amount if now_s < self.expires_s else 0.0

    def spend(self, amount: float) -> None:
        self.amount -= amount

    def renew(self, amount: float, now_s: float) -> None:
        self.amount = amount
        self.expires_s = now_s + LEASE_S

    def note(self, amount: float, now_s: float) -> None:
        if int(now_s) != self.second:
            follows = int(now_s) == self.second + 1
            self.used_before = self.used if follows else 0.0
            self.second, self.used = int(now_s), 0.0
        self.used += amount
        self.fading = self.of_late(now_s) + amount
        self.faded_s = now_s

    def of_late(self, now_s: float) -> float:
        """About what was used in the last minute: a sum that fades with it, which
        settles at the amount per minute where that is steady."""
        return self.fading * math.exp(min(0.0, self.faded_s - now_s) / MINUTE_S)

    def ask(self, rate: Rate, whole: float, now_s: float) -> Ask:
        missing = max(0.0, whole - self.left(now_s))
        recently = max(self.used - whole, self.used_before)
        likely = min(recently, rate.per_second * LEASE_S)
        return Ask(rate, missing, whole, likely if missing else 0.0)
