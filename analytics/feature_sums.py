"""What features used, added up. Pure."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal


@dataclass(frozen=True)
class CallSum:
    """Calls with an input of about the same size, added up."""

    calls: int
    tokens: Mapping[str, int]
    """By the names of `analytics.token_counts.COLUMNS`."""


@dataclass(frozen=True)
class FeatureUse:
    """What one feature used. `cost_usd` is the sum of what is priced, and `unpriced`
    and `uncounted` are calls without a cost and without known tokens."""

    requests: int = 0
    calls: int = 0
    sums: tuple[CallSum, ...] = ()
    cost_usd: Decimal = Decimal(0)
    unpriced: int = 0
    uncounted: int = 0
    other_counts: int = 0
    """Calls with images, audio or the like, which have counts of their own."""
    first_at: datetime.datetime | None = None


@dataclass(frozen=True)
class FeatureUses:
    """By the row id of the feature, from `since` to `until`."""

    since: datetime.datetime
    until: datetime.datetime
    by_feature: Mapping[int, FeatureUse] = field(default_factory=dict)

    def of(self, feature_id: int) -> FeatureUse:
        return self.by_feature.get(feature_id, FeatureUse())
