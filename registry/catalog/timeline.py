"""What must happen to the stored price rows of one model so that from now on they say
what the source says, without a word of the past being changed. Pure."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field

from registry.catalog.document import PricePeriod
from registry.rates import RatesDocument

INSTANT = datetime.timedelta(microseconds=1)


@dataclass(frozen=True)
class StoredPrice:
    pk: int
    starts_at: datetime.datetime | None
    ends_at: datetime.datetime | None
    rates: RatesDocument
    created_at: datetime.datetime

    @property
    def begun_at(self) -> datetime.datetime:
        """The moment from which this row was served: it began and it was there."""
        return max(self.starts_at or self.created_at, self.created_at)


@dataclass
class PricePlan:
    """Rows to end (`ends`: pk → new end), rows that never began and are withdrawn,
    periods to add. `was` and `becomes` are the rates in force before and after, where
    they differ; `starts_earlier` says that the source dates the change further back
    than the past may be touched."""

    ends: dict[int, datetime.datetime | None] = field(default_factory=dict)
    withdrawn: list[int] = field(default_factory=list)
    added: list[PricePeriod] = field(default_factory=list)
    was: RatesDocument | None = None
    becomes: RatesDocument | None = None
    starts_earlier: bool = False

    @property
    def is_empty(self) -> bool:
        return not (self.ends or self.withdrawn or self.added)


def plan_prices(
    stored: Sequence[StoredPrice],
    wanted: Sequence[PricePeriod],
    now: datetime.datetime,
) -> PricePlan:
    """The plan for one model. Nothing stored yet: the source's whole history. Else the
    price in force ends and a new one begins at `now`, or at the start that the source
    states if nothing was served differently since then."""
    plan = PricePlan()
    if not stored:
        plan.added = list(wanted)
        return plan
    current = next((one for one in stored if _holds(one, now)), None)
    becomes = next((one for one in wanted if _holds(one, now)), None)
    if current and becomes and current.rates == becomes.rates:
        _end(plan, current, becomes.ends_at)
    elif current or becomes:
        _change(plan, current, becomes, now)
    _plan_future(plan, stored, wanted, now)
    return plan


def _holds(period: StoredPrice | PricePeriod, moment: datetime.datetime) -> bool:
    return (period.starts_at is None or period.starts_at <= moment) and (
        period.ends_at is None or period.ends_at > moment
    )


def _change(
    plan: PricePlan,
    current: StoredPrice | None,
    becomes: PricePeriod | None,
    now: datetime.datetime,
) -> None:
    start = now
    stated = becomes and becomes.starts_at
    if stated and current and stated > current.begun_at:
        start = stated
    if current and current.starts_at:
        start = max(start, current.starts_at + INSTANT)
    if current:
        _end(plan, current, start)
        plan.was = current.rates
    if becomes:
        plan.added.append(PricePeriod(start, becomes.ends_at, becomes.rates))
        plan.becomes = becomes.rates
        plan.starts_earlier = becomes.starts_at is not None and (
            becomes.starts_at < start
        )


def _plan_future(
    plan: PricePlan,
    stored: Sequence[StoredPrice],
    wanted: Sequence[PricePeriod],
    now: datetime.datetime,
) -> None:
    """Prices that are announced but have not begun may still be taken back."""
    announced = {
        one.starts_at: one for one in stored if one.starts_at and one.starts_at > now
    }
    for period in wanted:
        if period.starts_at is None or period.starts_at <= now:
            continue
        known = announced.pop(period.starts_at, None)
        if known is not None and known.rates == period.rates:
            _end(plan, known, period.ends_at)
            continue
        plan.added.append(period)
        if known is not None:
            plan.withdrawn.append(known.pk)
    plan.withdrawn.extend(one.pk for one in announced.values())


def _end(plan: PricePlan, row: StoredPrice, ends_at: datetime.datetime | None) -> None:
    if row.ends_at != ends_at:
        plan.ends[row.pk] = ends_at
