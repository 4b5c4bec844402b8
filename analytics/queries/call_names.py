"""What the ids in recorded calls are called today. A row outlives what it names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from analytics.models import UsageRecord
from registry.models import AIModel, ApiToken, Connection, Feature


@dataclass(frozen=True)
class Names:
    """By id; what is gone is absent."""

    features: dict[int, Feature]
    ai_models: dict[int, AIModel]
    connections: dict[int, Connection]
    tokens: dict[int, ApiToken]


def names_of(rows: Iterable[UsageRecord], *, with_all: bool = False) -> Names:
    """Features and models of `rows`, `with_all` connections and tokens too: one query
    each, however many rows."""
    kept = list(rows)
    features = {row.feature_id for row in kept if row.feature_id}
    connections = {row.connection_id for row in kept if row.connection_id and with_all}
    tokens = {row.token_id for row in kept if row.token_id and with_all}
    models = AIModel.objects.select_related("provider")
    return Names(
        features=Feature.objects.in_bulk(features),
        ai_models=models.in_bulk({row.ai_model_id for row in kept if row.ai_model_id}),
        connections=Connection.objects.in_bulk(connections),
        tokens=ApiToken.objects.in_bulk(tokens),
    )
