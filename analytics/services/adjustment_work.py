"""The work of an adjustment: chunk by chunk, each with what it changed, the dirty hours
and the position in one transaction."""

from __future__ import annotations

import datetime
import time
import uuid
from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from django.db import connection, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from analytics.adjusting import Standing, adjusted, periods_from
from analytics.models import (
    AdjustedCall,
    AdjustmentState,
    UsageAdjustment,
    UsageRecord,
)
from analytics.queries.adjustments import scope_of
from analytics.recording.dirty_hours import mark_dirty
from analytics.services.adjustments import note_change

CHUNK: Final = 1000
SPELL_S: Final = 60.0
"""Work is done in spells, each well within a task's time limit."""
ZERO: Final = Decimal(0)
WRITE: Final = """
UPDATE analytics_usagerecord AS record
SET ai_model_id = given.ai_model_id, price_id = given.price_id,
    cost_state = given.cost_state, cost_usd = given.cost_usd,
    breakdown = given.breakdown
FROM unnest(%s::uuid[], %s::timestamptz[], %s::bigint[], %s::bigint[], %s::text[],
    %s::numeric[], %s::text[])
    AS given (id, started_at, ai_model_id, price_id, cost_state, cost_usd, breakdown)
WHERE record.organization_id = %s AND record.started_at BETWEEN %s AND %s
    AND record.started_at = given.started_at AND record.id = given.id
"""
Change = tuple[UsageRecord, Standing]
Written = tuple[uuid.UUID, datetime.datetime, Standing]


class _Lost(Exception):
    """Another worker has moved the position on: this one is late."""


def perform(one: UsageAdjustment, spell_s: float = SPELL_S) -> bool:
    """Do, or undo, a claimed adjustment from where it was. False where the spell ended
    before it did: then it waits for the next worker."""
    until = time.monotonic() + spell_s
    is_undo = one.state == AdjustmentState.UNDOING
    step = _undo_chunk if is_undo else _apply_chunk
    try:
        while step(one):
            if time.monotonic() >= until:
                _pause(one, is_undo)
                return False
    except _Lost:
        return True
    return True


def _apply_chunk(one: UsageAdjustment) -> bool:
    """False when there are no more."""
    periods = periods_from(one.periods)
    with transaction.atomic():
        records = list(_behind(one).select_for_update()[:CHUNK])
        found = [(each, adjusted(each, one.ai_model_id, periods)) for each in records]
        changes = [(each, new) for each, new in found if new is not None]
        _keep(one, changes)
        _write(one, [(each.id, each.started_at, new) for each, new in changes])
        facts = {
            "calls_seen": one.calls_seen + len(records),
            "calls_changed": one.calls_changed + len(changes),
            "before_usd": one.before_usd
            + sum((each.cost_usd or ZERO for each, _ in changes), ZERO),
            "after_usd": one.after_usd
            + sum((new.cost_usd or ZERO for _, new in changes), ZERO),
        }
        if records:
            facts["position_at"] = records[-1].started_at
            facts["position_id"] = records[-1].id
        if len(records) < CHUNK:
            facts |= {"state": AdjustmentState.APPLIED, "finished_at": timezone.now()}
        _move(one, facts)
        if one.state == AdjustmentState.APPLIED:
            note_change(one, one.created_by, "usage.adjusted")
    return one.state == AdjustmentState.RUNNING


def _undo_chunk(one: UsageAdjustment) -> bool:
    with transaction.atomic():
        lines = list(one.calls.order_by("pk")[:CHUNK])
        _write(
            one, [(each.record_id, each.started_at, _before(each)) for each in lines]
        )
        # A line is of use only as long as its call stands as it was adjusted.
        one.calls.filter(pk__in=[each.pk for each in lines]).delete()
        facts: dict[str, object] = {"calls_seen": one.calls_seen + len(lines)}
        if len(lines) < CHUNK:
            facts |= {"state": AdjustmentState.UNDONE, "finished_at": timezone.now()}
        _move(one, facts)
        if one.state == AdjustmentState.UNDONE:
            note_change(one, one.undone_by, "usage.adjustment_undone")
    return one.state == AdjustmentState.UNDOING


def _behind(one: UsageAdjustment) -> QuerySet[UsageRecord]:
    found = scope_of(one).calls().order_by("started_at", "id")
    if one.position_at is None:
        return found
    return found.filter(
        Q(started_at__gt=one.position_at)
        | Q(started_at=one.position_at, id__gt=one.position_id),
        started_at__gte=one.position_at,
    )


def _keep(one: UsageAdjustment, changes: Sequence[Change]) -> None:
    AdjustedCall.objects.bulk_create(
        AdjustedCall(
            adjustment=one,
            record_id=each.id,
            started_at=each.started_at,
            ai_model_id=each.ai_model_id,
            price_id=each.price_id,
            cost_state=each.cost_state,
            cost_usd=each.cost_usd,
            breakdown=each.breakdown,
            new_usd=new.cost_usd,
        )
        for each, new in changes
    )


def _write(one: UsageAdjustment, rows: Sequence[Written]) -> None:
    if not rows:
        return
    moments = [at for _, at, _ in rows]
    values = [
        (
            key,
            at,
            new.ai_model_id,
            new.price_id,
            new.cost_state,
            new.cost_usd,
            new.breakdown,
        )
        for key, at, new in rows
    ]
    with connection.cursor() as cursor:
        columns = [list(column) for column in zip(*values, strict=True)]
        cursor.execute(
            WRITE, [*columns, one.organization_id, min(moments), max(moments)]
        )
        mark_dirty(cursor, [(one.organization_id, moment) for moment in moments])


def _before(line: AdjustedCall) -> Standing:
    return Standing(
        line.ai_model_id, line.price_id, line.cost_state, line.cost_usd, line.breakdown
    )


def _move(one: UsageAdjustment, facts: dict[str, object]) -> None:
    """Set the facts, unless somebody else was here since they were read."""
    moved = UsageAdjustment.objects.filter(
        pk=one.pk, state=one.state, chunks=one.chunks
    ).update(**facts, chunks=F("chunks") + 1, seen_at=timezone.now())
    if not moved:
        raise _Lost
    one.refresh_from_db()


def _pause(one: UsageAdjustment, is_undo: bool) -> None:
    waiting = AdjustmentState.UNDO_WAITING if is_undo else AdjustmentState.WAITING
    UsageAdjustment.objects.filter(pk=one.pk, state=one.state).update(state=waiting)
