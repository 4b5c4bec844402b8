"""Circuit breakers, for processes and for pages."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import Count, QuerySet

from registry.circuit import WINDOW, Circuit, Phase
from registry.models import CircuitState, Connection, Organization

Pair = tuple[int, int]
"""Connection id and model id."""
TONES: Final = {Phase.OPEN: "danger", Phase.HALF_OPEN: "warning"}


@dataclass(frozen=True)
class CircuitLine:
    """One circuit as a page shows it."""

    row: CircuitState
    at: datetime.datetime

    @property
    def label(self) -> str:
        return "Failing" if self._is_closed else self.row.get_state_display()

    @property
    def tone(self) -> str:
        return TONES.get(Phase(self.row.state), "warning")

    @property
    def since(self) -> datetime.datetime:
        first = self.row.failed_at[0] if self.row.failed_at else self.row.changed_at
        return self.row.opened_at or first

    @property
    def next_probe(self) -> str:
        """What has to happen before calls go through again."""
        if self._is_closed:
            count = len(self.row.failed_at)
            return f"Closed; {count} failure{'s' if count > 1 else ''} in a row"
        circuit = self.row.circuit
        if circuit.may_probe(self.at):
            return "The next call is the probe"
        if circuit.retry_at and self.at < circuit.retry_at:
            return f"Probe from {circuit.retry_at:%H:%M:%S} UTC"
        return "A probe is on its way"

    @property
    def _is_closed(self) -> bool:
        return self.row.state == Phase.CLOSED.value


def all_circuits() -> dict[Pair, Circuit]:
    """Every circuit that there is something to remember of."""
    rows = CircuitState.objects.exclude(state=Phase.CLOSED.value, failed_at=[])
    return {(row.connection_id, row.ai_model_id): row.circuit for row in rows}


def circuit_of(pair: Pair) -> Circuit:
    row = CircuitState.objects.filter(
        connection_id=pair[0], ai_model_id=pair[1]
    ).first()
    return row.circuit if row else Circuit()


def connection_circuits(
    connection: Connection, at: datetime.datetime
) -> list[CircuitLine]:
    """What stands between a connection's models and calls, the longest first."""
    lines = [CircuitLine(row, at) for row in _rows().filter(connection=connection)]
    return sorted(filter(_is_told, lines), key=lambda line: line.since)


def chain_circuits(
    organization: Organization, model_ids: Sequence[int], at: datetime.datetime
) -> list[CircuitLine]:
    """The open circuits of models at the organisation's enabled connections, in the
    order of `model_ids`."""
    rows = (
        _rows()
        .filter(
            connection__organization=organization,
            connection__is_enabled=True,
            ai_model_id__in=model_ids,
        )
        .exclude(state=Phase.CLOSED.value)
        .order_by("connection__position", "connection_id")
    )
    lines = [CircuitLine(row, at) for row in rows]
    return sorted(lines, key=lambda line: model_ids.index(line.row.ai_model_id))


def open_circuit_counts(organization: Organization) -> dict[int, int]:
    """How many models each enabled connection does not get calls for now, by its id."""
    rows = (
        CircuitState.objects.filter(
            connection__organization=organization, connection__is_enabled=True
        )
        .exclude(state=Phase.CLOSED.value)
        .values("connection_id")
        .annotate(count=Count("pk"))
        .order_by()
    )
    return {row["connection_id"]: row["count"] for row in rows}


def _rows() -> QuerySet[CircuitState]:
    return CircuitState.objects.select_related("ai_model__provider", "connection")


def _is_told(line: CircuitLine) -> bool:
    """A closed circuit is worth a line while its failures still count."""
    row = line.row
    is_closed = row.state == Phase.CLOSED.value
    return not is_closed or any(at > line.at - WINDOW for at in row.failed_at)
