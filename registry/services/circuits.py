"""Moving circuit breakers, and telling every process."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Final

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from registry.audit import record_change
from registry.circuit import CLAIM, Circuit, Event, Phase, What
from registry.models import AIModel, CircuitState, Connection, User

CHANNEL: Final = "modelhub_circuits"
"""What is announced on it is `connection id:model id`."""


@transaction.atomic
def apply_events(
    *, connection_id: int, ai_model_id: int, events: Sequence[Event]
) -> Circuit | None:
    """Add what became of calls, in their order; the circuit after that. None where
    connection or model is gone."""
    row = _locked(connection_id, ai_model_id)
    if row is None:
        if not any(event.what in (What.FAILED, What.TRIPPED) for event in events):
            return Circuit()
        row = _added(connection_id, ai_model_id)
    if row is None:
        return None
    before = row.circuit
    row.circuit = after = before.after_all(events)
    if after != before:
        row.changed_at = timezone.now()
        row.save()
    if _matters(before, after):
        _announce(connection_id, ai_model_id)
    return after


@transaction.atomic
def claim_probe(*, connection_id: int, ai_model_id: int, at: datetime.datetime) -> bool:
    """Whether this process sends the one probe. One guarded UPDATE decides."""
    is_free = Q(probe_claimed_at=None) | Q(probe_claimed_at__lte=at - CLAIM)
    count = (
        CircuitState.objects.filter(
            is_free,
            connection_id=connection_id,
            ai_model_id=ai_model_id,
            retry_at__lte=at,
        )
        .exclude(state=Phase.CLOSED.value)
        .update(state=Phase.HALF_OPEN.value, probe_claimed_at=at, changed_at=at)
    )
    if count:
        _announce(connection_id, ai_model_id)
    return count == 1


@transaction.atomic
def close_circuit(*, state: CircuitState, actor: User | None) -> bool:
    """Let calls through again at once. False where they already go through."""
    row = _locked(state.connection_id, state.ai_model_id)
    if row is None or row.circuit.is_quiet:
        return False
    before = {"state": row.get_state_display(), "error": row.last_error}
    row.circuit = row.circuit.closed()
    row.changed_at = timezone.now()
    row.save()
    record_change(
        organization=row.connection.organization,
        actor=actor,
        action="circuit.closed",
        target=row,
        before=before,
        after={"state": row.get_state_display(), "error": row.last_error},
    )
    _announce(row.connection_id, row.ai_model_id)
    return True


def _locked(connection_id: int, ai_model_id: int) -> CircuitState | None:
    rows = CircuitState.objects.select_for_update()
    return rows.filter(connection_id=connection_id, ai_model_id=ai_model_id).first()


def _added(connection_id: int, ai_model_id: int) -> CircuitState | None:
    """The row, made now unless another process was quicker."""
    is_known = Connection.objects.filter(pk=connection_id).exists()
    if not is_known or not AIModel.objects.filter(pk=ai_model_id).exists():
        return None
    row = CircuitState(
        connection_id=connection_id, ai_model_id=ai_model_id, changed_at=timezone.now()
    )
    CircuitState.objects.bulk_create([row], ignore_conflicts=True)
    return _locked(connection_id, ai_model_id)


def _matters(before: Circuit, after: Circuit) -> bool:
    """Whether other processes would act differently. How many failures it takes yet
    is counted in the row itself."""
    return (
        before.phase is not after.phase
        or before.retry_at != after.retry_at
        or before.probe_claimed_at != after.probe_claimed_at
        or before.is_quiet != after.is_quiet
    )


def _announce(connection_id: int, ai_model_id: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_notify(%s, %s)", [CHANNEL, f"{connection_id}:{ai_model_id}"]
        )
