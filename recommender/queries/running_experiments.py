"""The experiments that run now, as processes of the gateway keep them in memory."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from django.db.models import Prefetch

from recommender.experimenting.running import (
    Experiments,
    RunningArm,
    RunningExperiment,
)
from recommender.experimenting.sticky import upper_buckets
from recommender.models import Experiment, ExperimentArm, ExperimentState
from registry.resolution.entries import PromptEntry
from registry.resolution.loading_prompts import load_prompt_versions

ARMS = Prefetch("arms", ExperimentArm.objects.order_by("position", "id"))


def load_running() -> Experiments:
    """Of all organisations. Three queries."""
    rows = list(
        Experiment.objects.filter(
            state=ExperimentState.RUNNING, feature__archived_at=None
        )
        .order_by("id")
        .prefetch_related(ARMS)
    )
    wanted = {arm.prompt_version_id for row in rows for arm in row.arms.all()}
    prompts = load_prompt_versions(pk for pk in wanted if pk is not None)
    made = (_running(row, prompts) for row in rows)
    return {one.feature_id: one for one in made if one is not None}


def _running(
    row: Experiment, prompts: Mapping[int, PromptEntry]
) -> RunningExperiment | None:
    arms = list(row.arms.all())
    control = next((arm for arm in arms if arm.is_control), None)
    candidates = [arm for arm in arms if not arm.is_control]
    if control is None or not candidates:
        return None
    shares: list[Decimal] = [arm.share_percent for arm in candidates]
    if row.is_canary:
        shares = [Decimal(row.step_percent or 0)]
    ends = upper_buckets(shares)
    return RunningExperiment(
        id=row.pk,
        name=row.name,
        feature_id=row.feature_id,
        unit=row.unit,
        salt=row.salt,
        control=_arm(control, prompts, 0),
        candidates=tuple(
            _arm(arm, prompts, end) for arm, end in zip(candidates, ends, strict=False)
        ),
    )


def _arm(
    row: ExperimentArm, prompts: Mapping[int, PromptEntry], upper_bucket: int
) -> RunningArm:
    version_id = row.prompt_version_id
    return RunningArm(
        id=row.pk,
        key=row.key,
        model_id=row.ai_model_id,
        reference=row.reference,
        parameters=row.parameters,
        prompt_version_id=version_id,
        prompt=prompts.get(version_id) if version_id else None,
        upper_bucket=upper_bucket,
    )
