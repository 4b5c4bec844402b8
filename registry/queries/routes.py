"""What a call of a feature would do now, as its page shows it."""

from __future__ import annotations

import datetime
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from registry.models import AIModel, Connection, ConnectionState
from registry.queries.circuits import Pair
from registry.queries.features import FeatureRow
from registry.resolution.explaining import Explanation, explain
from registry.resolution.loading import load_snapshot_of
from registry.resolution.plan import Selection

DEAD: Final = {
    ConnectionState.UNREACHABLE,
    ConnectionState.KEY_REJECTED,
    ConnectionState.KEY_UNREADABLE,
}
"""At such a connection a call would fail."""
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
    is_open: bool = False
    """Whether its circuit for the model is open: it is not asked now."""

    @property
    def can_answer(self) -> bool:
        return not self.is_open and self.connection.state not in DEAD

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

    @property
    def answering(self) -> RouteStep | None:
        """The first model with a connection that works, as far as is known."""
        able = (step for step in self.steps if any(p.can_answer for p in step.places))
        return next(able, self.first)

    @property
    def has_stepped_in(self) -> bool:
        """Whether a fallback answers."""
        return self.answering not in (None, self.steps[0])


def route_of(
    row: FeatureRow, at: datetime.datetime, open_circuits: Collection[Pair] = ()
) -> Route | None:
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
    steps = [_step(one, explanation, connections, open_circuits) for one in chain]
    return Route(steps, explanation)


def _step(
    ai_model: AIModel,
    explanation: Explanation,
    connections: dict[int, Connection],
    open_circuits: Collection[Pair],
) -> RouteStep:
    return RouteStep(
        ai_model,
        places=[
            Place(
                connections[one.connection.id],
                is_open=(one.connection.id, ai_model.pk) in open_circuits,
            )
            for one in explanation.candidates
            if one.model.id == ai_model.pk and one.connection.id in connections
        ],
        reasons=[
            one.reason
            for one in explanation.skipped
            if one.reference == ai_model.reference
        ],
    )
