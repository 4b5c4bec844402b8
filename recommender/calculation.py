"""The words of a calculation: what is asked and what is answered. Pure data; the page,
the downloads and the API all show one `Calculation`."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from recommender.break_even import BreakEven, Option
from recommender.roi import Roi
from recommender.workload import PartKind, Workload
from registry.models import AIModel, Feature
from registry.pricing import EXACT, CostState

OWN = "own"
"""Stands for the person's self-hosted or reserved option among references."""


class Scope(StrEnum):
    CHOSEN = "chosen"
    ALL = "all"


@dataclass(frozen=True, kw_only=True)
class CalculationRequest:
    """Everything the figures depend on. What is None was not given or not usable:
    without `items` there is a cost per item but none per month."""

    workload: Workload | None
    items: int | None
    references: tuple[str, ...] = ()
    scope: Scope = Scope.CHOSEN
    capabilities: tuple[str, ...] = ()
    provider_slug: str = ""
    cheapest: int = 10
    baseline: str = ""
    own: Option | None = None
    first: str = ""
    second: str = ""
    value_per_item_usd: Decimal | None = None
    setup_usd: Decimal = Decimal(0)
    roi_of: str = ""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One option. Amounts are exact dollars and None where they are not known;
    `parts_usd` add up to `monthly_usd`, and `batch_usd` is contained in it."""

    reference: str
    ai_model: AIModel | None
    state: CostState
    per_item_usd: Decimal | None
    monthly_usd: Decimal | None
    parts_usd: dict[PartKind, Decimal]
    batch_usd: Decimal | None = None
    image_tokens: int | None = None
    image_rule: str = ""
    is_negotiated: bool = False
    is_baseline: bool = False
    fits: bool = True
    change_usd: Decimal | None = None
    change_percent: Decimal | None = None
    notes: tuple[str, ...] = ()

    @property
    def is_own(self) -> bool:
        return self.reference == OWN

    @property
    def is_priced(self) -> bool:
        return self.per_item_usd is not None or self.monthly_usd is not None

    @property
    def label(self) -> str:
        """The short name for charts and legends."""
        return self.ai_model.model_name if self.ai_model else self.notes[0]

    @property
    def remarks(self) -> tuple[str, ...]:
        """The notes without the name that an own option carries first."""
        return self.notes[1:] if self.is_own else self.notes

    @property
    def per_thousand_usd(self) -> Decimal | None:
        return _times(self.per_item_usd, 1000)

    @property
    def yearly_usd(self) -> Decimal | None:
        return _times(self.monthly_usd, 12)


def _times(amount: Decimal | None, times: int) -> Decimal | None:
    return None if amount is None else EXACT.multiply(amount, Decimal(times))


@dataclass(frozen=True)
class LeftOut:
    """Models that were not calculated, and why; `references` names at most a few."""

    reason: str
    count: int
    references: tuple[str, ...] = ()


@dataclass(frozen=True)
class FeatureCost:
    """What this workload costs on a feature's model, and the cheapest calculated
    models that meet the feature's requirements and are enabled."""

    feature: Feature
    today: Row
    alternatives: tuple[Row, ...]

    @property
    def saving_usd(self) -> Decimal | None:
        """What the first alternative saves a month."""
        if not self.alternatives or self.today.monthly_usd is None:
            return None
        best = self.alternatives[0].monthly_usd
        if best is None:
            return None
        return EXACT.subtract(self.today.monthly_usd, best)


@dataclass(frozen=True, kw_only=True)
class Calculation:
    """The answer. Priced rows come first, cheapest first; unpriced ones follow."""

    request: CalculationRequest
    at: datetime.datetime
    rows: tuple[Row, ...]
    left_out: tuple[LeftOut, ...] = ()
    messages: tuple[str, ...] = ()
    baseline: Row | None = None
    choices: tuple[str, ...] = ()
    break_even: BreakEven | None = None
    break_even_note: str = ""
    roi: Roi | None = None
    roi_row: Row | None = None
    features: tuple[FeatureCost, ...] = ()

    @property
    def priced(self) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if row.is_priced)

    @property
    def cheapest(self) -> Row | None:
        """The cheapest option that can take an item at all."""
        return next((row for row in self.priced if row.fits), None)
