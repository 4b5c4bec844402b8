"""Adjustments of what recorded calls cost: started and undone by a person, done by a
worker.

The row is the truth (law 15): a worker claims it by a guarded update, and each chunk
moves its position on in its own transaction, by compare and set. Who was killed is
followed by another, who goes on behind the last chunk."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any, Final

from celery import current_app
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from kombu.exceptions import OperationalError

from analytics.adjusting import period_facts, said_readings
from analytics.models import (
    AdjustmentKind,
    AdjustmentState,
    ModelAlias,
    UsageAdjustment,
)
from analytics.queries.adjustments import Scope, is_adjusted_since
from registry.audit import record_change
from registry.models import AIModel, Organization, User
from registry.resolution.entries import PricePeriod

TASK: Final = "analytics.tasks.run_adjustments"
SILENT_FOR: Final = datetime.timedelta(minutes=2)
"""A worker that gave no sign for so long is gone."""
NEXT: Final = {
    AdjustmentState.WAITING: AdjustmentState.RUNNING,
    AdjustmentState.UNDO_WAITING: AdjustmentState.UNDOING,
}


class Busy(Exception):
    """Another adjustment of this organisation is not finished yet."""


class AdjustedSince(Exception):
    """A later adjustment stands on this one, and is to be undone first."""


def start_adjustment(
    *,
    organization: Organization,
    actor: User,
    scope: Scope,
    ai_model: AIModel,
    periods: Sequence[PricePeriod],
    price_words: str,
    reason: str,
    calls_total: int,
) -> UsageAdjustment:
    """Hand it to the workers; a mapping holds for new calls at once. Raises Busy."""
    one = UsageAdjustment(
        organization=organization,
        kind=scope.kind,
        told_name=scope.told_name,
        ai_model_id=ai_model.pk,
        reference=ai_model.reference,
        periods=period_facts(periods),
        price_words=price_words,
        start=scope.start,
        end=scope.end,
        reason=reason,
        calls_total=calls_total,
        created_by=actor,
    )
    try:
        with transaction.atomic():
            one.save()
            if scope.kind == AdjustmentKind.MAP:
                one.made_aliases = _map(organization, scope.told_name, ai_model, actor)
                one.save(update_fields=["made_aliases"])
            note_change(one, actor, "usage.adjustment_started")
            transaction.on_commit(wake_worker)
    except IntegrityError as error:
        raise Busy from error
    return one


def undo_adjustment(one: UsageAdjustment, *, actor: User) -> bool:
    """Hand the way back to the workers; mappings that it made end at once. False where
    it is not applied (any more). Raises Busy, AdjustedSince."""
    if is_adjusted_since(one):
        raise AdjustedSince
    try:
        with transaction.atomic():
            begun = UsageAdjustment.objects.filter(
                pk=one.pk, state=AdjustmentState.APPLIED
            ).update(
                state=AdjustmentState.UNDO_WAITING,
                undone_by=actor,
                calls_seen=0,
                chunks=F("chunks") + 1,
            )
            if not begun:
                return False
            ModelAlias.objects.filter(
                organization_id=one.organization_id, pk__in=one.made_aliases
            ).delete()
            note_change(one, actor, "usage.adjustment_undo_started")
            transaction.on_commit(wake_worker)
    except IntegrityError as error:
        raise Busy from error
    return True


@transaction.atomic
def map_name(
    *, organization: Organization, actor: User, told_name: str, ai_model: AIModel
) -> None:
    """From now on calls that name this are calls of the model; what is recorded stays
    as it is."""
    _map(organization, told_name, ai_model, actor)


@transaction.atomic
def remove_mapping(alias: ModelAlias, *, actor: User) -> None:
    record_change(
        organization=alias.organization,
        actor=actor,
        action="model_alias.removed",
        target=alias,
        before={"model": alias.ai_model.reference},
        after=None,
    )
    alias.delete()


def wake_worker() -> None:
    """Where the queue does not answer, the minute's sweep finds what waits."""
    try:
        current_app.send_task(TASK, retry=False)
    except (OperationalError, OSError):
        return


def sweep(now: datetime.datetime) -> None:
    """Adjustments whose worker is gone wait again."""
    for waiting, busy in NEXT.items():
        UsageAdjustment.objects.filter(state=busy, seen_at__lt=now - SILENT_FOR).update(
            state=waiting
        )


def claim() -> UsageAdjustment | None:
    """The oldest that waits, for this worker alone."""
    for one in UsageAdjustment.objects.filter(state__in=NEXT).order_by("pk"):
        state = AdjustmentState(one.state)
        claimed = UsageAdjustment.objects.filter(pk=one.pk, state=state).update(
            state=NEXT[state], seen_at=timezone.now()
        )
        if claimed:
            one.refresh_from_db()
            return one
    return None


def note_change(one: UsageAdjustment, actor: User | None, action: str) -> None:
    """The audit entry; in the transaction of what it tells of."""
    record_change(
        organization=one.organization,
        actor=actor,
        action=action,
        target=one,
        before={"cost_usd": f"{one.before_usd:f}"} if one.calls_changed else None,
        after={
            "model": one.reference,
            "told_name": one.told_name,
            "prices": one.price_words,
            "calls": one.calls_changed or one.calls_total,
            "cost_usd": f"{one.after_usd:f}" if one.calls_changed else None,
        },
        note=one.reason,
    )


def _map(
    organization: Organization, told_name: str, ai_model: AIModel, actor: User
) -> list[int]:
    """Ids of the mappings that are new."""
    made = []
    for provider, model in said_readings(told_name):
        alias, is_new = ModelAlias.objects.get_or_create(
            organization=organization,
            provider=provider,
            model=model,
            defaults={"ai_model": ai_model, "created_by": actor},
        )
        before: dict[str, Any] | None = None
        if not is_new:
            if alias.ai_model_id == ai_model.pk:
                continue
            before = {"model": alias.ai_model.reference}
            alias.ai_model = ai_model
            alias.save(update_fields=["ai_model"])
        else:
            made.append(alias.pk)
        record_change(
            organization=organization,
            actor=actor,
            action="model_alias.mapped",
            target=alias,
            before=before,
            after={"model": ai_model.reference},
        )
    return made
