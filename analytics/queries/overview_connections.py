"""How the connections of an organisation do, for its overview."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Final

from analytics.asked import Level
from analytics.morning import success_text, whole_hours
from analytics.questions import Answer, Dimension, Key, Question
from analytics.readings import Reading
from registry.connection_status import Status, status_of
from registry.models import Connection, Organization
from registry.queries.circuits import open_circuit_counts
from registry.queries.connections import connections_of

HOURS: Final = 24


@dataclass(frozen=True)
class ConnectionHealth:
    """What its last check said, and what its calls of the last hours did."""

    connection: Connection
    status: Status
    calls: Reading | None
    open_circuits: int

    @property
    def success(self) -> tuple[str, str] | None:
        return success_text(self.calls) if self.calls else None

    @property
    def tone(self) -> str:
        return "danger" if self.open_circuits else self.status.tone


def health_question(organization: Organization, now: datetime.datetime) -> Question:
    """Calls of the last hours, by connection."""
    start, end = whole_hours(now, HOURS)
    return Question(
        organization_id=organization.pk,
        start=start,
        end=end,
        zone=organization.zone,
        split=(Dimension.CONNECTION,),
        with_histograms=True,
    )


def health_of_connections(
    organization: Organization, used: Answer
) -> list[ConnectionHealth]:
    """The worst first; `used` answers `health_question`."""
    calls: dict[Key, Reading] = {
        part.keys[0]: Reading(part.sums, Level.CALL) for part in used.parts
    }
    circuits = open_circuit_counts(organization)
    found = [
        ConnectionHealth(
            one, status_of(one), calls.get(one.pk), circuits.get(one.pk, 0)
        )
        for one in connections_of(organization)
    ]
    worst = {"danger": 0, "warning": 1}
    return sorted(found, key=lambda one: worst.get(one.tone, 2))
