"""The door by which those who measure say what they found of models."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict

from django.db import transaction

from registry.measured import Measured, MeasuredBy
from registry.models import AIModel, ModelMeasurement, Organization


@transaction.atomic
def note_measured(
    *,
    organization: Organization,
    measured_by: MeasuredBy,
    found: Mapping[int, Sequence[Measured]],
    only: Collection[int] | None = None,
) -> None:
    """In place of what `measured_by` said before: of the models `only` (ids), of every
    model where None. `found` is by the id of a model; one that is gone is left out."""
    # One after the other: two who measure at once would write the same rows.
    Organization.objects.select_for_update().get(pk=organization.pk)
    before = ModelMeasurement.objects.filter(
        organization=organization, measured_by=measured_by
    )
    if only is not None:
        before = before.filter(ai_model__in=only)
    before.delete()
    known = set(AIModel.objects.filter(pk__in=found).values_list("pk", flat=True))
    ModelMeasurement.objects.bulk_create(
        ModelMeasurement(organization=organization, ai_model_id=pk, **asdict(one))
        for pk, several in found.items()
        if pk in known and (only is None or pk in only)
        for one in several
        if one.measured_by is measured_by
    )
