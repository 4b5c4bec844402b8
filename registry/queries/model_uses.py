"""Which features use a model, as the assigned one or as a fallback."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import QuerySet

from registry.models import (
    AIModel,
    AssignmentFallback,
    AssignmentRevision,
    Feature,
    Organization,
)
from registry.resolution.loading_packs import load_packs


@dataclass(frozen=True)
class Use:
    """One feature that uses a model; `fallback_position` is None where it is the
    assigned one, else its place in the order from 1 on. `follows_pack`: it has no
    assignment of its own and takes what the active pack says."""

    feature: Feature
    fallback_position: int | None = None
    follows_pack: bool = False


def uses(
    ai_models: Iterable[AIModel], organization: Organization
) -> dict[int, list[Use]]:
    """The uses of each model by primary key, assigned ones first. Four queries, and
    more only where features follow the active pack."""
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
    for use, model_id in _following(organization):
        if model_id in found:
            found[model_id].append(use)
    return found


def _following(organization: Organization) -> Iterator[tuple[Use, int]]:
    steps = load_packs(organization.pk).steps
    if not steps:
        return
    keys = [key for _, key in steps]
    features = Feature.objects.filter(organization=organization, key__in=keys)
    for feature in features.order_by("name"):
        step = steps[organization.pk, feature.key]
        for position, model_id in enumerate(step.model_ids):
            yield Use(feature, position or None, follows_pack=True), model_id


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


def models_in_use(organization: Organization) -> dict[int, list[str]]:
    """Names of the features that have each model assigned, as a fallback or from the
    active pack, by primary key of the model."""
    in_force = _revisions_in_force(organization)
    named = [(one.ai_model_id, one.feature.name) for one in in_force]
    steps = AssignmentFallback.objects.filter(revision__in=in_force)
    for step in steps.select_related("revision__feature").order_by("pk"):
        named.append((step.ai_model_id, step.revision.feature.name))
    named += [(pk, use.feature.name) for use, pk in _following(organization)]
    found: dict[int, list[str]] = {}
    for pk, name in named:
        if pk is not None and name not in found.setdefault(pk, []):
            found[pk].append(name)
    return found
