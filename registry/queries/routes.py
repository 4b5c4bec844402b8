"""What a call of a feature would do now, as its page shows it."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Final

from registry.models import AIModel, Connection, ConnectionState
from registry.queries.features import FeatureRow
from registry.resolution.explaining import Explanation, explain
from registry.resolution.loading import load_snapshot_of
from registry.resolution.plan import Selection

TONES: Final[dict[str, str]] = {
    ConnectionState.CONNECTED: "success",
    ConnectionState.UNCHECKED: "",
    ConnectionState.FAILING: "warning",
    ConnectionState.UNREACHABLE: "danger",
    ConnectionState.KEY_REJECTED: "danger",
    ConnectionState.KEY_UNREADABLE: "danger",
}


@dataclass(frozen=True)
class Place:
    """A connection at which a model would be asked, with what its last check said."""

    connection: Connection

    @property
    def tone(self) -> str:
        return TONES.get(self.connection.state, "")


@dataclass(frozen=True)
class RouteStep:
    """A model of the chain. Without `places` it is passed over, for the `reasons`."""

    ai_model: AIModel
    places: list[Place]
    reasons: list[str]


@dataclass(frozen=True)
class Route:
    """The whole chain and the sentences of why."""

    steps: list[RouteStep]
    explanation: Explanation

    @property
    def first(self) -> RouteStep | None:
        """The model that would be asked first."""
        return next((step for step in self.steps if step.places), None)


def route_of(row: FeatureRow, at: datetime.datetime) -> Route | None:
    """None for a feature that has no model or is archived: nothing would be asked."""
    if row.current is None or row.feature.archived_at is not None:
        return None
    organization_id = row.feature.organization_id
    explanation = explain(
        load_snapshot_of(organization_id),
        organization_id,
        Selection(feature=row.feature.key),
        at=at,
    )
    connections = Connection.objects.in_bulk(
        {one.connection.id for one in explanation.candidates}
    )
    chain = [option.ai_model for option in (row.current, *row.fallbacks)]
    return Route([_step(one, explanation, connections) for one in chain], explanation)


def _step(
    ai_model: AIModel, explanation: Explanation, connections: dict[int, Connection]
) -> RouteStep:
    return RouteStep(
        ai_model,
        places=[
            Place(connections[one.connection.id])
            for one in explanation.candidates
            if one.model.id == ai_model.pk and one.connection.id in connections
        ],
        reasons=[
            one.reason
            for one in explanation.skipped
            if one.reference == ai_model.reference
        ],
    )
