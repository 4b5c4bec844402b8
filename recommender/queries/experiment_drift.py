"""Whether what an experiment compares is still there."""

from __future__ import annotations

from collections.abc import Sequence

from recommender.models import Experiment, ExperimentArm
from recommender.queries.experiment_control import control_of
from registry.models import ModelSetting


def drift_of(experiment: Experiment, arms: Sequence[ExperimentArm]) -> str:
    """Why it cannot go on, as a sentence; empty while it can. The fallbacks of the
    assignment may change: they serve all arms alike."""
    feature = experiment.feature
    if feature.archived_at is not None:
        return f"{feature.name} was archived."
    if feature.automatic_choice:
        return f"{feature.name} chooses its model for each request by now."
    return _control_drift(experiment, arms) or _candidate_drift(experiment, arms)


def _control_drift(experiment: Experiment, arms: Sequence[ExperimentArm]) -> str:
    name = experiment.feature.name
    now = control_of(experiment.feature)
    control = next((arm for arm in arms if arm.is_control), None)
    if now is None:
        return f"{name} has no model any more."
    if control is None or now.ai_model.pk != control.ai_model_id:
        return f"{name} was assigned to {now.ai_model.reference} meanwhile."
    if dict(now.parameters) != control.parameters:
        return f"The parameters of {name} were changed meanwhile."
    version = now.prompt_version.pk if now.prompt_version else None
    if version != control.prompt_version_id:
        return f"The system prompt of {name} was changed meanwhile."
    return ""


def _candidate_drift(experiment: Experiment, arms: Sequence[ExperimentArm]) -> str:
    candidates = [arm for arm in arms if not arm.is_control]
    enabled = set(
        ModelSetting.objects.filter(
            organization=experiment.organization_id,
            ai_model__in=[arm.ai_model_id for arm in candidates],
            is_enabled=True,
        ).values_list("ai_model_id", flat=True)
    )
    for arm in candidates:
        if arm.ai_model_id is None:
            return f"The model {arm.reference} is gone."
        if arm.ai_model_id not in enabled:
            return f"{arm.reference} is not enabled any more."
    return ""
