"""Which calls an adjustment is about, and what it would change."""

from __future__ import annotations

import datetime
import hashlib
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.expressions import RawSQL

from analytics.adjusting import adjusted
from analytics.models import AdjustmentKind, UsageAdjustment, UsageRecord
from registry.cost import CostState
from registry.models import AIModel, Organization
from registry.queries.price_books import price_book
from registry.resolution.entries import PricePeriod

EXACT: Final = 20_000
"""Calls that a preview prices one by one; of more it takes an even sample."""
ZERO: Final = Decimal(0)


@dataclass(frozen=True, kw_only=True)
class Scope:
    """Calls of an organisation from `start` (None: since ever) to before `end`: by the
    name that no model matched, or by model."""

    organization_id: int
    kind: AdjustmentKind
    ai_model_id: int
    told_name: str = ""
    start: datetime.datetime | None = None
    end: datetime.datetime

    def calls(self) -> QuerySet[UsageRecord]:
        found = UsageRecord.objects.filter(
            organization_id=self.organization_id, started_at__lt=self.end
        )
        if self.start is not None:
            found = found.filter(started_at__gte=self.start)
        if self.kind == AdjustmentKind.MAP:
            return found.filter(ai_model_id=None, model_name=self.told_name)
        found = found.filter(ai_model_id=self.ai_model_id)
        if self.kind == AdjustmentKind.PRICE:
            return found.filter(
                cost_state=CostState.UNPRICED.value, input_tokens__isnull=False
            )
        return found


@dataclass(frozen=True)
class PreviewDay:
    """Sums of the calls of one day that would change."""

    day: datetime.date
    calls: int
    before_usd: Decimal
    after_usd: Decimal

    @property
    def change_usd(self) -> Decimal:
        return self.after_usd - self.before_usd


@dataclass(frozen=True)
class Preview:
    """What would change. `calls` are all that are looked at, `changed` those that would
    be written, `unpriced` those without a cost afterwards. With `is_sample` changed,
    unpriced and the sums are about so, from a sample of `EXACT` calls. `prices` are
    price rows by how many calls would take them."""

    calls: int
    changed: int
    unpriced: int
    before_usd: Decimal
    after_usd: Decimal
    days: tuple[PreviewDay, ...]
    prices: tuple[tuple[int, int], ...]
    is_sample: bool

    @property
    def change_usd(self) -> Decimal:
        return self.after_usd - self.before_usd

    @property
    def fingerprint(self) -> str:
        """Two previews that say the same have the same."""
        said = (self.calls, self.changed, f"{self.before_usd:f}", f"{self.after_usd:f}")
        return hashlib.sha256(repr((said, self.prices)).encode()).hexdigest()[:16]


def scope_of(one: UsageAdjustment) -> Scope:
    return Scope(
        organization_id=one.organization_id,
        kind=AdjustmentKind(one.kind),
        ai_model_id=one.ai_model_id,
        told_name=one.told_name,
        start=one.start,
        end=one.end,
    )


def periods_of(
    organization: Organization, ai_model: AIModel
) -> tuple[PricePeriod, ...]:
    """All prices of the model as the organisation has it, by time."""
    book = price_book(organization, {ai_model.pk})
    return book.periods(organization.pk, ai_model.pk)


def preview(
    scope: Scope, periods: Sequence[PricePeriod], zone: datetime.tzinfo
) -> Preview:
    """Price the calls without writing anything."""
    found = scope.calls()
    facts = found.aggregate(calls=Count("id"), usd=Sum("cost_usd"))
    share = -(-facts["calls"] // EXACT) or 1
    if share > 1:
        even = RawSQL("abs(hashtextextended(id::text, 0) %% %s)", [share])
        found = found.alias(part=even).filter(part=0)
    counted = _Counted(zone)
    for record in found.order_by().iterator(chunk_size=2000):
        counted.add(record, scope.ai_model_id, periods)
    return counted.preview(facts["calls"])


class _Counted:
    """Adds up calls as they would stand."""

    def __init__(self, zone: datetime.tzinfo) -> None:
        self.zone = zone
        self.seen = self.changed = self.unpriced = 0
        self.days: defaultdict[datetime.date, list[Decimal]] = defaultdict(
            lambda: [ZERO, ZERO, ZERO]
        )
        self.prices: Counter[int] = Counter()

    def add(
        self, record: UsageRecord, ai_model_id: int, periods: Sequence[PricePeriod]
    ) -> None:
        self.seen += 1
        new = adjusted(record, ai_model_id, periods)
        after = record.cost_usd if new is None else new.cost_usd
        self.unpriced += after is None
        if new is None:
            return
        self.changed += 1
        day = self.days[record.started_at.astimezone(self.zone).date()]
        day[0] += 1
        day[1] += record.cost_usd or ZERO
        day[2] += after or ZERO
        if new.price_id is not None:
            self.prices[new.price_id] += 1

    def preview(self, calls: int) -> Preview:
        scale = Decimal(calls) / self.seen if self.seen else Decimal(1)
        days = tuple(
            PreviewDay(day, round(number * scale), before * scale, after * scale)
            for day, (number, before, after) in sorted(self.days.items())
        )
        return Preview(
            calls=calls,
            changed=round(self.changed * scale),
            unpriced=round(self.unpriced * scale),
            before_usd=sum((one.before_usd for one in days), ZERO),
            after_usd=sum((one.after_usd for one in days), ZERO),
            days=days,
            prices=tuple(
                (price, round(number * scale))
                for price, number in sorted(self.prices.items())
            ),
            is_sample=self.seen < calls,
        )


def is_adjusted_since(one: UsageAdjustment) -> bool:
    """A later adjustment that holds has changed some of the same calls."""
    mine = one.calls.values("record_id")
    return (
        UsageAdjustment.objects.filter(
            ~Q(state="undone"),
            organization_id=one.organization_id,
            pk__gt=one.pk,
            calls__record_id__in=mine,
        )
        .exclude(pk=one.pk)
        .exists()
    )
