"""What an organisation measured of models."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from registry.measured import Measured
from registry.models import ModelMeasurement, Organization


def measured_of(
    organization: Organization, model_ids: Collection[int]
) -> Mapping[int, Sequence[Measured]]:
    """By the id of a model; one query. Models of which nothing was measured have an
    empty list."""
    found: defaultdict[int, list[Measured]] = defaultdict(list)
    rows = ModelMeasurement.objects.filter(
        organization=organization, ai_model__in=model_ids
    )
    for row in rows.order_by("indicator", "measured_by"):
        found[row.ai_model_id].append(row.measured)
    return found
