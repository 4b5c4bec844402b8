"""Which features use a model, as the assigned one or as a fallback."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from registry.models import (
    AIModel,
    AssignmentFallback,
    AssignmentRevision,
    Feature,
    Organization,
)


@dataclass(frozen=True)
class Use:
    """One feature that uses a model; `fallback_position` is None where it is the
    assigned one, else its place in the order from 1 on."""

    feature: Feature
    fallback_position: int | None = None


def uses(
    ai_models: Iterable[AIModel], organization: Organization
) -> dict[int, list[Use]]:
    """The uses of each model by primary key, assigned ones first. Two queries."""
    models = list(ai_models)
    in_force = _revisions_in_force(organization)
    found: dict[int, list[Use]] = {one.pk: [] for one in models}
    for revision in in_force.filter(ai_model__in=models):
        found[revision.ai_model_id or 0].append(Use(revision.feature))
    steps = AssignmentFallback.objects.filter(
        revision__in=in_force, ai_model__in=models
    ).select_related("revision__feature")
    for step in steps.order_by("revision__feature__name"):
        found[step.ai_model_id].append(Use(step.revision.feature, step.position))
    return found


def uses_of(ai_model: AIModel, organization: Organization) -> list[Use]:
    return uses([ai_model], organization)[ai_model.pk]


def _revisions_in_force(organization: Organization) -> QuerySet[AssignmentRevision]:
    return (
        AssignmentRevision.objects.filter(
            in_force_for__isnull=False,
            feature__organization=organization,
            feature__archived_at=None,
        )
        .select_related("feature")
        .order_by("feature__name")
    )
