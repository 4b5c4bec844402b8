"""Starting, pausing, stepping and stopping experiments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from recommender.models import (
    Experiment,
    ExperimentArm,
    ExperimentEventKind,
    ExperimentState,
)
from recommender.queries.experiment_control import Control, control_of
from recommender.queries.experiment_readiness import problems_of
from recommender.services.experiment_changes import (
    LONGEST_REASON,
    ExperimentRefused,
    end,
    keep,
    locked,
    require,
    state_of,
)
from registry.models import User


@transaction.atomic
def start(
    *,
    experiment: Experiment,
    actor: User | None,
    expected_version: int | None = None,
    actor_label: str = "",
) -> Experiment:
    """Let it decide about traffic. The control arm becomes what is assigned now. Raises
    ExperimentRefused, which says all that is in the way."""
    row = locked(experiment, expected_version)
    require(row, ExperimentState.DRAFT, verb="started")
    control = _ready(row)
    _renew_control(row, control)
    before = state_of(row)
    now = timezone.now()
    row.state, row.state_reason = ExperimentState.RUNNING, ""
    row.started_at = row.step_started_at = now
    row.step_index = 0
    text = f"Started: {_shares_in_words(row)}."
    return _keep_running(
        row, ExperimentEventKind.STARTED, text, "started", before, actor, actor_label
    )


@transaction.atomic
def pause(
    *,
    experiment: Experiment,
    actor: User | None,
    reason: str = "",
    expected_version: int | None = None,
    actor_label: str = "",
    kind: ExperimentEventKind = ExperimentEventKind.PAUSED,
    facts: Mapping[str, Any] | None = None,
) -> Experiment:
    """Give all traffic back to the assignment for now. Raises ExperimentRefused."""
    row = locked(experiment, expected_version)
    require(row, ExperimentState.RUNNING, verb="paused")
    before = state_of(row)
    row.state = ExperimentState.PAUSED
    row.state_reason = reason.strip()[:LONGEST_REASON]
    text = f"Paused: {row.state_reason}" if reason.strip() else "Paused."
    return keep(
        row,
        kind,
        text,
        actor=actor,
        actor_label=actor_label,
        action="paused",
        before=before,
        facts=facts,
    )


@transaction.atomic
def resume(
    *,
    experiment: Experiment,
    actor: User | None,
    expected_version: int | None = None,
    actor_label: str = "",
) -> Experiment:
    """Go on at the same step, with the same units in the same arms; decisions count
    from now on. The control arm is the assignment as it is now. Raises
    ExperimentRefused."""
    row = locked(experiment, expected_version)
    require(row, ExperimentState.PAUSED, verb="resumed")
    control = _ready(row)
    _renew_control(row, control)
    before = state_of(row)
    row.state, row.state_reason = ExperimentState.RUNNING, ""
    row.step_started_at = timezone.now()
    text = f"Resumed: {_shares_in_words(row)}."
    return _keep_running(
        row, ExperimentEventKind.RESUMED, text, "resumed", before, actor, actor_label
    )


@transaction.atomic
def step_forward(
    *,
    experiment: Experiment,
    actor: User | None,
    reason: str = "",
    expected_version: int | None = None,
    actor_label: str = "",
    facts: Mapping[str, Any] | None = None,
) -> Experiment:
    """Give the candidate of a canary its next share. Raises ExperimentRefused."""
    row = _canary(experiment, expected_version)
    if row.is_at_last_step:
        raise ExperimentRefused(f"{row.name} is at its last step; promote it.")
    return _step(
        row,
        row.step_index + 1,
        ExperimentEventKind.STEPPED,
        reason,
        actor=actor,
        actor_label=actor_label,
        facts=facts,
    )


@transaction.atomic
def step_back(
    *,
    experiment: Experiment,
    actor: User | None,
    reason: str = "",
    expected_version: int | None = None,
    actor_label: str = "",
    facts: Mapping[str, Any] | None = None,
) -> Experiment:
    """Give the candidate of a canary its former share. At the first step the control
    gets everything and the experiment ends as stepped back. Raises
    ExperimentRefused."""
    row = _canary(experiment, expected_version)
    if row.step_index > 0:
        return _step(
            row,
            row.step_index - 1,
            ExperimentEventKind.STEPPED_BACK,
            reason,
            actor=actor,
            actor_label=actor_label,
            facts=facts,
        )
    before = state_of(row)
    end(row, ExperimentState.STEPPED_BACK, reason or "Stepped back at the first step.")
    text = f"Stepped back from {row.step_percent} % to none; the control is kept."
    return keep(
        row,
        ExperimentEventKind.STEPPED_BACK,
        f"{text} {reason}".strip(),
        actor=actor,
        actor_label=actor_label,
        action="stepped_back",
        before=before,
        facts=facts,
    )


@transaction.atomic
def stop(
    *,
    experiment: Experiment,
    actor: User | None,
    reason: str = "",
    expected_version: int | None = None,
    actor_label: str = "",
    facts: Mapping[str, Any] | None = None,
) -> Experiment:
    """End it and keep the control. Raises ExperimentRefused."""
    row = locked(experiment, expected_version)
    require(row, ExperimentState.RUNNING, ExperimentState.PAUSED, verb="stopped")
    before = state_of(row)
    end(row, ExperimentState.STOPPED, reason)
    text = "Stopped; the control is kept."
    return keep(
        row,
        ExperimentEventKind.STOPPED,
        f"{text} {reason}".strip(),
        actor=actor,
        actor_label=actor_label,
        action="stopped",
        before=before,
        facts=facts,
    )


def _canary(experiment: Experiment, expected_version: int | None) -> Experiment:
    row = locked(experiment, expected_version)
    if not row.is_canary:
        raise ExperimentRefused(f"{row.name} is a split: it has no steps.")
    require(row, ExperimentState.RUNNING, verb="stepped")
    return row


def _step(
    row: Experiment,
    index: int,
    kind: ExperimentEventKind,
    reason: str,
    *,
    actor: User | None,
    actor_label: str,
    facts: Mapping[str, Any] | None,
) -> Experiment:
    before, was = state_of(row), row.step_percent
    row.step_index, row.step_started_at = index, timezone.now()
    text = f"{kind.label} from {was} % to {row.step_percent} %."
    return keep(
        row,
        kind,
        f"{text} {reason}".strip(),
        actor=actor,
        actor_label=actor_label,
        action=kind.value,
        before=before,
        facts=facts,
    )


def _ready(row: Experiment) -> Control:
    """The control arm. Raises ExperimentRefused where something is in the way."""
    control = control_of(row.feature)
    problems = problems_of(row, control)
    if problems or control is None:
        raise ExperimentRefused(" ".join(problems))
    return control


def _renew_control(row: Experiment, control: Control) -> None:
    ExperimentArm.objects.filter(experiment=row, is_control=True).update(
        ai_model=control.ai_model,
        reference=control.ai_model.reference,
        parameters=dict(control.parameters),
        prompt_version=control.prompt_version,
    )


def _keep_running(
    row: Experiment,
    kind: ExperimentEventKind,
    text: str,
    action: str,
    before: Mapping[str, Any],
    actor: User | None,
    actor_label: str,
) -> Experiment:
    try:
        with transaction.atomic():
            return keep(
                row,
                kind,
                text,
                actor=actor,
                actor_label=actor_label,
                action=action,
                before=before,
            )
    except IntegrityError as error:
        message = f"Another experiment on {row.feature.name} is running."
        raise ExperimentRefused(message) from error


def _shares_in_words(row: Experiment) -> str:
    if row.is_canary:
        return f"{row.step_percent} % to the candidate"
    return ", ".join(
        f"{arm.share_percent.normalize():f} % to {arm.key}" for arm in row.arms.all()
    )
