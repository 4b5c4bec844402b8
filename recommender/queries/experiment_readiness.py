"""What keeps an experiment from starting, in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.utils import timezone

from recommender.models import Experiment, ExperimentArm, ExperimentState
from recommender.queries.experiment_control import Control
from registry.models import AIModel
from registry.queries.candidates import load_candidates, requirements_of
from registry.resolution.loading import load_snapshot_of
from registry.resolution.plan import NotResolved, Selection
from registry.resolution.resolving import resolve


def problems_of(experiment: Experiment, control: Control | None) -> list[str]:
    """Empty: it can start. `control` is what the feature does now."""
    feature = experiment.feature
    arms = list(experiment.arms.select_related("ai_model__provider"))
    problems = list(_feature_problems(experiment))
    if control is None:
        problems.append(f"{feature.name} has no model. Assign one first.")
    problems += _share_problems(experiment, arms)
    candidates = [arm for arm in arms if not arm.is_control]
    gone = [arm for arm in candidates if arm.ai_model is None]
    problems += [f"The model {arm.reference} is gone." for arm in gone]
    models = [arm.ai_model for arm in candidates if arm.ai_model is not None]
    problems += _model_problems(experiment, models)
    return problems


def mixed_changes(arms: Sequence[ExperimentArm]) -> list[str]:
    """Candidates that differ from the control in more than one thing, in sentences:
    they may run, but nobody will know what made the difference."""
    control = next((arm for arm in arms if arm.is_control), None)
    found = []
    for arm in arms:
        if control is None or arm.is_control:
            continue
        differs = {
            "model": arm.ai_model_id != control.ai_model_id,
            "parameters": arm.parameters != control.parameters,
            "prompt": arm.prompt_version_id != control.prompt_version_id,
        }
        things = [thing for thing, is_other in differs.items() if is_other]
        if len(things) > 1:
            found.append(
                f"{arm.name} differs from the control in {' and '.join(things)}: "
                "the result will not tell which of them made the difference."
            )
    return found


def _feature_problems(experiment: Experiment) -> Iterator[str]:
    feature = experiment.feature
    if feature.archived_at is not None:
        yield f"{feature.name} is archived. Restore it first."
    if feature.automatic_choice:
        yield (
            f"{feature.name} chooses its model for each request. Switch that off "
            "first: an experiment needs one model to compare with."
        )
    other = (
        Experiment.objects.filter(feature=feature, state=ExperimentState.RUNNING)
        .exclude(pk=experiment.pk)
        .first()
    )
    if other is not None:
        yield f"{other.name} is running on {feature.name} already. Stop it first."


def _share_problems(
    experiment: Experiment, arms: Sequence[ExperimentArm]
) -> Iterator[str]:
    if len(arms) < 2 or not any(arm.is_control for arm in arms):
        yield "It needs a control and a candidate."
    if experiment.is_canary:
        return
    total = sum(arm.share_percent for arm in arms)
    if total != 100:
        yield f"The shares add up to {total:f} %, not to 100 %."


def _model_problems(experiment: Experiment, models: Sequence[AIModel]) -> Iterator[str]:
    """What speaks against a candidate in an assignment, and whether it can be asked
    anywhere."""
    feature, now = experiment.feature, timezone.now()
    organization = experiment.organization
    known = load_candidates(models, organization, now)
    requirements = requirements_of(feature)
    for model in models:
        refusals = known[model.pk].verdict(requirements, now.date()).refusals
        if refusals:
            yield f"{model.reference} {refusals[0].text}."
        else:
            yield from _connection_problems(organization.pk, model)


def _connection_problems(organization_id: int, model: AIModel) -> Iterator[str]:
    snapshot = load_snapshot_of(organization_id, frozenset({model.model_name}))
    asked = Selection(model=model.reference, has_fallback=False)
    try:
        plan = resolve(snapshot, organization_id, asked)
    except NotResolved as error:
        yield f"{model.reference}: {error.message}"
        return
    if not plan.candidates:
        reasons = [one.reason for one in plan.skipped] or ["cannot be asked anywhere"]
        yield f"{model.reference} {reasons[0].rstrip('.')}."
