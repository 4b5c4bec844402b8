"""What a person or a program asks recommendations for. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from recommender.recommending.pool import MeanMonth, Wanted
from registry.capabilities import CAPABILITIES
from registry.requirements import Requirements
from registry.usage import Usage

MOST_TOKENS: Final = 100_000_000
MOST_REQUESTS: Final = 10_000_000_000


class AskedError(ValueError):
    """What was asked makes no sense; the text says why."""


@dataclass(frozen=True, kw_only=True)
class ExpectedUse:
    """A month: requests, and tokens of a mean one. `cache_share` (0–1) of the input is
    read from a cache. Raises AskedError."""

    requests: int = 10_000
    input_tokens: int = 1_000
    output_tokens: int = 300
    cache_share: float = 0.0

    def __post_init__(self) -> None:
        if not 0 <= self.requests <= MOST_REQUESTS:
            raise AskedError(f"Requests a month: from 0 to {MOST_REQUESTS:,}.")
        for name, count in (
            ("Input", self.input_tokens),
            ("Output", self.output_tokens),
        ):
            if not 0 <= count <= MOST_TOKENS:
                raise AskedError(f"{name} tokens: from 0 to {MOST_TOKENS:,}.")
        if not (math.isfinite(self.cache_share) and 0 <= self.cache_share <= 1):
            raise AskedError("The cached share is a number from 0 to 1.")

    @property
    def cache_read_tokens(self) -> int:
        return round(self.input_tokens * self.cache_share)

    @property
    def usage(self) -> Usage:
        """Of one request."""
        return Usage(
            input_tokens=self.input_tokens,
            output_tokens=self.output_tokens,
            cache_read_tokens=self.cache_read_tokens,
        )

    @property
    def month(self) -> MeanMonth:
        return MeanMonth(
            self.requests * self.input_tokens,
            self.requests * self.cache_read_tokens,
            self.requests * self.output_tokens,
        )


@dataclass(frozen=True, kw_only=True)
class Constraints:
    """All hard but `accuracy`, `urgency` and `budget_sensitivity`, which bend the
    weights. `least_quality` is 0 to 100. Raises AskedError."""

    capabilities: tuple[str, ...] = ()
    min_context_tokens: int | None = None
    providers: tuple[str, ...] = ()
    most_usd: Decimal | None = None
    most_latency_ms: float | None = None
    least_quality: float | None = None
    accuracy: str = ""
    urgency: str = ""
    budget_sensitivity: str = ""
    is_any_model: bool = False

    def __post_init__(self) -> None:
        for word in self.capabilities:
            if word not in CAPABILITIES:
                raise AskedError(f"There is no capability “{word[:80]}”.")
        for name, value in (
            ("The budget", self.most_usd),
            ("The latency", self.most_latency_ms),
            ("The quality", self.least_quality),
        ):
            if value is not None and not (math.isfinite(value) and value >= 0):
                raise AskedError(f"{name} is a number from 0 on.")

    @property
    def wanted(self) -> Wanted:
        return Wanted(
            Requirements(
                capabilities=tuple(sorted(self.capabilities)),
                min_context_tokens=self.min_context_tokens,
            ),
            frozenset(self.providers),
            self.is_any_model,
        )
