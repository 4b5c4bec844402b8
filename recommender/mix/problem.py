"""What is to be decided: features, the models each may have, and the limits."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Goal(StrEnum):
    CHEAPEST = "cheapest"
    """The least cost; among equals the better quality."""
    BEST = "best"
    """The most quality, weighted by the features' importance, under the limits."""


@dataclass(frozen=True, kw_only=True)
class Option:
    """One model for one feature. `cost_usd` is a month of the feature's own traffic,
    `quality` 0 to 100 with the ends of its interval, `latency_ms` the 95th percentile;
    None where it is not known.
    `excluded` is why a hard constraint forbids it (a capability, a window)."""

    reference: str
    provider: str
    cost_usd: float
    quality: float | None = None
    quality_low: float | None = None
    quality_high: float | None = None
    latency_ms: float | None = None
    is_current: bool = False
    excluded: str = ""


@dataclass(frozen=True, kw_only=True)
class FeatureNeed:
    """One feature: its floors and its options. `importance` weighs its quality, for
    instance its share of the requests."""

    key: str
    options: tuple[Option, ...]
    quality_floor: float | None = None
    latency_ceiling_ms: float | None = None
    importance: float = 1.0

    def complaint(self, option: Option) -> str:
        """Why this feature cannot have this option, to be read on after its name; empty
        where it can."""
        floor, ceiling = self.quality_floor, self.latency_ceiling_ms
        if option.excluded:
            return option.excluded
        if not math.isfinite(option.cost_usd) or option.cost_usd < 0:
            return "has no known cost"
        if floor is not None and not _at_least(option.quality, floor):
            said = _said(option.quality, "quality")
            return f"has {said}, and at least {floor:g} are asked for"
        if ceiling is not None and not _at_most(option.latency_ms, ceiling):
            said = _said(option.latency_ms, "latency", " ms")
            return f"has {said}, and at most {ceiling:,.0f} ms are asked for"
        return ""

    @property
    def allowed(self) -> tuple[Option, ...]:
        return tuple(one for one in self.options if not self.complaint(one))


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What binds features together. None and nothing: not limited. `provider_usd` is
    the most a month that may go to a provider; 0 shuts it out. A change must earn
    `least_saving_usd` a month to be worth the trouble (only for Goal.CHEAPEST)."""

    budget_usd: float | None = None
    max_changes: int | None = None
    max_providers: int | None = None
    provider_usd: Mapping[str, float] = field(default_factory=dict)
    least_saving_usd: float = 0.0

    def complaints(self) -> Iterator[str]:
        """Everything about the limits that makes no sense."""
        counts = {
            "changes": self.max_changes,
            "providers": self.max_providers,
        }
        for name, count in counts.items():
            least = 0 if name == "changes" else 1
            if count is not None and count < least:
                yield f"At most {count} {name} is no limit to work with."
        sums = {
            "The budget": self.budget_usd,
            "The least saving": self.least_saving_usd,
        }
        sums |= {f"The limit of {name}": usd for name, usd in self.provider_usd.items()}
        for name, usd in sums.items():
            if usd is not None and not (math.isfinite(usd) and usd >= 0):
                yield f"{name} is a sum from $0 on."


@dataclass(frozen=True, kw_only=True)
class Problem:
    """Raises ValueError, naming everything that is wrong at once."""

    needs: tuple[FeatureNeed, ...]
    limits: Limits = Limits()
    goal: Goal = Goal.CHEAPEST

    def __post_init__(self) -> None:
        found = list(self.limits.complaints())
        keys = [one.key for one in self.needs]
        found += [
            f"{key} is there twice." for key in sorted(set(keys)) if keys.count(key) > 1
        ]
        for need in self.needs:
            if sum(one.is_current for one in need.options) > 1:
                found.append(f"{need.key} has two current models.")
            if not (math.isfinite(need.importance) and need.importance >= 0):
                found.append(f"The importance of {need.key} is a number from 0 on.")
        if found:
            raise ValueError(" ".join(found))


def _at_least(value: float | None, floor: float) -> bool:
    # Not known, and not a number, is not enough.
    return value is not None and value >= floor


def _at_most(value: float | None, ceiling: float) -> bool:
    return value is not None and value <= ceiling


def _said(value: float | None, noun: str, unit: str = "") -> str:
    if value is None or math.isnan(value):
        return f"no known {noun}"
    # Downwards: a quality of 69.96 is not to be said to be 70 and below 70.
    return f"a {noun} of {math.floor(10 * value) / 10:,.15g}{unit}"
