"""Holding and settling budgets. Hold, then settle: what may be spent is taken out of
the budget first, by one guarded UPDATE, so that no crowd can overspend it.

A process leases a slice and spends from it (`modelhub.gateway.budgets`). Everything
here may be said twice: what a hold has spent is told as its total, not as a difference.
Nothing here works on two budgets at once, so that nobody waits for each other.
"""

from __future__ import annotations

import datetime
import uuid
from dataclasses import dataclass
from decimal import ROUND_UP, Decimal
from typing import Final

from django.db import transaction
from django.db.models import F

from analytics.models import Budget, BudgetHold
from analytics.queries.budget_records import recorded
from analytics.services.budget_alerts import tell_thresholds

LEASE: Final = datetime.timedelta(seconds=60)
KEPT: Final = datetime.timedelta(days=2)
"""So long a closed hold is remembered."""
SLICE_OF_LIMIT: Final = 100
SLICE_OF_REST: Final = 10
ZERO: Final = Decimal(0)
DIGITS: Final = Decimal("1E-10")
"""Amounts are kept to this, rounded up."""


@dataclass(frozen=True, slots=True)
class Lease:
    """What came of a wish. `amount_usd` is what the hold may spend in all, `left_usd`
    what the budget has beside it, `unspent_usd` what would be left if all that is held
    came back. `is_lost`: the hold ran out and was taken back."""

    is_granted: bool
    amount_usd: Decimal = ZERO
    left_usd: Decimal = ZERO
    is_lost: bool = False
    unspent_usd: Decimal = ZERO


@transaction.atomic
def lease(
    *,
    budget_id: int,
    hold_id: uuid.UUID,
    process: str,
    need_usd: Decimal,
    want_usd: Decimal,
    at: datetime.datetime,
) -> Lease:
    """Add at least `need_usd` to a hold (made if it is new), rather `want_usd` or a
    hundredth of the limit, as far as the budget has room."""
    budget = Budget.objects.select_for_update().get(pk=budget_id)
    need_usd = rounded(need_usd)
    if need_usd > budget.left_usd:
        sweep(budget=budget, at=at)
    hold = _hold(budget, hold_id, process, at)
    if hold.closed_at is not None:
        return Lease(False, is_lost=True)
    left = budget.left_usd
    grant = min(left, max(need_usd, rounded(want_usd), _slice(budget, left)))
    # The row is locked; the guard stands in the UPDATE all the same.
    is_granted = (
        need_usd <= left
        and Budget.objects.filter(
            pk=budget.pk,
            limit_usd__gte=F("spent_usd") + F("outside_usd") + F("held_usd") + grant,
        ).update(held_usd=F("held_usd") + grant, version=F("version") + 1)
        == 1
    )
    if not is_granted:
        unspent = budget.limit_usd - budget.counted_usd
        return Lease(False, hold.amount_usd, max(ZERO, left), unspent_usd=unspent)
    hold.amount_usd += grant
    hold.expires_at = at + LEASE
    hold.save(update_fields=["amount_usd", "expires_at"])
    return Lease(True, hold.amount_usd, left - grant)


@transaction.atomic
def settle(
    *,
    budget_id: int,
    hold_id: uuid.UUID,
    process: str,
    spent_usd: Decimal,
    at: datetime.datetime,
    is_last: bool = False,
) -> bool:
    """Count what a hold has spent in all, and keep it for another minute, or close it
    with `is_last`. False if it had run out: it may spend no more, but what it spent
    counts."""
    budget = locked(budget_id)
    hold = _hold(budget, hold_id, process, at)
    was_open = hold.closed_at is None
    _settle(budget, hold, rounded(spent_usd))
    if is_last:
        _close(budget, hold, at)
    elif was_open:
        hold.expires_at = at + LEASE
    hold.save()
    budget.version += 1
    budget.save(update_fields=["spent_usd", "held_usd", "version"])
    tell_thresholds(budget, at)
    return was_open


@transaction.atomic
def sweep(*, budget: Budget, at: datetime.datetime) -> int:
    """Take back holds that ran out; the process was killed, or cut off. What it spent
    without telling is read from the records of its calls. `budget` is refreshed."""
    Budget.objects.select_for_update().get(pk=budget.pk)
    budget.refresh_from_db()
    lost = list(budget.holds.filter(closed_at=None, expires_at__lte=at))
    for hold in lost:
        _close(budget, hold, at)
        hold.save()
    if lost:
        inside = rounded(recorded(budget).inside_usd)
        budget.spent_usd = max(budget.spent_usd, inside)
        budget.version += 1
        budget.save(update_fields=["spent_usd", "held_usd", "version"])
        tell_thresholds(budget, at)
    budget.holds.filter(closed_at__lt=at - KEPT).delete()
    return len(lost)


def sweep_expired(*, at: datetime.datetime) -> int:
    """Take back every hold that ran out, whatever its budget."""
    expired = Budget.objects.filter(holds__closed_at=None, holds__expires_at__lte=at)
    return sum(sweep(budget=budget, at=at) for budget in expired.distinct())


def rounded(usd: Decimal) -> Decimal:
    return usd.quantize(DIGITS, ROUND_UP)


def locked(budget_id: int) -> Budget:
    """The window, which nobody else changes until the transaction ends."""
    rows = Budget.objects.select_related("definition", "organization")
    return rows.select_for_update(of=("self",)).get(pk=budget_id)


def _hold(
    budget: Budget, hold_id: uuid.UUID, process: str, at: datetime.datetime
) -> BudgetHold:
    hold, _ = budget.holds.get_or_create(
        pk=hold_id,
        defaults={"process": process, "opened_at": at, "expires_at": at + LEASE},
    )
    return hold


def _slice(budget: Budget, left_usd: Decimal) -> Decimal:
    """Smaller towards the end, so that no process sits on what others need."""
    return rounded(min(budget.limit_usd / SLICE_OF_LIMIT, left_usd / SLICE_OF_REST))


def _outstanding(hold: BudgetHold) -> Decimal:
    return max(ZERO, hold.amount_usd - hold.settled_usd)


def _settle(budget: Budget, hold: BudgetHold, spent_usd: Decimal) -> None:
    more = max(ZERO, spent_usd - hold.settled_usd)
    before = _outstanding(hold)
    hold.settled_usd += more
    budget.spent_usd += more
    budget.held_usd -= before - _outstanding(hold)


def _close(budget: Budget, hold: BudgetHold, at: datetime.datetime) -> None:
    budget.held_usd -= _outstanding(hold)
    hold.amount_usd = min(hold.amount_usd, hold.settled_usd)
    hold.closed_at = hold.closed_at or at
