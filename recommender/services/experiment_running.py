"""Starting, pausing, stepping and stopping experiments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

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
    NOTHING_SAID,
    ExperimentRefused,
    Said,
    end,
    keep,
    locked,
    require,
    state_of,
)

AT_FIRST_STEP: Final = "Stepped back at the first step."


@transaction.atomic
def start(experiment: Experiment, said: Said = NOTHING_SAID) -> Experiment:
    """Let it decide about traffic. The control arm becomes what is assigned now. Raises
    ExperimentRefused, which says all that is in the way."""
    row = locked(experiment, said.expected_version)
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
        row, ExperimentEventKind.STARTED, text, "started", before, said
    )


@transaction.atomic
def pause(
    experiment: Experiment,
    said: Said = NOTHING_SAID,
    kind: ExperimentEventKind = ExperimentEventKind.PAUSED,
) -> Experiment:
    """Give all traffic back to the assignment for now. Raises ExperimentRefused."""
    row = locked(experiment, said.expected_version)
    require(row, ExperimentState.RUNNING, verb="paused")
    before = state_of(row)
    row.state = ExperimentState.PAUSED
    row.state_reason = said.why
    text = f"Paused: {said.why}" if said.why else "Paused."
    return keep(row, kind, text, said, action="paused", before=before)


@transaction.atomic
def resume(experiment: Experiment, said: Said = NOTHING_SAID) -> Experiment:
    """Go on at the same step, with the same units in the same arms; decisions count
    from now on. The control arm is the assignment as it is now. Raises
    ExperimentRefused."""
    row = locked(experiment, said.expected_version)
    require(row, ExperimentState.PAUSED, verb="resumed")
    control = _ready(row)
    _renew_control(row, control)
    before = state_of(row)
    row.state, row.state_reason = ExperimentState.RUNNING, ""
    row.step_started_at = timezone.now()
    text = f"Resumed: {_shares_in_words(row)}."
    return _keep_running(
        row, ExperimentEventKind.RESUMED, text, "resumed", before, said
    )


@transaction.atomic
def step_forward(experiment: Experiment, said: Said = NOTHING_SAID) -> Experiment:
    """Give the candidate of a canary its next share. Raises ExperimentRefused."""
    row = _canary(experiment, said)
    if row.is_at_last_step:
        raise ExperimentRefused(f"{row.name} is at its last step; promote it.")
    return _step(
        row,
        row.step_index + 1,
        ExperimentEventKind.STEPPED,
        said,
    )


@transaction.atomic
def step_back(experiment: Experiment, said: Said = NOTHING_SAID) -> Experiment:
    """Give the candidate of a canary its former share. At the first step the control
    gets everything and the experiment ends as stepped back. Raises
    ExperimentRefused."""
    row = _canary(experiment, said)
    if row.step_index > 0:
        return _step(
            row,
            row.step_index - 1,
            ExperimentEventKind.STEPPED_BACK,
            said,
        )
    before = state_of(row)
    end(row, ExperimentState.STEPPED_BACK, said.why or AT_FIRST_STEP)
    text = f"Stepped back from {row.step_percent} % to none; the control is kept."
    return keep(
        row,
        ExperimentEventKind.STEPPED_BACK,
        f"{text} {said.reason}".strip(),
        said,
        action="stepped_back",
        before=before,
    )


@transaction.atomic
def stop(experiment: Experiment, said: Said = NOTHING_SAID) -> Experiment:
    """End it and keep the control. Raises ExperimentRefused."""
    row = locked(experiment, said.expected_version)
    require(row, ExperimentState.RUNNING, ExperimentState.PAUSED, verb="stopped")
    before = state_of(row)
    end(row, ExperimentState.STOPPED, said.why)
    text = "Stopped; the control is kept."
    return keep(
        row,
        ExperimentEventKind.STOPPED,
        f"{text} {said.reason}".strip(),
        said,
        action="stopped",
        before=before,
    )


def _canary(experiment: Experiment, said: Said) -> Experiment:
    row = locked(experiment, said.expected_version)
    if not row.is_canary:
        raise ExperimentRefused(f"{row.name} is a split: it has no steps.")
    require(row, ExperimentState.RUNNING, verb="stepped")
    return row


def _step(
    row: Experiment,
    index: int,
    kind: ExperimentEventKind,
    said: Said,
) -> Experiment:
    before, was = state_of(row), row.step_percent
    row.step_index, row.step_started_at = index, timezone.now()
    text = f"{kind.label} from {was} % to {row.step_percent} %."
    return keep(
        row,
        kind,
        f"{text} {said.reason}".strip(),
        said,
        action=kind.value,
        before=before,
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
    said: Said,
) -> Experiment:
    try:
        with transaction.atomic():
            return keep(row, kind, text, said, action=action, before=before)
    except IntegrityError as error:
        message = f"Another experiment on {row.feature.name} is running."
        raise ExperimentRefused(message) from error


def _shares_in_words(row: Experiment) -> str:
    if row.is_canary:
        return f"{row.step_percent} % to the candidate"
    return ", ".join(
        f"{arm.share_percent.normalize():f} % to {arm.key}" for arm in row.arms.all()
    )
