"""Making the winner of an experiment the assignment."""

from __future__ import annotations

from django.db import transaction

from recommender.models import (
    Experiment,
    ExperimentArm,
    ExperimentEventKind,
    ExperimentState,
)
from recommender.queries.experiment_control import Control, control_of
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
from registry.parameters import ParameterError
from registry.services.assignments import (
    MAX_FALLBACKS,
    AssignmentRefused,
    StaleAssignment,
    assign_model,
)

LIVE = (ExperimentState.RUNNING, ExperimentState.PAUSED)


@transaction.atomic
def promote(
    experiment: Experiment, said: Said = NOTHING_SAID, *, arm: ExperimentArm
) -> Experiment:
    """Assign the arm's model, parameters and prompt to the feature and end the
    experiment; the model that answered so far becomes the first fallback. It is taken
    back like any assignment. Raises ExperimentRefused."""
    row = locked(experiment, said.expected_version)
    require(row, *LIVE, ExperimentState.STOPPED, verb="promoted")
    winner = _winner(row, arm)
    control = control_of(row.feature)
    if control is None:
        raise ExperimentRefused(f"{row.feature.name} has no model any more.")
    before = state_of(row)
    row.promoted_revision = _assign(row, winner, control, said)
    row.winner_arm = winner
    text = f"Promoted {winner.key}: {winner.reference} answers for {row.feature.name}."
    end(row, ExperimentState.PROMOTED, "")
    return keep(
        row,
        ExperimentEventKind.PROMOTED,
        text,
        said,
        action="promoted",
        before=before,
    )


def _winner(row: Experiment, arm: ExperimentArm) -> ExperimentArm:
    winner = (
        row.arms.select_related("ai_model__provider", "prompt_version__prompt")
        .filter(pk=arm.pk)
        .first()
    )
    if winner is None:
        raise ExperimentRefused("The experiment has no such arm.")
    if winner.is_control:
        raise ExperimentRefused("The control is assigned already; stop the experiment.")
    if winner.ai_model is None:
        raise ExperimentRefused(f"The model {winner.reference} is gone.")
    return winner


def _assign(
    row: Experiment,
    winner: ExperimentArm,
    control: Control,
    said: Said,
) -> int:
    """The number of the new revision."""
    model = winner.ai_model
    if model is None:
        raise ExperimentRefused(f"The model {winner.reference} is gone.")
    others = [control.ai_model, *control.fallbacks]
    fallbacks = [one for one in others if one.pk != model.pk][:MAX_FALLBACKS]
    try:
        made = assign_model(
            feature=row.feature,
            ai_model=model,
            fallbacks=fallbacks,
            parameters=dict(winner.parameters),
            prompt_version=winner.prompt_version,
            actor=said.actor,
            actor_label=said.label,
            expected_revision=control.revision_number,
            note=f"Winner of the experiment {row.name}.",
        )
    except (AssignmentRefused, StaleAssignment, ParameterError) as refused:
        raise ExperimentRefused(str(refused)) from refused
    return made.number
